"""PDF documents."""

from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

from .errors import ExtractError


def pieces(data: bytes) -> Iterator[str]:
    """The pages in their order, a blank line between. Pictures of text have none."""
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):  # many only forbid printing and open without a password
            raise FileNotDecryptedError
        for page in reader.pages:
            yield f"{page.extract_text()}\n\n"
    except (FileNotDecryptedError, DependencyError):
        raise ExtractError("encrypted", "The file is protected by a password") from None
    except LimitReachedError:
        raise ExtractError("too_large", "The file unpacks to too much, or goes round in circles") from None
