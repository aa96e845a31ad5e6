"""Which URLs may be fetched at all, before anything is resolved. One parser: httpx's, for the check and for the request."""

import re
from typing import NamedTuple

import httpx
from django.conf import settings

from .errors import FetchRefused

MAX_CHARACTERS = 8_192
DEFAULT_PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?", re.ASCII)  # international names arrive encoded


class Target(NamedTuple):
    """A URL that may be fetched. `trusted` hosts (FETCH_ALLOWED_HOSTS) may have private addresses and any port."""

    url: httpx.URL
    host: str
    port: int
    trusted: bool

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: credentials do not leave it."""
        return self.url.scheme, self.host, self.port


def target_of(url: str | httpx.URL) -> Target:
    """Take a URL apart. Raises FetchRefused `bad_url` naming the rule that it breaks."""
    if len(str(url)) > MAX_CHARACTERS:
        raise FetchRefused("bad_url", f"The URL is longer than {MAX_CHARACTERS} characters")
    try:
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode("ascii").lower()
        parsed.raw_path.decode("ascii")
    except (httpx.InvalidURL, ValueError, TypeError):
        raise FetchRefused("bad_url", "The URL is not valid") from None
    if parsed.scheme not in DEFAULT_PORTS:
        raise FetchRefused("bad_url", "The URL must begin with http:// or https://")
    if parsed.userinfo or "@" in parsed.netloc.decode("ascii"):
        raise FetchRefused("bad_url", "The URL must not contain a user name or password")
    if not (HOST.fullmatch(host) or (":" in host and "%" not in host)):
        raise FetchRefused("bad_url", "The URL has no valid host")
    port = DEFAULT_PORTS[parsed.scheme] if parsed.port is None else parsed.port
    trusted = bool({host, f"{host}:{port}", f"[{host}]:{port}"} & {entry.lower() for entry in settings.FETCH_ALLOWED_HOSTS})
    if not trusted and str(port) not in settings.FETCH_PORTS:
        raise FetchRefused("bad_url", f"The port {port} is not allowed; allowed: {', '.join(settings.FETCH_PORTS)}")
    return Target(parsed, host, port, trusted)
