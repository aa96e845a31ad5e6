from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions_api"
    verbose_name = "Conversations"

    def ready(self) -> None:
        """Replies, journal and hub start with the first connection of a web process; operators' routes learn what a session token is,
        abilities whose a contact is, bots that are asked what personal data looks like, translators of texts what their models may cost."""
        from accounts.authentication import SESSION_TOKEN_CHECKS
        from bots.abilities import CONTACT_LOOKUPS
        from bots.asking import HIDERS
        from sessions_api.access import refuse_elsewhere
        from sessions_api.contact_book import contact_id_of
        from sessions_api.doors import doors
        from sessions_api.entities import without_personal_data
        from sessions_api.keeper import keeper
        from sessions_api.translations import check_translation, record_translation
        from widgetplatform.background import register
        from widgets.translation import BUDGET_CHECKS, USAGE_RECORDERS

        register(keeper.start, keeper.stop, drain=doors.say_goodbye)
        SESSION_TOKEN_CHECKS.append(refuse_elsewhere)
        CONTACT_LOOKUPS.append(contact_id_of)
        HIDERS.append(without_personal_data)
        BUDGET_CHECKS.append(check_translation)
        USAGE_RECORDERS.append(record_translation)
