"""Pictures of a widget: which files can be one, and their public addresses."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from files.models import File
from widgets.models import WidgetFile

IMAGE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
PICTURE_BYTES = 2_097_152  # every visitor loads it
VERSION_CHARACTERS = 16


@dataclass(frozen=True)
class Picture:
    """Where it belongs (bar, user, bot or button), and what its address changes with."""

    type: str
    version: str


def refusal(file: File) -> str:
    """Why a file cannot be a picture, or an empty text."""
    if file.content_type not in IMAGE_TYPES or not file.key:
        return "must be a PNG, JPEG, GIF or WebP image"
    if (file.size or 0) > PICTURE_BYTES:
        return f"must have at most {PICTURE_BYTES} bytes"
    return ""


def version_of(file: File) -> str:
    """Another one for other content; the storage's key stays our own secret."""
    return hashlib.sha256(f"{file.pk}/{file.key}".encode()).hexdigest()[:VERSION_CHARACTERS]


def load_pictures(widget_id: UUID) -> tuple[Picture, ...]:
    """The pictures that a widget has now; one query."""
    links = WidgetFile.objects.filter(widget=widget_id).select_related("file").defer("file__text").order_by("type")
    return tuple(Picture(link.type, version_of(link.file)) for link in links if not refusal(link.file))


def picture_url(widget_id: UUID, picture: Picture) -> str:
    """Its path on this platform; what is behind it never changes."""
    return f"/integrations/widget/{widget_id}/file/{picture.type}/{picture.version}"


def picture_file(widget_id: UUID, kind: str) -> File | None:
    """The file that is a widget's picture of that type now."""
    if kind not in WidgetFile.Type.values:
        return None
    links = WidgetFile.objects.filter(widget=widget_id, type=kind, widget__owner__is_active=True)
    link = links.select_related("file").defer("file__text").first()
    return link.file if link and not refusal(link.file) else None
