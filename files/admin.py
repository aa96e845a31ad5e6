"""Files: what is stored, and a form to replace it."""

import mimetypes
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.owned_admin import NAMING, TIMES, OwnedAdmin, OwnedForm
from files import services
from files.content import allowed_types, check_content
from files.errors import FileRefused
from files.links import download_link
from files.models import File

CONTENT = ("stored", "size_shown", "content_type", "text_shown")


class FileForm(OwnedForm):
    """``upload`` is looked at with the other fields, so that a refusal is a message at it."""

    upload = forms.FileField(required=False, label="Content")

    class Meta:
        model = File
        fields = ("name", "source_url", "visibility", "blueprint", *NAMING)
        widgets = {"source_url": forms.URLInput(attrs={"class": "vURLField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].help_text = f"Replaces what is stored. Allowed: {', '.join(_endings())}."

    def clean_upload(self) -> UploadedFile | None:
        """Size and type."""
        upload: UploadedFile | None = self.cleaned_data["upload"]
        if upload is None:
            return None
        try:
            check_content(upload, upload.size or 0, upload.name or "", upload.content_type or "")
        except FileRefused as refusal:
            raise ValidationError(refusal.message.removeprefix("file: ")) from None
        return upload

    def clean_source_url(self) -> str:
        """The same rule as in the API."""
        services.check_source(self.cleaned_data["source_url"])
        return str(self.cleaned_data["source_url"])

    def clean(self) -> dict[str, Any]:
        """The base class looks at the model's fields only."""
        upload = self.cleaned_data.pop("upload", None)
        return {**super().clean(), "upload": upload}


def create(owner: Any, upload: UploadedFile | None = None, **fields: Any) -> File:
    """A new file with its content."""
    file = services.create_file(owner, **fields)
    _store(file, upload)
    return file


def update(file: File, upload: UploadedFile | None = None, **fields: Any) -> File:
    """Set these fields, and replace the content where there is other."""
    services.update_file(file, **fields)
    _store(file, upload)
    return file


def _store(file: File, upload: UploadedFile | None) -> None:
    if upload is not None:
        services.store_content(file, upload, upload.name or "", upload.content_type or "")


@admin.register(File)
class FileAdmin(OwnedAdmin):
    """Icons of widgets, sources of datasets, downloads."""

    form = FileForm
    domain = (create, update, services.delete_file)
    list_display = ["__str__", "content_type", "size_shown", "text_shown", "visibility", "updated_at"]
    list_filter = ["visibility"]
    search_fields = ["name", "alias", "filename"]
    autocomplete_fields = ["blueprint"]
    readonly_fields = [*CONTENT, *TIMES]
    fieldsets = [
        (None, {"fields": ["name", "upload", *CONTENT, "source_url", "visibility"]}),
        ("For the API and for yourself", {"fields": ["blueprint", *NAMING, *TIMES], "classes": ["collapse"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[File]:
        """Without their text, which may be long."""
        return super().get_queryset(request).defer("text")

    def get_urls(self) -> list[URLPattern]:
        """The download, below the file."""
        download = self.admin_site.admin_view(self._download)
        return [path("<uuid:pk>/download/", download, name="files_file_download"), *super().get_urls()]

    def _download(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        file = self.get_object(request, str(pk))
        if file is None or not file.key or not self.has_view_permission(request, file):
            raise Http404("no such content")
        return HttpResponseRedirect(download_link(request, file))

    @admin.display(description="stored")
    def stored(self, obj: File) -> str:
        """A link to the content."""
        if not obj.key:
            return obj.text_error or "nothing yet"
        url = reverse("admin:files_file_download", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', url, obj.filename or "Download")

    @admin.display(description="size", ordering="size")
    def size_shown(self, obj: File) -> str:
        """In units that people read."""
        return filesizeformat(obj.size) if obj.size else "–"

    @admin.display(description="text", ordering="text_state")
    def text_shown(self, obj: File) -> str:
        """How far the extraction of its text is."""
        return f"{obj.text_state}: {obj.text_error}" if obj.text_error else obj.text_state or "–"


def _endings() -> list[str]:
    """The allowed types as people name them."""
    return sorted({(mimetypes.guess_extension(kind) or kind.rpartition("/")[2]).removeprefix(".") for kind in allowed_types()})
