"""A widget's pictures on its page in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest

from widgets import services
from widgets.models import WidgetFile
from widgets.pictures import IMAGE_TYPES, PICTURE_BYTES, refusal


class PictureFormSet(forms.BaseInlineFormSet):
    """Refuses what the API refuses, at the fields."""

    def clean(self) -> None:
        """Images of the widget's owner."""
        super().clean()
        for form in self.forms:
            file = form.cleaned_data.get("file")
            if form.cleaned_data.get(DELETION_FIELD_NAME) or not file:
                continue
            if file.owner_id != self.instance.owner_id:
                form.add_error("file", f"must belong to the same owner ({self.instance.owner})")
            elif problem := refusal(file):
                form.add_error("file", problem)


class PictureInline(admin.TabularInline):
    """Which file is shown where."""

    model = WidgetFile
    formset = PictureFormSet
    fields = ("type", "file")
    extra = 0
    verbose_name = "picture"
    verbose_name_plural = "pictures"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only images that this person may see can be chosen."""
        files = db_field.related_model.objects.visible_to(request.user).defer("text")
        kwargs["queryset"] = files.filter(content_type__in=IMAGE_TYPES, size__lte=PICTURE_BYTES)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def save_pictures(formset: Any) -> None:
    """Through the domain functions."""
    formset.save(commit=False)
    changed = [link for link, _ in formset.changed_objects]
    for link in (*formset.deleted_objects, *WidgetFile.objects.filter(pk__in=[link.pk for link in changed])):
        services.detach_file(formset.instance, link.file, link.type)
    for link in (*changed, *formset.new_objects):
        services.attach_file(formset.instance, link.file, link.type)
