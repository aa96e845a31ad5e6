from django.apps import AppConfig


class BotsConfig(AppConfig):
    name = "bots"
    verbose_name = "Bots and knowledge"

    def ready(self) -> None:
        """A web process makes itself ready for the first question. What operators keep secret is known to `reseal`."""
        from accounts import sealed
        from bots.models import Provider, Secret
        from bots.warmup import warmup
        from widgetplatform.background import register

        sealed.register(Provider, "key")
        sealed.register(Secret, "value")
        register(warmup.start, warmup.stop)
