from django.apps import AppConfig


class WidgetplatformConfig(AppConfig):
    name = "widgetplatform"
    verbose_name = "Platform"

    def ready(self) -> None:
        """Register the system checks."""
        from widgetplatform import checks  # noqa: F401 - registers on import
