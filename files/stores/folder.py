"""Files in a folder, ``MEDIA_ROOT``; links to them are ours."""

from typing import BinaryIO, cast

from django.core.files.storage import FileSystemStorage

from files.stores.base import PutLink


class FolderStore(FileSystemStorage):
    """Django's own; nothing below its root is served by its path."""

    def stream(self, key: str) -> BinaryIO:
        """The file itself."""
        return cast(BinaryIO, self.open(key, "rb"))

    def put_link(self, _key: str, _size: int, _media_type: str, _seconds: int) -> PutLink | None:
        """None: a folder has no address."""
        return None

    def get_link(self, _key: str, _disposition: str, _media_type: str, _seconds: int) -> str | None:
        """None: a folder has no address."""
        return None
