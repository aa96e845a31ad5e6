"""The one safe way out: every request to an address that somebody else chose goes through `fetch`.

Only http and https, only public addresses, every redirect checked again, time and size limited. Imports no models.
"""

from .client import Fetched, fetch, fetch_sync
from .errors import FetchRefused

__all__ = ["FetchRefused", "Fetched", "fetch", "fetch_sync"]
