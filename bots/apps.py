from django.apps import AppConfig


class BotsConfig(AppConfig):
    name = "bots"
    verbose_name = "Bots and knowledge"

    def ready(self) -> None:
        """A web process makes itself ready for the first question."""
        from bots.warmup import warmup
        from widgetplatform.background import register

        register(warmup.start, warmup.stop)
