"""Blueprints and bots, datasets and records."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Q
from django.http import HttpRequest

from accounts.owned_admin import NAMING, TIMES, OwnedAdmin
from bots import admin_datasets, admin_providers, admin_skills, services  # noqa: F401 (what is registered there)
from bots.admin_forms import RecordForm
from bots.blueprints import delete_blueprint
from bots.models import Blueprint, Bot, Dataset, DatasetRecord
from bots.usable import why_not

LANGUAGE_MODELS = "A language model is named by its provider’s alias and its own name, for example openai:gpt-5-mini."
NAMES: Any = (
    "For the API and for yourself",
    {"fields": ["blueprint", "visibility", *NAMING, *TIMES], "classes": ["collapse"]},
)


@admin.register(Blueprint)
class BlueprintAdmin(OwnedAdmin):
    """A group of objects. The widgets app registers it anew, with what its widgets inherit."""

    domain = (services.create_blueprint, services.update_blueprint, delete_blueprint)
    list_display = ["__str__", "alias", "updated_at"]
    fieldsets = [
        (None, {"fields": ["name"]}),
        (
            "For the API and for yourself",
            {"fields": ["visibility", *NAMING, *TIMES], "classes": ["collapse"]},
        ),
    ]


@admin.register(Bot)
class BotAdmin(OwnedAdmin):
    """Who answers."""

    domain = (services.create_bot, services.update_bot, services.delete_bot)
    list_display = ["__str__", "model", "dataset", "updated_at"]
    list_select_related = ["owner", "dataset"]
    autocomplete_fields = ["dataset", "skillset", "blueprint"]
    fieldsets = [
        (None, {"fields": ["name", "model", "dataset", "skillset", "backstory"]}),
        ("Safety", {"fields": ["privacy", "moderation", "moderation_words"]}),
        NAMES,
    ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The model string is one line, and there are more than one kind."""
        if db_field.name == "model":
            kwargs["widget"] = admin.widgets.AdminTextInputWidget
            kwargs["help_text"] = f"{db_field.help_text} {LANGUAGE_MODELS}"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Bot, form: Any, change: bool) -> None:
        """Saved in any case; what cannot answer now is told, because the visitor would be the first to notice."""
        super().save_model(request, obj, form, change)
        reason = why_not(obj.model, obj.owner_id)
        if reason:
            self.message_user(request, f"This bot cannot answer now. {reason}.", messages.WARNING)


@admin.register(DatasetRecord)
class DatasetRecordAdmin(admin.ModelAdmin):
    """One passage of a dataset."""

    form = RecordForm
    list_display = ["__str__", "dataset", "ready", "updated_at"]
    list_display_links = ["__str__"]
    list_filter = [("dataset", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["dataset"]
    list_per_page = 50
    search_fields = ["title", "text"]
    autocomplete_fields = ["dataset"]
    fields = ["dataset", "title", "text", "alternatives", "url"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[DatasetRecord]:
        """Records of own datasets; all for a superuser."""
        records = DatasetRecord.objects.filter(dataset__in=Dataset.objects.visible_to(request.user))
        return records.annotate(embedded=Q(vectors__isnull=False)).defer("vectors").order_by("-id")

    def get_readonly_fields(self, _request: HttpRequest, obj: DatasetRecord | None = None) -> Any:
        """A record stays in its dataset."""
        return ["dataset"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only what this person may see can be chosen."""
        kwargs["queryset"] = db_field.related_model.objects.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, _request: HttpRequest, obj: DatasetRecord, form: Any, change: bool) -> None:
        """Through the domain functions, which have it embedded."""
        if change:
            fields = {name: form.cleaned_data[name] for name in form.changed_data}
            services.update_record(DatasetRecord.objects.get(pk=obj.pk), **fields)
        else:
            obj.pk = services.create_record(**form.cleaned_data).pk

    def delete_model(self, _request: HttpRequest, obj: DatasetRecord) -> None:
        """Through the domain function."""
        services.delete_record(obj)

    def delete_queryset(self, _request: HttpRequest, queryset: models.QuerySet[DatasetRecord]) -> None:
        """The same for the list's action."""
        for record in queryset:
            services.delete_record(record)

    @admin.display(description="ready", boolean=True)
    def ready(self, obj: Any) -> bool:
        """Whether it is embedded."""
        return bool(obj.embedded)
