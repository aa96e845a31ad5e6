"""Contacts, and conversations to read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Substr
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator

from accounts.owned_admin import NAMING, TIMES, OwnedAdmin, OwnedForm
from sessions_api.contacts import CHECKS
from sessions_api.models import Contact, Conversation, Message

ROWS_A_PAGE = 200
TITLE_CHARACTERS = 90


class ContactForm(OwnedForm):
    """The same checks as where visitors give their data."""

    def clean(self) -> dict[str, Any]:
        """Email in lower case, phone in the international form; an empty one is none."""
        super().clean()
        for name in ("email", "phone"):
            value = self.cleaned_data.get(name)
            if not value:
                self.cleaned_data[name] = None
                continue
            try:
                self.cleaned_data[name] = CHECKS[name](value)
            except forms.ValidationError as error:
                self.add_error(name, error.messages)
        return self.cleaned_data


@admin.register(Contact)
class ContactAdmin(OwnedAdmin):
    """People who gave their name, email or phone."""

    form = ContactForm
    list_display = ["__str__", "email", "phone", "created_at"]
    search_fields = ["name", "email", "phone", "alias"]
    fieldsets = [
        (None, {"fields": ["name", "email", "phone"]}),
        ("For the API and for yourself", {"fields": [*NAMING, *TIMES], "classes": ["collapse"]}),
    ]


@admin.register(Conversation)
class ConversationAdmin(OwnedAdmin):
    """What was said, as the visitor saw it, with what only an operator may know."""

    change_form_template = "admin/sessions_api/conversation/change.html"
    list_display = ["question", "widget", "contact", "language", "created_at"]
    list_filter = [("widget", admin.RelatedOnlyFieldListFilter), ("created_at", admin.DateFieldListFilter)]
    list_select_related = ["owner", "widget", "contact"]
    search_fields = ["id__startswith", "contact__name", "contact__email"]
    search_help_text = "Search by id, or by the contact’s name or email."
    fields = [
        "widget",
        "bot",
        "contact",
        "language",
        "time_zone",
        "page",
        "meta",
        "id",
        "owner",
        "created_at",
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Conversation]:
        """With the first question, one look into an index a row."""
        first = Message.objects.filter(
            conversation=OuterRef("pk"), type=Message.Type.USER, hidden=False, deleted=False
        ).order_by("position")
        text = first.annotate(start=Substr("text", 1, TITLE_CHARACTERS + 1)).values("start")[:1]
        return super().get_queryset(request).annotate(first_question=Subquery(text))

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        """With a page of the transcript."""
        messages = Message.objects.filter(conversation=obj).select_related("rating").order_by("position")
        context.update(
            transcript=Paginator(messages, ROWS_A_PAGE).get_page(request.GET.get("p", 1)),
            title=self.question(obj),
            subtitle=None,
        )
        return super().render_change_form(request, context, add, change, form_url, obj)

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Conversations are made by visitors."""
        return False

    def has_change_permission(self, _request: HttpRequest, obj: Any = None) -> bool:
        """They are read here."""
        return False

    def has_delete_permission(self, _request: HttpRequest, obj: Any = None) -> bool:
        """They are read here."""
        return False

    @admin.display(description="conversation")
    def question(self, obj: Any) -> str:
        """The visitor's first words."""
        words = Truncator(obj.first_question or "").chars(TITLE_CHARACTERS)
        return words or format_html("<em>{}</em>", "nothing said yet")
