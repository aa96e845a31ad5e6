"""What a site's robots.txt lets us read (RFC 9309): the longest rule counts, `*` and `$` work.

Protego, because the parser of the standard library takes the first rule that fits and knows no wildcards.
"""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from protego import Protego

from fetcher import FetchRefused, fetch_sync
from fetcher.client import USER_AGENT

AGENT = USER_AGENT.partition("/")[0]
MAX_BYTES = 524_288  # RFC 9309 asks for at least 500 KiB
REDIRECTS = 5
TOO_MANY_REQUESTS = 429


@dataclass(frozen=True)
class Robots:
    """``text`` is the file's; empty: everything is allowed."""

    text: str

    @cached_property
    def _rules(self) -> Protego:
        return Protego.parse(self.text)

    def allows(self, url: str) -> bool:
        """Whether we may read this address."""
        return self._rules.can_fetch(url, AGENT)

    @property
    def delay(self) -> float:
        """Seconds that the site wants between two requests, at most SOURCE_DELAY_SECONDS."""
        wanted = self._rules.crawl_delay(AGENT) or 0
        return max(0.0, min(wanted, settings.SOURCE_DELAY_SECONDS))


def fetch_robots(origin: str) -> Robots:
    """The rules of ``https://host[:port]``. A site without the file allows everything; one that fails to answer, nothing now:
    FetchRefused."""
    found = fetch_sync(
        f"{origin}/robots.txt",
        max_bytes=MAX_BYTES,
        seconds=settings.SOURCE_SECONDS,
        redirects=REDIRECTS,
        any_status=True,
    )
    if 200 <= found.status < 300:
        return Robots(found.body.decode("utf-8-sig", "replace"))
    if 400 <= found.status < 500 and found.status != TOO_MANY_REQUESTS:
        return Robots("")
    raise FetchRefused(
        "bad_status", f"The site's robots.txt cannot be read: it answered with status {found.status}"
    )
