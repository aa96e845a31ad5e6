"""Budgets: what an operator's bots may use, and how much of it is used."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from sessions_api.budgets import SETTINGS
from sessions_api.models import Budget
from sessions_api.spending import spending_of

BOUNDS = tuple(SETTINGS)
LABELS = {
    "reply_tokens": "Tokens a reply",
    "session_tokens": "Tokens a conversation",
    "widget_day_tokens": "Tokens a widget and day",
    "month_tokens": "Tokens a month",
}


class BudgetForm(forms.ModelForm):
    """Bounds of one's own are smaller than the installation's."""

    class Meta:
        model = Budget
        fields = ["owner", *BOUNDS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, setting in SETTINGS.items():
            most = getattr(settings, setting)
            known = f"{most:,}, the installation’s {setting}" if most > 0 else "without end"
            self.fields[name].label = LABELS[name]
            self.fields[name].help_text += f" Empty: {known}."

    def clean(self) -> dict[str, Any]:
        """A larger one would have no effect."""
        cleaned = super().clean() or self.cleaned_data
        for name, setting in SETTINGS.items():
            most, own = getattr(settings, setting), cleaned.get(name)
            if own is not None and 0 < most < own:
                self.add_error(name, f"must be at most {most:,}, the installation’s {setting}")
        return cleaned


@admin.register(Budget)
class BudgetAdmin(admin.ModelAdmin):
    """An operator sets the own one, an administrator everybody's."""

    form = BudgetForm
    change_form_template = "admin/sessions_api/budget/change.html"
    list_display = ["owner", *BOUNDS, "updated_at"]
    list_select_related = ["owner"]
    search_fields = ["owner__username"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Budget]:
        """The own one; all for a superuser."""
        rows = Budget.objects.all() if request.user.is_superuser else Budget.objects.filter(pk=request.user.pk)
        return rows.order_by("owner__username")

    def get_fields(self, request: HttpRequest, obj: Budget | None = None) -> Any:
        """Whose it is, is said once, by an administrator."""
        return ["owner", *BOUNDS] if request.user.is_superuser else BOUNDS

    def get_readonly_fields(self, _request: HttpRequest, obj: Budget | None = None) -> Any:
        """It stays whose it is."""
        return ["owner"] if obj else []

    def has_add_permission(self, request: HttpRequest) -> bool:
        """One each."""
        may = super().has_add_permission(request)
        return may and (request.user.is_superuser or not Budget.objects.filter(pk=request.user.pk).exists())

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Who has only one sees it at once."""
        if request.user.is_superuser or not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        own = Budget.objects.filter(pk=request.user.pk).exists()
        url = reverse("admin:sessions_api_budget_change", args=[request.user.pk]) if own else reverse("admin:sessions_api_budget_add")
        return HttpResponseRedirect(url)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """With what is used by now."""
        original = context.get("original")
        if original is not None or not request.user.is_superuser:
            context["spending"] = spending_of(original.pk if original else request.user.pk)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: Any, obj: Budget, form: Any, change: bool) -> None:
        """An operator's is the operator's own."""
        if not change and not request.user.is_superuser:
            obj.owner = request.user
        super().save_model(request, obj, form, change)
