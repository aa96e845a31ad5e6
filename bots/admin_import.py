"""The admin's import: a form, and a page that says what was taken and what not."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from bots.admin_forms import ImportForm
from bots.importers import ImportRejected, ImportResult
from bots.models import Dataset
from bots.services import import_records

SHOWN = 200


def import_view(page: admin.ModelAdmin, request: HttpRequest, pk: UUID) -> HttpResponse:
    """Takes the file whole or not at all; the refusal is a message at its field."""
    dataset = _dataset(page, request, pk)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            result = import_records(dataset, file.name, file.read(), base_url=form.cleaned_data["base_url"])
        except ImportRejected as error:
            form.add_error(
                "base_url" if error.field in ("base_url", "url") else "file",
                f"Nothing was imported: {error.message}",
            )
        except ValidationError as error:
            form.add_error(
                "base_url" if "url" in getattr(error, "error_dict", {}) else "file",
                ["Nothing was imported.", *error.messages],
            )
        else:
            request.session[_key(pk)] = _report(file.name, result)
            return redirect("admin:bots_dataset_imported", pk=pk)
    return TemplateResponse(
        request,
        "admin/bots/dataset/import.html",
        {**_context(page, request, dataset, "Import"), "form": form},
    )


def result_view(page: admin.ModelAdmin, request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the last import of this person into this dataset took and left out."""
    dataset = _dataset(page, request, pk)
    report = request.session.get(_key(pk))
    if report is None:
        return redirect("admin:bots_dataset_change", dataset.pk)
    return TemplateResponse(
        request,
        "admin/bots/dataset/imported.html",
        {**_context(page, request, dataset, "Imported"), "report": report},
    )


def _dataset(page: admin.ModelAdmin, request: HttpRequest, pk: UUID) -> Dataset:
    dataset: Any = page.get_object(request, str(pk))
    if dataset is None:
        raise Http404("no such dataset")
    if not page.has_change_permission(request, dataset):
        raise PermissionDenied
    return dataset


def _key(pk: UUID) -> str:
    return f"import-{pk}"


def _context(page: admin.ModelAdmin, request: HttpRequest, dataset: Dataset, title: str) -> dict[str, Any]:
    return {**page.admin_site.each_context(request), "opts": page.opts, "original": dataset, "title": title}


def _report(filename: str, result: ImportResult) -> dict[str, Any]:
    """Plain data for the session, cut to what a person reads."""
    return {
        "filename": filename,
        "taken": len(result.records),
        "records": [
            [record.title or record.text[:80], len(record.text)] for record in result.records[:SHOWN]
        ],
        "left_out": len(result.skipped),
        "skipped": [[skipped.where, skipped.reason] for skipped in result.skipped[:SHOWN]],
    }
