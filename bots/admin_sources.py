"""Web addresses of datasets in the admin: add a page or a sitemap, see how far it is, synchronize it again."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from bots import sources
from bots.models import Dataset, DatasetSource

AS_IT_SAYS = ("", "What the address looks like")


class SourceForm(forms.ModelForm):
    """A dataset and an address; creating is the domain function's."""

    kind = forms.ChoiceField(
        choices=[AS_IT_SAYS, *DatasetSource.Kind.choices],
        required=False,
        help_text="A sitemap, such as https://example.com/sitemap.xml, brings the pages of the same site that it names.",
    )

    class Meta:
        model = DatasetSource
        fields = ["dataset", "url", "kind"]
        labels = {"url": "Address"}
        help_texts = {
            "url": "Of a page, or of a sitemap. Only pages that everybody can see are read, and only where the site's robots.txt allows it."
        }
        widgets = {"url": AdminTextInputWidget(attrs={"class": "vTextField", "inputmode": "url"})}

    def _post_clean(self) -> None:
        """Creates it; a refusal is a message at its field."""
        if self.errors or not self.instance._state.adding:
            return
        values = self.cleaned_data
        try:
            self.instance = sources.create_source(values["dataset"], values["url"], values["kind"])
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]  # unknown to the stubs, as ModelForm does it


def progress_of(source: Any) -> dict[str, int]:
    """The counts of ``with_progress`` for a progress bar: ``total``, ``done`` and each state."""
    counts = {state: getattr(source, f"pages_{state}") for state in sources.STATES}
    total = sum(counts.values())
    return {**counts, "total": total, "done": total - counts["pending"]}


def told(source: Any) -> str:
    """How far a source is, in a few words."""
    counts = progress_of(source)
    match source.state:
        case DatasetSource.State.PENDING:
            return "waiting"
        case DatasetSource.State.RUNNING:
            return f"{counts['done']:,} of {counts['total']:,} pages"
        case DatasetSource.State.FAILED:
            return "failed"
    left_out = counts["skipped"] + counts["failed"]
    return f"{counts['ready']:,} page{'s' * (counts['ready'] != 1)}" + (
        f", {left_out:,} left out" if left_out else ""
    )


@admin.register(DatasetSource)
class DatasetSourceAdmin(admin.ModelAdmin):
    """A page or a sitemap. It is made and read again, not changed."""

    form = SourceForm
    change_form_template = "admin/bots/datasetsource/change.html"
    list_display = ["__str__", "dataset", "kind", "progress", "synchronized"]
    list_filter = [("dataset", admin.RelatedOnlyFieldListFilter), "state"]
    list_select_related = ["dataset"]
    list_per_page = 50
    search_fields = ["url"]
    autocomplete_fields = ["dataset"]
    actions = ["synchronize"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[DatasetSource]:
        """Those of own datasets; all for a superuser."""
        rows = DatasetSource.objects.filter(dataset__in=Dataset.objects.visible_to(request.user))
        return sources.with_progress(rows).order_by("-id")

    def get_fields(self, _request: HttpRequest, obj: Any = None) -> Any:
        """What is asked, then what there is."""
        return ["address", "dataset", "kind", "synchronized"] if obj else ["dataset", "url", "kind"]

    def get_readonly_fields(self, _request: HttpRequest, obj: Any = None) -> list[str]:
        """Another address is another source."""
        return ["address", "dataset", "kind", "synchronized"] if obj else []

    def get_urls(self) -> list[URLPattern]:
        """The button of one source."""
        view = self.admin_site.admin_view(require_POST(self.synchronize_one))
        return [path("<uuid:pk>/sync/", view, name="bots_datasetsource_sync"), *super().get_urls()]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only own datasets can be chosen."""
        kwargs["queryset"] = db_field.related_model.objects.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_form(self, _request: HttpRequest, form: Any, change: bool) -> DatasetSource:
        """The form has made it."""
        source: DatasetSource = form.instance
        return source

    def save_model(self, _request: HttpRequest, _obj: DatasetSource, _form: Any, change: bool) -> None:
        """Nothing is left to do."""

    def save_related(self, _request: HttpRequest, _form: Any, _formsets: Any, change: bool) -> None:
        """Nothing either."""

    def delete_model(self, _request: HttpRequest, obj: DatasetSource) -> None:
        """Through the domain function."""
        sources.delete_source(obj)

    def delete_queryset(self, _request: HttpRequest, queryset: models.QuerySet[DatasetSource]) -> None:
        """The same for the list's action."""
        for source in queryset:
            sources.delete_source(source)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Says that its records go too, instead of loading and listing them."""
        chosen = self.get_queryset(request).filter(pk__in=[obj.pk for obj in objs])
        rows = [f"{source} with the records of its pages" for source in chosen]
        return rows, {"addresses": len(rows)}, set(), []

    def response_add(
        self, _request: HttpRequest, obj: DatasetSource, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Its page shows how it goes on."""
        return redirect(post_url_continue or reverse("admin:bots_datasetsource_change", args=[obj.pk]))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """With progress and the pages that gave nothing."""
        if source := kwargs.get("obj"):
            context |= {
                "title": "Web address",
                "pages": progress_of(source),
                "problems": list(sources.problems(source)),
                "shown": sources.PROBLEMS_SHOWN,
            }
        context |= {
            "show_save": not source,
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def synchronize_one(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """The button on its page."""
        source: Any = self.get_object(request, str(pk))
        if source is None:
            raise Http404("no such address")
        if not self.has_change_permission(request, source):
            raise PermissionDenied
        sources.sync_source(source)
        self.message_user(request, "It is being read again.", messages.SUCCESS)
        return redirect("admin:bots_datasetsource_change", pk)

    @admin.action(description="Synchronize again", permissions=["change"])
    def synchronize(self, request: HttpRequest, queryset: models.QuerySet[DatasetSource]) -> None:
        """In the background; only what changed is replaced."""
        rows = list(queryset)
        for source in rows:
            sources.sync_source(source)
        self.message_user(
            request, f"{len(rows)} address{'es' * (len(rows) != 1)} being read again.", messages.SUCCESS
        )

    @admin.display(description="address")
    def address(self, obj: DatasetSource) -> str:
        """As a link."""
        return format_html('<a href="{0}" rel="noreferrer">{0}</a>', obj.url)

    @admin.display(description="synchronized", ordering="synced_at")
    def synchronized(self, obj: DatasetSource) -> str:
        """When it was read last."""
        return date_format(localtime(obj.synced_at), "DATETIME_FORMAT") if obj.synced_at else "not yet"

    @admin.display(description="progress", ordering="state")
    def progress(self, obj: Any) -> str:
        """How far it is, and why not further."""
        return format_html('<span title="{}">{}</span>', obj.error, told(obj)) if obj.error else told(obj)
