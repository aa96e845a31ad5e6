from django.apps import AppConfig


class WidgetplatformConfig(AppConfig):
    name = "widgetplatform"
    verbose_name = "Platform"

    def ready(self) -> None:
        """Register the system checks and the embedded worker, which starts with the first ASGI scope."""
        from widgetplatform import checks  # noqa: F401 - registers on import
        from widgetplatform.worker import register_embedded_worker

        register_embedded_worker()
