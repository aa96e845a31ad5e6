"""System checks of the file settings: ``files.E…`` stop the start."""

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from files.content import MEDIA_TYPE

POSITIVE = ("FILE_BYTES", "FILE_LINK_SECONDS", "FILE_UPLOAD_SECONDS")


@register
def check_files(**_: Any) -> Iterable[CheckMessage]:
    """Limits are at least 1, types are media types, and a bucket has the packages that it needs."""
    for name in POSITIVE:
        if getattr(settings, name) < 1:
            yield Error(f"{name} must be at least 1, not {getattr(settings, name)}", id="files.E001")
    for kind in settings.FILE_TYPES:
        if not MEDIA_TYPE.fullmatch(kind):
            yield Error(f"FILE_TYPES: {kind!r} is not a media type", hint="Write image/png, for example.", id="files.E002")
    if settings.S3_BUCKET and find_spec("storages") is None:
        yield Error("S3_BUCKET is set, but the packages for it are missing", hint="pip install -r requirements-s3.txt", id="files.E003")
