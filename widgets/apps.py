from django.apps import AppConfig


class WidgetsConfig(AppConfig):
    name = "widgets"
    verbose_name = "Widgets"

    def ready(self) -> None:
        """Hear of changes that the process's memory must forget."""
        from widgets.invalidation import connect  # models load after the app's module

        connect()
