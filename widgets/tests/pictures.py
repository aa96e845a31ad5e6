"""Files with content, for tests of pictures."""

import io
from typing import Any

from files.models import File
from files.services import create_file, store_content

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"


def put(file: File, data: bytes, name: str = "picture.png") -> File:
    """Give a file content; what it is, is sniffed."""
    store_content(file, io.BytesIO(data), name)
    file.refresh_from_db()
    return file


def picture_of(owner: Any, data: bytes = PNG) -> File:
    """A new file that is an image."""
    return put(create_file(owner), data)
