"""A widget's languages in the admin: the table of its texts, a person's own words for them, and how a setup goes."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from accounts.owned_admin import OwnedAdmin
from widgets import services
from widgets.effective import effective_values
from widgets.language_rows import TRANSLATORS, Refused, label_of, shown_row
from widgets.language_table import Table, language_table
from widgets.languages import direction, english_name, known_languages
from widgets.models import LanguageMap, WidgetIntegration
from widgets.setup import needs_setup, override_texts, sources_of
from widgets.translators.registry import NONE

TEMPLATES = "admin/widgets/widgetintegration"
WITHOUT_TEXTS = models.Prefetch("language_maps", LanguageMap.objects.defer("texts", "overrides"))
State = LanguageMap.State


class LanguageStates(ChangeList):
    """The list of widgets with the states of their languages, in one query more."""

    def get_results(self, request: HttpRequest) -> None:
        """The rows of a page."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        models.prefetch_related_objects(self.result_list, WITHOUT_TEXTS)


class LanguagePages(OwnedAdmin):
    """The part of the widgets' admin that is about languages."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list has a column for them."""
        return LanguageStates

    def get_urls(self) -> list[URLPattern]:
        """The table and its progress, below the widget."""
        admin_view = self.admin_site.admin_view
        return [
            path("<uuid:pk>/languages/", admin_view(self.languages_view), name="widgets_widgetintegration_languages"),
            path("<uuid:pk>/languages/progress/", admin_view(require_GET(self.progress_view)), name="widgets_widgetintegration_progress"),
            *super().get_urls(),
        ]

    def languages_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """GET: the table, with ``?preview=<code>`` the widget in that language beside it. POST: ``_setup``, or a text for one of its cells."""
        widget = self._widget(request, pk)
        if request.method != "POST":
            return self._page(request, widget, None)
        if not self.has_change_permission(request, widget):
            raise PermissionDenied
        if "_setup" in request.POST:
            self._set_up(request, [widget])
            return HttpResponseRedirect(request.get_full_path())
        refused = self._write(request, widget)
        if refused:
            return self._page(request, widget, refused)
        return HttpResponseRedirect(f"{request.get_full_path()}#language-{request.POST['language']}")

    def progress_view(self, request: HttpRequest, pk: UUID) -> JsonResponse:
        """Of the languages in ``?pending=de,fr`` the rows of those that are not pending any more, or wait for another attempt."""
        widget = self._widget(request, pk)
        table = language_table(widget)
        asked = request.GET.get("pending", "").split(",")
        context = self._row_context(request, widget)
        rows = {
            row.language: render_to_string(f"{TEMPLATES}/language.html", {**context, "shown": shown_row(row)}, request)
            for row in table.rows
            if row.language in asked and (row.state != State.PENDING or row.cause)
        }
        pending = [row.language for row in table.rows if row.state == State.PENDING]
        return JsonResponse({"pending": pending, "done": len(table.rows) - len(pending), "said": _said(table), "rows": rows})

    @admin.action(description="Set up languages", permissions=["change"])
    def set_up(self, request: HttpRequest, queryset: models.QuerySet[WidgetIntegration]) -> None:
        """Every text of the chosen widgets is translated anew."""
        self._set_up(request, list(queryset))

    @admin.display(description="languages")
    def languages(self, obj: WidgetIntegration) -> str | None:
        """How many it has, and what is the matter with them."""
        targets = sources_of(obj).targets
        if not targets:
            return None
        states = [row.state for row in obj.language_maps.all() if row.language in targets]
        matter = ""
        if pending := states.count(State.PENDING):
            matter = f": {pending} in progress"
        elif failed := states.count(State.FAILED):
            matter = f": {failed} failed"
        elif settings.TRANSLATOR != NONE and needs_setup(obj):
            matter = ": to be set up"
        return format_html('<a href="{}">{}{}</a>', languages_url(obj), len(targets) + 1, matter)

    def _widget(self, request: HttpRequest, pk: UUID) -> WidgetIntegration:
        widget: WidgetIntegration | None = self.get_object(request, str(pk))
        if widget is None:
            raise Http404("There is no such widget")
        if not self.has_view_or_change_permission(request, widget):
            raise PermissionDenied
        return widget

    def _page(self, request: HttpRequest, widget: WidgetIntegration, refused: Refused | None) -> HttpResponse:
        table = language_table(widget)
        sources = table.sources
        preview = request.GET.get("preview", "")
        source = english_name(sources.language)
        context = {
            **self.admin_site.each_context(request), **self._row_context(request, widget), "title": f"Languages of {widget}",
            "is_nav_sidebar_enabled": False,  # the table needs its room
            "named": bool(known_languages(effective_values(widget)["language"])), "table": table, "source_name": source,
            "source_direction": direction(sources.language), "source_texts": [(name, label_of(name), text) for name, text in sources.texts.items()],
            "rows": [shown_row(row, refused) for row in table.rows], "refused": refused, "said": _said(table), "done": len(table.rows) - table.pending,
            "preview": preview if preview in (sources.language, *sources.targets) else "", "preview_name": "",
            "translator": TRANSLATORS.get(settings.TRANSLATOR, ""), "to_set_up": any(sources.texts.values()) and needs_setup(widget),
        }  # fmt: skip
        if context["preview"]:
            context["preview_name"] = english_name(preview)
        return TemplateResponse(request, f"{TEMPLATES}/languages.html", context)

    def _row_context(self, request: HttpRequest, widget: WidgetIntegration) -> dict[str, Any]:
        sources = sources_of(widget)
        return {
            "original": widget, "here": languages_url(widget), "preview": request.GET.get("preview", ""), "source_language": sources.language,
            "source_direction": direction(sources.language), "may_write": self.has_change_permission(request, widget),
        }  # fmt: skip

    def _write(self, request: HttpRequest, widget: WidgetIntegration) -> Refused | None:
        language, field = request.POST.get("language", ""), request.POST.get("field", "")
        cells = {(row.language, cell.field): cell for row in language_table(widget).rows for cell in row.cells}
        if (language, field) not in cells:
            raise Http404("There is no such text")
        cell = cells[language, field]
        text = None if "_machine" in request.POST else request.POST.get("text", "").replace("\r\n", "\n").strip()
        if cell.override is None and text in (None, cell.shown):
            self.message_user(request, "Nothing was changed.", messages.INFO)
            return None
        try:
            override_texts(widget, language, **{field: text})
        except ValidationError as error:
            return Refused(language, field, text or "", " ".join(error.messages))
        self.message_user(request, f"{label_of(field)} in {english_name(language)}: saved.", messages.SUCCESS)
        return None

    def _set_up(self, request: HttpRequest, widgets: list[WidgetIntegration]) -> None:
        for widget in widgets:
            services.setup_widget(widget)
        several = [widget for widget in widgets if sources_of(widget).targets]
        if not several:
            self.message_user(request, "There is nothing to translate: no second language is chosen.", messages.WARNING)
        elif settings.TRANSLATOR == NONE:
            self.message_user(request, "The interface is translated. Your own texts are not: no translator is set.", messages.WARNING)
        else:
            which = several[0] if len(several) == 1 else f"{len(several)} widgets"
            self.message_user(request, f"The texts of {which} are being translated.", messages.SUCCESS)


def languages_url(widget: WidgetIntegration) -> str:
    """The page with its languages."""
    return reverse("admin:widgets_widgetintegration_languages", args=[widget.pk])


def _said(table: Table) -> str:
    """How far a setup is."""
    failed = sum(row.state == State.FAILED for row in table.rows)
    return f"{len(table.rows) - table.pending} of {len(table.rows)} languages are done{f', {failed} of them failed' if failed else ''}."
