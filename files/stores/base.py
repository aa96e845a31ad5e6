"""What the rest of the code asks of a storage, beyond Django's own methods."""

from datetime import datetime
from typing import Any, BinaryIO, NamedTuple, Protocol, cast

from django.core.files.storage import default_storage


class PutLink(NamedTuple):
    """Where a client may put the bytes itself, and the headers that it must send."""

    url: str
    headers: dict[str, str]


class Store(Protocol):
    """A Django storage; ``FileNotFoundError`` where a key has no bytes, ``FileRefused`` (503) where it does not answer."""

    def save(self, name: str, content: Any) -> str:
        """Keep the bytes; the key."""

    def delete(self, name: str) -> None:
        """Remove the bytes; nothing happens where there are none."""

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Folders and files."""

    def get_modified_time(self, name: str) -> datetime:
        """When the bytes came."""

    def size(self, name: str) -> int:
        """How many bytes there are."""

    def stream(self, key: str) -> BinaryIO:
        """The bytes, to be read piece by piece and closed."""

    def put_link(self, key: str, size: int, media_type: str, seconds: int) -> PutLink | None:
        """A link of the storage's own for exactly ``size`` bytes; None where it has none and we take them ourselves."""

    def get_link(self, key: str, disposition: str, media_type: str, seconds: int) -> str | None:
        """A link of the storage's own for a download; None where we serve it ourselves."""


def store() -> Store:
    """The storage of this installation."""
    return cast(Store, default_storage)
