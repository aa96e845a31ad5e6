"""Reading other people's sites for a dataset: politely, within one site, and only what has text. Imports no models."""

from .errors import NotTaken
from .pages import PageRead, read_page
from .reader import SiteReader
from .sitemap import Listing, list_pages
from .sites import checked_address, host_of

__all__ = [
    "Listing",
    "NotTaken",
    "PageRead",
    "SiteReader",
    "checked_address",
    "host_of",
    "list_pages",
    "read_page",
]
