"""Office files are zip archives: how much they unpack to is checked before a library opens them."""

import zipfile
from io import BytesIO

from .errors import ExtractError

MAX_ENTRIES = 10_000
MAX_UNPACKED_BYTES = 209_715_200
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what office programs wrap an encrypted file in, and the old formats


def checked(data: bytes) -> BytesIO:
    """The archive as a file. Raises ExtractError `too_large`, `encrypted` or `broken`. Sizes cannot lie: zipfile reads no further."""
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise ExtractError("encrypted", "The file is protected by a password")
        raise ExtractError("unsupported", "The file has an old office format; save it in a current one")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise ExtractError("broken", "The file is damaged") from None
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise ExtractError("too_large", "The file unpacks to too much")
    if any(entry.flag_bits & 1 for entry in entries):
        raise ExtractError("encrypted", "The file is protected by a password")
    return BytesIO(data)
