"""Datasets in the admin: how they are searched, the files and sites that they are made of, and the progress of embedding."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.owned_admin import NAMING, TIMES, OwnedAdmin
from bots import dataset_files, services, sources
from bots.admin_import import import_view, result_view
from bots.admin_sources import progress_of, told
from bots.models import Dataset, DatasetFile, DatasetSource

SOURCES_SHOWN = 50
READY = Count("records", filter=Q(records__vectors__isnull=False))
SEARCH: Any = (
    "Search",
    {
        "fields": [
            "reranker",
            "search_min_score",
            "search_max_records",
            "search_max_tokens",
            "match_instruction",
            "mismatch_instruction",
        ],
        "classes": ["collapse"],
    },
)
CUTTING: Any = ("How files are cut into records", {"fields": ["separators", "record_max_tokens"], "classes": ["collapse"]})
NAMES: Any = (
    "For the API and for yourself",
    {"fields": ["blueprint", "visibility", *NAMING, *TIMES], "classes": ["collapse"]},
)


class DatasetFileInline(admin.TabularInline):
    """The files whose text is records here, and how far they are. Files are attached and detached over the API."""

    model = DatasetFile
    fields = readonly_fields = ("file", "state", "error", "synced_at")
    verbose_name_plural = "files"
    extra = 0
    can_delete = False
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[DatasetFile]:
        """With the files' names only: a file's row may hold its whole text."""
        return super().get_queryset(request).select_related("file").defer("file__text").order_by("pk")

    def has_view_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Whoever sees the dataset sees its files."""
        return request.user.has_perm("bots.view_dataset")

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Not here."""
        return False


@admin.register(Dataset)
class DatasetAdmin(OwnedAdmin):
    """Knowledge, with its import and the progress of embedding."""

    domain = (services.create_dataset, services.update_dataset, services.delete_dataset)
    change_form_template = "admin/bots/dataset/change.html"
    list_display = ["__str__", "records", "progress", "updated_at"]
    autocomplete_fields = ["blueprint"]
    actions = ["sync_files", "sync_sources"]
    inlines = [DatasetFileInline]
    fieldsets = [(None, {"fields": ["name"]}), SEARCH, CUTTING, NAMES]

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

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """With the sites that it reads."""
        if dataset := kwargs.get("obj"):
            rows = sources.with_progress(dataset.sources.all())[:SOURCES_SHOWN]
            context["sources"] = [(row, told(row), progress_of(row)) for row in rows]
        return super().render_change_form(request, context, *args, **kwargs)

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

    @admin.action(description="Make the records of their files again", permissions=["change"])
    def sync_files(self, request: HttpRequest, queryset: models.QuerySet[Dataset]) -> None:
        """In the background, from what the files are now."""
        links = DatasetFile.objects.filter(dataset__in=queryset.values("pk"))
        for link in links:
            dataset_files.request_sync(link)
        told = (
            f"The records of {len(links)} files are being made again."
            if links
            else "These datasets have no files."
        )
        self.message_user(request, told, messages.SUCCESS if links else messages.WARNING)

    @admin.action(description="Synchronize their web addresses again", permissions=["change"])
    def sync_sources(self, request: HttpRequest, queryset: models.QuerySet[Dataset]) -> None:
        """In the background; only what changed is replaced."""
        rows = DatasetSource.objects.filter(dataset__in=queryset.values("pk"))
        for source in rows:
            sources.sync_source(source)
        message = (
            f"{len(rows)} web addresses are being read again." if rows else "These datasets have no web addresses."
        )
        self.message_user(request, message, messages.SUCCESS if rows else messages.WARNING)

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
