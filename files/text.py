"""The text of what is stored, extracted in a child process with limits (``files.extract``)."""

from files.extract import ExtractError, extract_limited
from files.models import StoredContent
from files.services import extractable
from files.storage import open_content, release_connections
from files.uploads import adopt

ERROR_CHARACTERS = 300
States = StoredContent.TextState


def text_of(row: StoredContent) -> str:
    """The extracted text, made now where it was not made yet. ExtractError where there is none; its message says why. Blocking."""
    adopt(row)
    if not row.key:
        raise ExtractError("empty", row.text_error or "There is no content yet")
    if not extractable(row.content_type):
        raise ExtractError("unsupported", f"Content of the type {row.content_type} has no text")
    if row.text_state in (States.NONE, States.PENDING):
        extract(row)
    if row.text_state == States.FAILED:
        raise ExtractError("failed", row.text_error)
    return row.text


def extract(row: StoredContent) -> None:
    """Store the text of the content, or why there is none; nothing where other content has come meanwhile."""
    state, text, error = States.FAILED, "", ""
    try:
        state, text = States.READY, _extracted(row)
    except ExtractError as refusal:
        error = refusal.message[:ERROR_CHARACTERS]
    row.text_state, row.text, row.text_error = state, text, error
    same = type(row)._base_manager.filter(pk=row.pk, key=row.key)
    same.update(text_state=state, text=text, text_error=error)


def _extracted(row: StoredContent) -> str:
    try:
        with open_content(row) as stream:
            data = stream.read()
    except FileNotFoundError:
        raise ExtractError("missing", "The content is missing in the storage") from None
    release_connections()
    text: str = extract_limited(data, row.content_type, row.filename)
    return text.replace("\0", "")
