from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "widgetplatform.site"
    label = "site_pages"
    verbose_name = "Site"
