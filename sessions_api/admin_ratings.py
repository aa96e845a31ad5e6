"""Ratings to read."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from sessions_api.admin_reading import ReadOnlyAdmin
from sessions_api.models import Rating


class OpinionFilter(admin.SimpleListFilter):
    """Good or bad."""

    title = "opinion"
    parameter_name = "opinion"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """The two sides."""
        return [("up", "helpful"), ("down", "not helpful")]

    def queryset(self, _request: HttpRequest, queryset: models.QuerySet[Rating]) -> models.QuerySet[Rating]:
        """By the sign."""
        sides = {"up": {"value__gt": 0}, "down": {"value__lt": 0}}
        return queryset.filter(**sides.get(self.value() or "", {}))


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin):
    """What people thought of answers, conversations and bots."""

    list_display = ["__str__", "reason", "of", "bot", "contact", "created_at"]
    list_filter = [OpinionFilter, ("bot", admin.RelatedOnlyFieldListFilter), ("created_at", admin.DateFieldListFilter)]
    list_select_related = ["owner", "message", "bot", "contact"]
    search_fields = ["reason"]
    fields = ["value", "reason", "of", "bot", "contact", "id", "owner", "created_at", "updated_at"]
    readonly_fields: ClassVar[Any] = fields

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Rating]:
        """Own ones; all for a superuser."""
        rows = Rating.objects.all() if request.user.is_superuser else Rating.objects.filter(owner=request.user.pk)
        return rows.order_by(*(self.get_ordering(request) or ["-id"]))

    @admin.display(description="of")
    def of(self, obj: Rating) -> str:
        """Where to read what is meant."""
        if obj.conversation_id is None:
            return "the bot"
        page = reverse("admin:sessions_api_conversation_change", args=[obj.conversation_id])
        if obj.message is None:
            return format_html('<a href="{}">the conversation</a>', page)
        return format_html('<a href="{0}?m={1}#m{1}">a message</a>', page, obj.message.position)
