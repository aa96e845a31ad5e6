"""Forms of the bots app's admin."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget

from bots.importers import EXTENSIONS, max_bytes
from bots.models import DatasetRecord


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = AdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        """The list as lines; what a person typed stays as typed."""
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The lines that are not blank."""
        return (
            value
            if isinstance(value, list)
            else [line.strip() for line in (value or "").splitlines() if line.strip()]
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the lists differ."""
        return self.to_python(initial) != self.to_python(data)


class RecordForm(forms.ModelForm):
    """A record; other ways to ask are typed one a line."""

    alternatives = LinesField(
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        label="Other ways to ask",
        help_text="One a line. They help where visitors use other words than you do.",
    )

    class Meta:
        model = DatasetRecord
        fields = ["dataset", "title", "text", "alternatives", "url"]
        widgets = {
            "url": AdminTextInputWidget(attrs={"class": "vTextField"}),
            "text": AdminTextareaWidget(attrs={"rows": 14}),
        }


class ImportForm(forms.Form):
    """A file of knowledge and where its readers find it."""

    file = forms.FileField(
        help_text="Markdown and HTML (a record a section), CSV with the columns question,answer, JSON lines with title and text, plain text "
        "(a record a paragraph), PDF or Word.",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(EXTENSIONS)}),
    )
    base_url = forms.CharField(
        required=False,
        max_length=1500,
        label="Its address",
        help_text="Where visitors can read it, for example https://example.com/help. Shown as the source of an answer; sections of Markdown get their anchor. Empty: no source is shown.",
        widget=AdminTextInputWidget(attrs={"class": "vTextField"}),
    )

    def clean_file(self) -> Any:
        """Refuses early what no importer takes."""
        file = self.cleaned_data["file"]
        if file.size > (most := max_bytes(file.name)):
            raise forms.ValidationError(f"must have at most {most // 1024 // 1024} MB")
        return file
