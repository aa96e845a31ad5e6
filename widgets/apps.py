from django.apps import AppConfig


class WidgetsConfig(AppConfig):
    name = "widgets"
    verbose_name = "Widgets"

    def ready(self) -> None:
        """Hear of changes that the process's memory must forget; check what blueprints give to widgets."""
        from bots import blueprints  # models load after the app's module
        from bots.services import WIDGET_DEFAULTS_CLEANERS
        from widgets import auto_setup, checks  # noqa: F401 - the checks register on import
        from widgets.blueprints import clone_widgets_of_blueprint, empty_blueprint
        from widgets.fields import clean_blueprint_defaults
        from widgets.invalidation import connect

        connect()
        auto_setup.connect()
        WIDGET_DEFAULTS_CLEANERS.append(clean_blueprint_defaults)
        blueprints.BLUEPRINT_CLONERS.append(clone_widgets_of_blueprint)
        blueprints.BLUEPRINT_EMPTIERS.append(empty_blueprint)
