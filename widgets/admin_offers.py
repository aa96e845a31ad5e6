"""After saving in the admin: where texts or languages of widgets have changed, the offer to translate them."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from widgets.admin_language_list import languages_url
from widgets.models import WidgetIntegration
from widgets.setup import Sources, needs_setup, sources_of
from widgets.texts import TRANSLATED
from widgets.translators.registry import NONE

TRANSLATED_FIELDS = frozenset((*TRANSLATED, "language"))  # those that a setup depends on
NAMED = 5  # widgets in one message
LIST = "admin:widgets_widgetintegration_changelist"
BEGUN = "Texts or languages have changed and are being translated: {}."
OFFERED = "Texts or languages have changed. Until they are translated, visitors with other languages read what you wrote. {}"
ONE, SEVERAL = "Set up the languages of {}", "Set up the languages of these widgets: {}."


def sources_by_widget(widgets: QuerySet[WidgetIntegration]) -> dict[UUID, Sources]:
    """What is translated of each widget now, to be compared later."""
    return {widget.pk: sources_of(widget) for widget in widgets.select_related("blueprint")}


def offer_setup(request: HttpRequest, widgets: QuerySet[WidgetIntegration], before: dict[UUID, Sources]) -> None:
    """Say which of the widgets have changed since ``before`` in what is translated, with the way to their languages.

    Nothing is said where there is nothing to translate, or nobody who could.
    """
    if settings.TRANSLATOR == NONE or not request.user.has_perm("widgets.change_widgetintegration"):
        return
    changed = [widget for widget in widgets.select_related("blueprint").prefetch_related("language_maps") if _is_worth_it(widget, before.get(widget.pk))]
    if changed:
        messages.info(request, format_html(BEGUN, _links(changed)) if settings.SETUP_ON_CHANGE else format_html(OFFERED, _way(changed)))


def _is_worth_it(widget: WidgetIntegration, before: Sources | None) -> bool:
    sources = sources_of(widget)
    return sources != before and any(sources.texts.values()) and needs_setup(widget)


def _way(widgets: list[WidgetIntegration]) -> SafeString:
    if len(widgets) > 1:
        return format_html(SEVERAL, _links(widgets))
    return format_html('<a href="{}">{}</a>', languages_url(widgets[0]), ONE.format(widgets[0]))


def _links(widgets: list[WidgetIntegration]) -> SafeString:
    links: list[tuple[str, Any]] = [(languages_url(each), each) for each in widgets[:NAMED]]
    if len(widgets) > NAMED:
        links.append((f"{reverse(LIST)}?blueprint__id__exact={widgets[0].blueprint_id}", f"{len(widgets) - NAMED} more"))  # so many share one
    return format_html_join(", ", '<a href="{}">{}</a>', links)
