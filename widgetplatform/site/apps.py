from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate


class SiteConfig(AppConfig):
    name = "widgetplatform.site"
    label = "site_pages"
    verbose_name = "Site"
    default = True

    def ready(self) -> None:
        """The last app with models is the sender, so that every permission exists when the signal comes."""
        from widgetplatform.site.operators import keep_operator_group

        post_migrate.connect(keep_operator_group, sender=apps.get_app_config("sessions_api"))


class AdminConfig(admin_apps.AdminConfig):
    """Django's admin with our name and order; settings.py lists it in place of ``django.contrib.admin``."""

    default_site = "widgetplatform.site.admin_site.PlatformAdminSite"
    default = False
