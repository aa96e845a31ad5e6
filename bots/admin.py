"""Blueprints, bots, datasets and records."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.owned_admin import NAMING, TIMES, OwnedAdmin
from bots import admin_skills, services  # noqa: F401 (skillsets are registered there)
from bots.admin_forms import BlueprintForm, RecordForm
from bots.admin_import import import_view, result_view
from bots.blueprints import delete_blueprint
from bots.models import Blueprint, Bot, Dataset, DatasetRecord

NAMES: Any = (
    "For the API and for yourself",
    {"fields": ["blueprint", *NAMING, *TIMES], "classes": ["collapse"]},
)
READY = Count("records", filter=Q(records__vectors__isnull=False))


@admin.register(Blueprint)
class BlueprintAdmin(OwnedAdmin):
    """A group of objects and the settings that its widgets inherit."""

    form = BlueprintForm
    domain = (services.create_blueprint, services.update_blueprint, delete_blueprint)
    list_display = ["__str__", "alias", "updated_at"]
    fieldsets = [
        (None, {"fields": ["name", "widget_defaults"]}),
        ("For the API and for yourself", {"fields": [*NAMING, *TIMES], "classes": ["collapse"]}),
    ]


@admin.register(Bot)
class BotAdmin(OwnedAdmin):
    """Who answers."""

    domain = (services.create_bot, services.update_bot, services.delete_bot)
    list_display = ["__str__", "model", "dataset", "updated_at"]
    list_select_related = ["owner", "dataset"]
    autocomplete_fields = ["dataset", "blueprint"]
    fieldsets = [(None, {"fields": ["name", "model", "dataset", "backstory"]}), NAMES]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The model string is one line."""
        if db_field.name == "model":
            kwargs["widget"] = admin.widgets.AdminTextInputWidget
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Dataset)
class DatasetAdmin(OwnedAdmin):
    """Knowledge, with its import and the progress of embedding."""

    domain = (services.create_dataset, services.update_dataset, services.delete_dataset)
    change_form_template = "admin/bots/dataset/change.html"
    list_display = ["__str__", "records", "progress", "updated_at"]
    autocomplete_fields = ["blueprint"]
    fieldsets = [(None, {"fields": ["name"]}), NAMES]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Dataset]:
        """With the two counts that the list and the page show."""
        return super().get_queryset(request).annotate(total=Count("records"), ready=READY)

    def get_urls(self) -> list[URLPattern]:
        """The import and its result, below the dataset."""
        wrap = self.admin_site.admin_view
        return [
            path(
                "<uuid:pk>/import/",
                wrap(lambda request, pk: import_view(self, request, pk)),
                name="bots_dataset_import",
            ),
            path(
                "<uuid:pk>/imported/",
                wrap(lambda request, pk: result_view(self, request, pk)),
                name="bots_dataset_imported",
            ),
            *super().get_urls(),
        ]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Says how many records go too, instead of loading and listing them."""
        chosen: Any = self.get_queryset(request).filter(pk__in=[obj.pk for obj in objs])
        counts = [f"{dataset} with {dataset.total} records" for dataset in chosen]
        return counts, {"datasets": len(counts)}, set(), []

    def response_add(self, request: HttpRequest, obj: Dataset, post_url_continue: str | None = None) -> Any:
        """A new dataset opens, because the next step is to fill it."""
        return super().response_add(
            request, obj, post_url_continue or reverse("admin:bots_dataset_change", args=[obj.pk])
        )

    @admin.display(description="records", ordering="total")
    def records(self, obj: Any) -> str:
        """How many, linked to their list."""
        url = f"{reverse('admin:bots_datasetrecord_changelist')}?dataset__id__exact={obj.pk}"
        return format_html('<a href="{}">{}</a>', url, obj.total)

    @admin.display(description="search")
    def progress(self, obj: Any) -> str:
        """How far embedding is; until then words alone find a record."""
        return (
            "no records yet"
            if not obj.total
            else "ready"
            if obj.ready == obj.total
            else f"{obj.ready} of {obj.total} records ready"
        )


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
