"""A widget's languages in the admin: the table of its texts, a person's own words for them, and how a setup goes."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET

from widgets.admin_language_list import LanguageList, languages_url
from widgets.effective import effective_values
from widgets.language_rows import TRANSLATORS, Refused, label_of, shown_row
from widgets.language_table import Table, language_table
from widgets.languages import direction, english_name, known_languages
from widgets.models import LanguageMap, WidgetIntegration
from widgets.setup import needs_setup, override_texts, sources_of

TEMPLATES = "admin/widgets/widgetintegration"
State = LanguageMap.State


class LanguagePages(LanguageList):
    """The pages of the widgets' admin that are about languages."""

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
            self.set_up_widgets(request, [widget])
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
            "translator": TRANSLATORS.get(settings.TRANSLATOR, ""), "has_texts": any(sources.texts.values()), "to_set_up": needs_setup(widget),
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
        what = "is saved" if text is not None else "is the machine’s again"
        self.message_user(request, f"{label_of(field)} in {english_name(language)} {what}.", messages.SUCCESS)
        return None


def _said(table: Table) -> str:
    """How far a setup is."""
    failed = [row.cause for row in table.rows if row.state == State.FAILED]
    if len(failed) == len(table.rows):
        one_cause = f": {failed[0]}" if len(set(failed)) == 1 else "."
        return f"The setup has failed{one_cause}"
    return f"{len(table.rows) - table.pending} of {len(table.rows)} languages are done{f', {len(failed)} of them failed' if failed else ''}."
