"""Files: their bytes live in the storage under keys that we make, everything else is a row."""

from django.db import models

from accounts.names import NAME_BYTES, validate_name
from accounts.objects import OwnedObject, Visibility

KEY_CHARACTERS = 80
URL_CHARACTERS = 2000
TYPE_CHARACTERS = 127  # of a media type, RFC 6838


class StoredContent(models.Model):
    """What is stored of a file. ``key`` is empty until there are bytes; ``pending`` is an upload that was promised but has not arrived."""

    class TextState(models.TextChoices):
        NONE = ""  # not asked for
        PENDING = "pending"
        READY = "ready"
        FAILED = "failed"

    key = models.CharField(max_length=KEY_CHARACTERS, blank=True, default="", editable=False)
    size = models.BigIntegerField(null=True, blank=True, editable=False)
    content_type = models.CharField(max_length=TYPE_CHARACTERS, blank=True, default="", editable=False)  # sniffed, never what was claimed
    filename = models.CharField(max_length=NAME_BYTES, blank=True, default="", validators=[validate_name], editable=False)
    source_url = models.CharField(max_length=URL_CHARACTERS, blank=True, default="", help_text="Where the file is fetched from again.")
    pending = models.JSONField(null=True, blank=True, editable=False)  # {key, size, type, name, until}
    text = models.TextField(blank=True, default="", editable=False)  # extracted
    text_state = models.CharField(max_length=8, choices=TextState.choices, blank=True, default=TextState.NONE, editable=False)
    text_error = models.CharField(max_length=300, blank=True, default="", editable=False)

    class Meta:
        abstract = True


class File(OwnedObject, StoredContent):
    """An operator's file: a widget's icon, a dataset's source, something to hand out."""

    blueprint = models.ForeignKey("bots.Blueprint", null=True, blank=True, on_delete=models.SET_NULL, related_name="files")
    visibility = models.CharField(
        max_length=9, choices=Visibility.choices, null=True, blank=True,
        help_text="Public files are downloaded without a token; protected ones by every operator of this installation who knows the id.",
    )

    class Meta(OwnedObject.Meta):
        indexes = [*OwnedObject.Meta.indexes, models.Index(fields=["blueprint", "id"], name="files_file_bp")]

    def __str__(self) -> str:
        return self.name or self.filename or self.alias or str(self.id)
