"""A web page's content as sections of Markdown, for datasets. Its data is what ``packed`` makes, its text what ``unpacked`` reads.

Not a kind of file: the way of a page to the child process, because hostile HTML costs its parser minutes and gigabytes.
"""

from .pieces import Page, PageSection, packed, pieces, unpacked

__all__ = ["Page", "PageSection", "packed", "pieces", "unpacked"]
