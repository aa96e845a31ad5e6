"""Contacts, and conversations to read; ratings, usage and budgets have files of their own."""

from typing import Any, ClassVar

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
from sessions_api.admin_budgets import BudgetAdmin
from sessions_api.admin_ratings import RatingAdmin
from sessions_api.admin_reading import ReadOnlyAdmin
from sessions_api.admin_usage import UsageAdmin, UsageDayAdmin
from sessions_api.contact_book import TAKEN, create_contact, delete_contact, update_contact
from sessions_api.contacts import CHECKS
from sessions_api.deeds import deeds_of
from sessions_api.models import Contact, Conversation, Message

__all__ = ["BudgetAdmin", "ContactAdmin", "ConversationAdmin", "RatingAdmin", "UsageAdmin", "UsageDayAdmin"]

ROWS_A_PAGE = 200
TITLE_CHARACTERS = 90
POSITION_DIGITS = 16


class ContactForm(OwnedForm):
    """The same checks as where visitors give their data."""

    def clean(self) -> dict[str, Any]:
        """Email in lower case, phone in the international form; an empty one is none. A fingerprint is one person's."""
        super().clean()
        fingerprint = self.cleaned_data.get("fingerprint")
        others = Contact.objects.for_owner(self.instance.owner).exclude(pk=self.instance.pk)
        if fingerprint and others.filter(fingerprint=fingerprint).exists():
            self.add_error("fingerprint", TAKEN)
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
    domain = (create_contact, update_contact, delete_contact)
    list_display = ["__str__", "email", "phone", "created_at"]
    search_fields = ["name", "nick", "email", "phone", "alias", "fingerprint"]
    fieldsets = [
        (None, {"fields": ["name", "nick", "email", "phone", "verified_at", "preferences", "known_by"]}),
        ("For the API and for yourself", {"fields": ["fingerprint", *NAMING, *TIMES], "classes": ["collapse"]}),
    ]
    readonly_fields: ClassVar[Any] = ("known_by", *TIMES)

    @admin.display(description="known by")
    def known_by(self, obj: Contact) -> str:
        """Why a bot is told of some contacts and not of others."""
        if obj.claimed:
            return "What visitors type. Anybody may type it, so the bot is told nothing of this contact."
        return "You. The bot is told the preferences in conversations that you give to this contact."


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
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
        "model",
        "contact",
        "opinion",
        "language",
        "time_zone",
        "page",
        "meta",
        "id",
        "owner",
        "created_at",
    ]
    readonly_fields: ClassVar[Any] = fields

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
        """With a page of the transcript: ``?p=`` is its number, ``?m=`` the position of a message on it."""
        messages = Message.objects.filter(conversation=obj).select_related("rating").order_by("position")
        number, position = request.GET.get("p", "1"), request.GET.get("m", "")
        if position.isascii() and position.isdigit() and len(position) < POSITION_DIGITS:
            number = str(messages.filter(position__lt=int(position)).count() // ROWS_A_PAGE + 1)
        transcript = Paginator(messages, ROWS_A_PAGE).get_page(number)
        message: Any
        for message in transcript:
            message.deeds = deeds_of(message.meta) if message.type == Message.Type.ACTIVITY else []
        context.update(
            transcript=transcript,
            title=self.question(obj),
            subtitle=None,
        )
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description="conversation")
    def question(self, obj: Any) -> str:
        """The visitor's first words."""
        words = Truncator(obj.first_question or "").chars(TITLE_CHARACTERS)
        return words or format_html("<em>{}</em>", "nothing said yet")

    @admin.display(description="rating")
    def opinion(self, obj: Any) -> str:
        """What was thought of the conversation as a whole."""
        rating = obj.ratings.filter(message=None).first()
        return f"{rating} {rating.reason}".strip() if rating else "-"
