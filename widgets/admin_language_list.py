"""Languages in the admin's list of widgets: a column with what is the matter with them, and the action that sets them up."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.owned_admin import OwnedAdmin
from widgets import services
from widgets.models import LanguageMap, WidgetIntegration
from widgets.setup import needs_setup, sources_of
from widgets.translators.registry import NONE

WITHOUT_TEXTS = models.Prefetch("language_maps", LanguageMap.objects.defer("texts", "overrides"))
NO_TEXTS = "There are no texts to translate yet: no title, intro, first message or placeholder."
ONE_LANGUAGE = "There is nothing to translate: no second language is chosen."
NO_TRANSLATOR = "The interface is translated. Your own texts are not, because no translator is set (the setting TRANSLATOR)."
State = LanguageMap.State


class LanguageStates(ChangeList):
    """The list of widgets with the states of their languages, in one query more."""

    def get_results(self, request: HttpRequest) -> None:
        """The rows of a page."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        models.prefetch_related_objects(self.result_list, WITHOUT_TEXTS)


class LanguageList(OwnedAdmin):
    """The part of the widgets' admin that lists."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The one with states."""
        return LanguageStates

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

    @admin.action(description="Set up languages", permissions=["change"])
    def set_up(self, request: HttpRequest, queryset: models.QuerySet[WidgetIntegration]) -> None:
        """Every text of the chosen widgets is translated anew."""
        self.set_up_widgets(request, list(queryset))

    def set_up_widgets(self, request: HttpRequest, widgets: list[WidgetIntegration]) -> None:
        """The same, and what comes of it is said."""
        for widget in widgets:
            services.setup_widget(widget)
        several = [widget for widget in widgets if sources_of(widget).targets]
        if not several:
            self.message_user(request, ONE_LANGUAGE, messages.WARNING)
        elif settings.TRANSLATOR == NONE:
            self.message_user(request, NO_TRANSLATOR, messages.WARNING)
        elif not any(any(sources_of(widget).texts.values()) for widget in several):
            self.message_user(request, NO_TEXTS, messages.WARNING)
        else:
            which = several[0] if len(several) == 1 else f"{len(several)} widgets"
            self.message_user(request, f"The setup of {which} has begun.", messages.SUCCESS)


def languages_url(widget: WidgetIntegration) -> str:
    """The page with its languages."""
    return reverse("admin:widgets_widgetintegration_languages", args=[widget.pk])
