"""GET within one site, as its robots.txt allows."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache

from fetcher import Fetched, fetch_sync

from .errors import NotTaken
from .robots import AGENT, Robots, fetch_robots
from .sites import same_site

ROBOTS_SECONDS = 3600
REDIRECTS = 5


class SiteReader:
    """Reads addresses of the site of ``root``. ``key`` names one synchronization: as long as that lasts, robots.txt is asked
    for once."""

    def __init__(self, root: str, key: str) -> None:
        self._root = root
        self._key = key

    def get(self, url: str, *, max_bytes: int, accept: str, etag: str = "") -> Fetched:
        """Whatever the site answers, of any status; 304 where the ``etag`` is still good.

        Raises NotTaken for what lies outside of the site or is not allowed by robots.txt, also where a redirect leads there,
        and FetchRefused.
        """
        self._check(url)
        headers = {"accept": accept} | ({"if-none-match": etag} if etag else {})
        found = fetch_sync(
            url,
            headers=headers,
            max_bytes=max_bytes,
            seconds=settings.SOURCE_SECONDS,
            redirects=REDIRECTS,
            any_status=True,
            follow=self._seen,
        )
        if _origin(found.url) != _origin(url):
            self._check(found.url)  # www. or https have rules of their own
        return found

    def delay(self, url: str) -> float:
        """Seconds to wait after reading this address."""
        return self._robots(url).delay

    def _check(self, url: str) -> None:
        """Before the request; asks for robots.txt where that is not known yet."""
        if not same_site(url, self._root):
            raise NotTaken("The address is of another site")
        if not self._robots(url).allows(url):
            raise NotTaken(f"The site's robots.txt does not allow {AGENT} to read this")

    def _seen(self, url: str) -> None:
        """At a redirect, where nothing else can be fetched: the rules that are known."""
        if not same_site(url, self._root):
            raise NotTaken("The address redirects to another site")
        known = self._known(url)
        if known is not None and not known.allows(url):
            raise NotTaken(
                f"The address redirects to one that the site's robots.txt does not allow {AGENT} to read"
            )

    def _robots(self, url: str) -> Robots:
        known = self._known(url)
        if known is None:
            known = fetch_robots(_origin(url))
            cache.set(self._cache_key(url), known.text, ROBOTS_SECONDS)
        return known

    def _known(self, url: str) -> Robots | None:
        text = cache.get(self._cache_key(url))
        return None if text is None else Robots(text)

    def _cache_key(self, url: str) -> str:
        return f"robots:{self._key}:{_origin(url)}"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
