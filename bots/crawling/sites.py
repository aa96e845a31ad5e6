"""What one site is: a host with and without `www.`, on one port; https may take the place of http. Subdomains are other sites."""

from urllib.parse import urldefrag

from fetcher import FetchRefused
from fetcher.urls import DEFAULT_PORTS, Target, target_of


def checked_address(url: str) -> str:
    """The address without its fragment. FetchRefused `bad_url` where it could not be fetched whatever its host answers."""
    bare = urldefrag(url.strip()).url
    return str(target_of(bare).url)


def host_of(url: str) -> str:
    """Whom requests for this address go to, without `www.`."""
    return _host(target_of(url))


def same_site(url: str, root: str) -> bool:
    """Whether an address belongs to the site of another one; what cannot be fetched at all does not."""
    try:
        other, here = target_of(url), target_of(root)
    except FetchRefused:
        return False
    if _host(other) != _host(here):
        return False
    if other.url.scheme == here.url.scheme:
        return other.port == here.port
    return here.url.scheme == "http" and _default_port(here) and _default_port(other)


def _host(target: Target) -> str:
    return target.host.removeprefix("www.")


def _default_port(target: Target) -> bool:
    return target.port == DEFAULT_PORTS[target.url.scheme]
