"""What replies cost, each and by day, to read."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from sessions_api.admin_reading import ReadOnlyAdmin
from sessions_api.budgets import bounds_of
from sessions_api.models import Conversation, Usage, UsageDay
from sessions_api.spending import Share, spending_of
from sessions_api.usage import NOWHERE
from widgets.models import WidgetIntegration


class CostAdmin(ReadOnlyAdmin):
    """Own rows only; all for a superuser, who can choose by owner."""

    search_fields: ClassVar[Any] = []
    list_filter: ClassVar[Any] = []

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Loading is authorizing."""
        rows = self.model._default_manager.all()
        rows = rows if request.user.is_superuser else rows.filter(owner=request.user.pk)
        return rows.order_by(*(self.get_ordering(request) or list(self.opts.ordering or ["-pk"])))

    def get_list_filter(self, request: HttpRequest) -> Any:
        """By owner, where there are several."""
        chosen = list(super().get_list_filter(request))
        return [*chosen, ("owner", admin.RelatedOnlyFieldListFilter)] if request.user.is_superuser else chosen


class WidgetFilter(admin.SimpleListFilter):
    """Days of one widget."""

    title = "widget"
    parameter_name = "widget"

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """Those that have days."""
        used = UsageDay.objects.values("widget_key")
        widgets = WidgetIntegration.objects.visible_to(request.user).filter(pk__in=used)
        return [(str(widget.pk), str(widget)) for widget in widgets.order_by("name", "pk")[:100]]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[UsageDay]) -> models.QuerySet[UsageDay]:
        """By its id, if it is one of them."""
        known = {key for key, _ in self.lookup_choices}
        chosen = self.value()
        return queryset.filter(widget_key=chosen) if chosen and chosen in known else queryset


@admin.register(UsageDay)
class UsageDayAdmin(CostAdmin):
    """The sums that budgets are measured by."""

    change_list_template = "admin/sessions_api/usageday/change_list.html"
    list_display = ["day", "widget", "replies", "tokens_read", "tokens_written", "share"]
    list_filter = [WidgetFilter]
    list_select_related = ["owner", "owner__budget"]
    date_hierarchy = "day"
    fields = ["day", "widget", "replies", "input_tokens", "output_tokens", "share", "owner"]
    readonly_fields: ClassVar[Any] = fields

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[UsageDay]:
        """With the widgets' names, as far as they are still there."""
        names = WidgetIntegration.objects.filter(pk=OuterRef("widget_key")).values("name")[:1]
        return super().get_queryset(request).annotate(widget_name=Subquery(names))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With what is used of the own budgets."""
        return super().changelist_view(request, {"spending": spending_of(request.user.pk), **(extra_context or {})})

    @admin.display(description="widget", ordering="widget_key")
    def widget(self, obj: Any) -> str:
        """Its name."""
        if obj.widget_key == NOWHERE:
            return "without a widget"
        return "deleted" if obj.widget_name is None else obj.widget_name or str(obj.widget_key)

    @admin.display(description="tokens read", ordering="input_tokens")
    def tokens_read(self, obj: UsageDay) -> str:
        """By models."""
        return f"{obj.input_tokens:,}"

    @admin.display(description="tokens written", ordering="output_tokens")
    def tokens_written(self, obj: UsageDay) -> str:
        """By models."""
        return f"{obj.output_tokens:,}"

    @admin.display(description="of the day’s budget")
    def share(self, obj: UsageDay) -> str:
        """In percent of what is allowed now; marked where nothing is left."""
        most = bounds_of(getattr(obj.owner, "budget", None))["widget_day_tokens"].tokens
        share = Share("", obj.input_tokens + obj.output_tokens, most)
        if not most or obj.widget_key == NOWHERE:
            return "-"
        if share.is_used_up:
            return format_html('<span class="cw-tag cw-bad">{}</span>', "used up")
        return f"{share.percent} %"


@admin.register(Usage)
class UsageAdmin(CostAdmin):
    """Every reply: which model, how much, how fast, and how it ended."""

    list_display = ["created_at", "reply", "result", "model_name", "tokens", "time"]
    list_filter = ["status", ("bot", admin.RelatedOnlyFieldListFilter), ("widget", admin.RelatedOnlyFieldListFilter), ("created_at", admin.DateFieldListFilter)]
    list_select_related = ["owner", "bot", "widget"]
    search_fields = ["=model", "=code", "=conversation_id"]
    search_help_text = "Search by model, code of a failure, or id of a conversation."
    fields = ["created_at", "reply", "bot", "widget", "model", "input_tokens", "output_tokens", "first_ms", "total_ms", "status", "code", "owner"]
    readonly_fields: ClassVar[Any] = fields

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Usage]:
        """With the place of the reply, as far as it is still there."""
        there = Conversation.objects.filter(pk=OuterRef("conversation_id")).values("pk")
        return super().get_queryset(request).annotate(there=Subquery(there))

    @admin.display(description="reply")
    def reply(self, obj: Any) -> str:
        """Where to read it."""
        if obj.there is None:
            return "not kept" if obj.conversation_id == NOWHERE else "deleted"
        page = reverse("admin:sessions_api_conversation_change", args=[obj.conversation_id])
        return format_html('<a href="{}">{}</a>', page, str(obj.bot) if obj.bot else "conversation")

    @admin.display(description="model", ordering="model")
    def model_name(self, obj: Usage) -> str:
        """May be long; the knowledge engine says none."""
        return format_html('<span class="cw-code">{}</span>', obj.model) if obj.model else "-"

    @admin.display(description="tokens in, out", ordering="input_tokens")
    def tokens(self, obj: Usage) -> str:
        """By the model."""
        return f"{obj.input_tokens:,}, {obj.output_tokens:,}"

    @admin.display(description="ms first, all", ordering="total_ms")
    def time(self, obj: Usage) -> str:
        """Nothing came where the first is missing."""
        return f"{'-' if obj.first_ms is None else f'{obj.first_ms:,}'}, {obj.total_ms:,}"

    @admin.display(description="end", ordering="status")
    def result(self, obj: Usage) -> str:
        """The status, with the code of a failure."""
        if not obj.code:
            return obj.status
        return format_html('<span class="cw-tag{}">{}</span>', " cw-bad" if obj.status == "failed" else "", obj.code)
