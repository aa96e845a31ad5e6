"""Which module reads which type."""

from collections.abc import Iterator
from importlib import import_module

from .encoding import cleaned
from .errors import ExtractError

# Names, because a child process should load one parser and not all. Each module has `pieces(data) -> Iterator[str]`.
EXTRACTORS: dict[str, str] = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "text/csv": "csv",
    "application/json": "json",
    "text/markdown": "md",
    "text/plain": "txt",
    "text/html": "html",
}
PAGE = "application/x-web-page"  # no file has it: files.extract.page
MAX_CHARACTERS = 2_000_000
TOO_LONG = "The file has more than {} characters of text"


def extract(data: bytes, content_type: str, filename: str = "", *, max_characters: int = MAX_CHARACTERS) -> str:
    """The text of a file: lines with one `\\n`, headings as in markdown, cells of a row apart by tabs; no NUL, no surrogates.

    `content_type` is a media type, its parameters are ignored; where it is empty, the extension of `filename` tells.
    Raises ExtractError. Runs here, without limits on time and memory: servers call `extract_limited`.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    name = "page" if media_type == PAGE else EXTRACTORS.get(media_type)
    if not media_type and (extension := filename.rpartition(".")[2].lower()) in EXTRACTORS.values():
        name = extension
    if name is None:
        raise ExtractError("unsupported", f"Files of the type {media_type or 'unknown'} have no text that can be read")
    pieces: Iterator[str] = import_module(f"files.extract.{name}").pieces(data)
    try:
        return cleaned(_joined(pieces, max_characters))
    except ExtractError:
        raise
    except MemoryError:
        raise ExtractError("too_large", "The file needs too much memory to be read") from None
    except Exception as error:  # parsers raise whatever comes to them on what is not theirs
        raise ExtractError("broken", "The file is damaged, or is not what its name says") from error


def _joined(pieces: Iterator[str], max_characters: int) -> str:
    kept: list[str] = []
    left = max_characters
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise ExtractError("too_large", TOO_LONG.format(max_characters))
        kept.append(piece)
    return "".join(kept)
