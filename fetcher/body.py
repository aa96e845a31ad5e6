"""Reading a body with a limit on what arrives and on what it unpacks to."""

import zlib
from collections.abc import AsyncIterator

from .errors import FetchRefused

GZIP = {"gzip", "x-gzip"}
GZIP_WINDOW = zlib.MAX_WBITS | 16
ACCEPT_ENCODING = "gzip"  # the one that can be unpacked within a limit


async def read_body(chunks: AsyncIterator[bytes], *, encoding: str, max_bytes: int) -> bytes:
    """The whole unpacked body. Raises FetchRefused `too_large` as soon as it is longer than `max_bytes`, or `broken`."""
    if encoding in {"", "identity"}:
        return await _join(chunks, max_bytes)
    if encoding not in GZIP:
        raise FetchRefused("broken", "The answer has an encoding that was not asked for")
    unpacked = bytearray()
    gzip = zlib.decompressobj(GZIP_WINDOW)
    try:
        async for chunk in chunks:
            unpacked += gzip.decompress(chunk, max_bytes + 1 - len(unpacked))
            if len(unpacked) > max_bytes:
                raise _too_large(max_bytes)
            if gzip.eof:
                break
    except zlib.error:
        raise FetchRefused("broken", "The answer could not be unpacked") from None
    if not gzip.eof:
        raise FetchRefused("broken", "The answer ends too early")
    return bytes(unpacked)


async def _join(chunks: AsyncIterator[bytes], max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > max_bytes:
            raise _too_large(max_bytes)
    return bytes(body)


def _too_large(max_bytes: int) -> FetchRefused:
    return FetchRefused("too_large", f"The answer is larger than {max_bytes} bytes")
