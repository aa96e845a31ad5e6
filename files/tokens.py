"""Signed tokens of links: they name a row and one version of its content, never a key of the storage."""

from django.core import signing

from files.errors import FileRefused
from files.models import StoredContent
from files.storage import mark_of, row_of


def sign(row: StoredContent, key: str, salt: str) -> str:
    """A token for what is, or will be, stored under ``key``."""
    return signing.dumps([row._meta.model_name, str(row.pk), mark_of(key)], salt=salt)


def read(token: str, salt: str, seconds: int, name: str) -> tuple[StoredContent | None, str]:
    """The row, None where it is gone, and the mark of its key. ``FileRefused`` (404) that calls the link by ``name``."""
    try:
        kind, pk, mark = signing.loads(token, salt=salt, max_age=seconds)
    except signing.SignatureExpired:
        raise FileRefused(404, f"This {name} has expired; ask for a new one") from None
    except (signing.BadSignature, ValueError):
        raise FileRefused(404, f"There is no such {name}") from None
    return row_of(kind, pk), mark
