"""The text of files, for datasets and for bots that are shown an attachment. One module a format, all alike.

`extract_limited` is what a server calls: a child process, so that no file can hurt it. Nothing here imports models,
and what the child imports does not import Django.
"""

from .errors import ExtractError
from .limited import extract_limited
from .registry import EXTRACTORS, PAGE, extract

__all__ = ["EXTRACTORS", "PAGE", "ExtractError", "extract", "extract_limited"]
