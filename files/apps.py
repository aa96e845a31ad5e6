from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "files"
    verbose_name = "Files"

    def ready(self) -> None:
        """Checks register themselves."""
        from files import checks  # noqa: F401
