"""Which addresses of APIs an operator may name. What a host name resolves to is checked again when it is connected to."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx
from django.conf import settings
from django.core.exceptions import ValidationError

from fetcher.addresses import is_public
from fetcher.errors import FetchRefused
from fetcher.urls import DEFAULT_PORTS, HOST, target_of

NOT_PUBLIC = (
    "{host} is not on the public internet. Only administrators may use such an address, "
    "or FETCH_ALLOWED_HOSTS must name the host."
)


def clean_base_url(url: str, private: bool) -> str:
    """The address without a slash at its end, empty for none. ``private`` allows http and hosts inside of a network.

    Raises ``ValidationError`` saying what is allowed instead.
    """
    url = url.strip().rstrip("/")
    if not url:
        return ""
    parsed = _parsed(url)
    host = parsed.host.rstrip(".").lower()
    if private or is_allowed(url):
        return url
    if not may_be_public(host):
        raise ValidationError(NOT_PUBLIC.format(host=host))
    if parsed.scheme != "https":
        raise ValidationError("must begin with https://, because a key is sent there")
    try:
        target_of(url)
    except FetchRefused as error:
        raise ValidationError(error.message) from None
    return url


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: where a key would be sent."""
    parsed = httpx.URL(url)
    return parsed.scheme, parsed.host.rstrip(".").lower(), parsed.port or DEFAULT_PORTS.get(parsed.scheme)


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode("ascii")
        parsed.raw_path.decode("ascii")
    except (httpx.InvalidURL, ValueError):
        raise ValidationError("must be an address such as https://api.example.com/v1") from None
    if parsed.scheme not in DEFAULT_PORTS or not (HOST.fullmatch(host.lower()) or ":" in host) or " " in url or not _is_port(parsed.port):
        raise ValidationError("must be an address such as https://api.example.com/v1")
    if parsed.userinfo or "@" in parsed.netloc.decode("ascii"):
        raise ValidationError("must not contain a user name or password; the key has a field of its own")
    if "?" in url or "#" in url:
        raise ValidationError("must not contain ? or #")
    if parsed.path.endswith("/chat/completions"):
        raise ValidationError("must end before /chat/completions")
    return parsed


def _is_port(port: int | None) -> bool:
    return port is None or 0 < port < 65_536


def is_allowed(url: str) -> bool:
    """Whether FETCH_ALLOWED_HOSTS names the host of this address, which then may be inside of a network."""
    _, host, port = origin_of(url)
    return bool({host, f"{host}:{port}", f"[{host}]:{port}"} & {entry.lower() for entry in settings.FETCH_ALLOWED_HOSTS})


def may_be_public(host: str) -> bool:
    """Whether a host's name, or the address that it spells, does not say that it is inside of a network."""
    address = _address(host)
    if address is not None:
        return is_public(address)
    return "." in host and not host.endswith((".localhost", ".local", ".internal"))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that ``host`` spells, also in the odd ways that resolvers understand (127.1, 0x7f000001)."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def is_address(text: str) -> bool:
    """Whether a setting's text is an address that paths can be put behind: http or https, without user name, ``?`` and ``#``."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        return False
    return url.scheme in ("http", "https") and bool(url.host) and not (url.userinfo or "?" in text or "#" in text or " " in text)
