"""Blueprints, bots, datasets and their records."""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models

from accounts.ids import new_id
from accounts.names import validate_text
from accounts.objects import OwnedObject
from bots.validators import validate_model

TITLE_CHARACTERS = 300
RECORD_BYTES = 65_536


class Blueprint(OwnedObject):
    """A group of objects; widgets that point to it inherit what they do not set themselves."""

    widget_defaults = models.JSONField(
        blank=True, default=dict, help_text="Widget settings, as a JSON object with the field names of the API, that this blueprint's widgets inherit."
    )


class BlueprintedObject(OwnedObject):
    """An owned object that may belong to a blueprint."""

    blueprint = models.ForeignKey(Blueprint, null=True, blank=True, on_delete=models.SET_NULL, related_name="%(class)ss")

    class Meta(OwnedObject.Meta):
        abstract = True
        indexes = [
            *OwnedObject.Meta.indexes,
            models.Index(fields=["blueprint", "id"], name="%(app_label)s_%(class)s_bp"),
        ]


class Dataset(BlueprintedObject):
    """Knowledge: records that a bot may answer from."""


class DatasetRecord(models.Model):
    """One passage. ``vectors`` is what the embedder made of it, None until the embedding task has been there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="records")
    title = models.CharField(max_length=TITLE_CHARACTERS, blank=True, default="", validators=[validate_text], help_text="A heading, or the question that the text answers.")
    text = models.TextField(validators=[validate_text], help_text="The answer, in Markdown. The bot quotes it as it stands.")
    url = models.CharField(max_length=2000, blank=True, default="", help_text="Where a visitor can read it in full; shown as the source.")
    alternatives = models.JSONField(blank=True, default=list, help_text="Other ways to ask for it, a JSON list of texts.")
    meta = models.JSONField(blank=True, default=dict)
    vectors = models.BinaryField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        ordering = ["id"]
        verbose_name = "record"
        indexes = [models.Index(fields=["dataset", "id"], name="bots_record_of")]

    def __str__(self) -> str:
        return self.title or self.text[:60]

    def clean(self) -> None:
        """Text within its bound, alternatives a list of texts, url a web address or empty."""
        errors = {}
        if len(self.text.encode("utf-8", "surrogatepass")) > RECORD_BYTES:
            errors["text"] = f"must have at most {RECORD_BYTES} bytes"
        if not isinstance(self.alternatives, list) or not all(isinstance(item, str) for item in self.alternatives):
            errors["alternatives"] = "must be a list of texts"
        if self.url and not self.url.startswith("/"):
            try:
                URLValidator(schemes=["http", "https"])(self.url)
            except ValidationError:
                errors["url"] = "must be an http or https address, or begin with /"
        if errors:
            raise ValidationError(errors)


class Bot(BlueprintedObject):
    """Who answers: an engine, its instructions and its knowledge."""

    model = models.CharField(
        max_length=400, blank=True, default="knowledge", validators=[validate_model],
        help_text="Which engine answers. “knowledge” needs no key and no server: it answers from the dataset, word for word, and says when it does not know.",
    )
    backstory = models.TextField(blank=True, default="", validators=[validate_text], help_text="Who the bot is and how it should answer; given to a language model as its instructions.")
    dataset = models.ForeignKey(Dataset, null=True, blank=True, on_delete=models.SET_NULL, related_name="bots", help_text="The knowledge it may use.")
