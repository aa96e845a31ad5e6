"""Django's admin under the product's name, in the order in which an operator works."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest

from accounts.login import LoginForm

ORDER = ("widgets", "bots", "files", "sessions_api", "accounts", "auth")
MODELS = ("WidgetIntegration", "Bot", "Dataset", "DatasetRecord", "DatasetSource", "Skillset", "Provider", "Secret", "Blueprint", "Conversation", "Contact", "Rating", "UsageDay", "Usage", "Budget")


class PlatformAdminSite(AdminSite):
    """Names and order; everything else is Django's."""

    site_header = "ChatWidget"
    site_title = "ChatWidget"
    index_title = "Your widgets, bots and conversations"
    login_form = LoginForm

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Widgets first, users last."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(MODELS, model["object_name"]))
        return sorted(apps, key=lambda app: _place(ORDER, app["app_label"]))


def _place(order: tuple[str, ...], name: str) -> int:
    return order.index(name) if name in order else len(order)
