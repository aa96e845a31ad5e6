"""Where a widget may be embedded: parsing the entries of ``origin``, matching an Origin header, the CSP source list."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}
SCHEMES = ("http", "https", "capacitor", "ionic")
ALLOWED = "allowed are entries like https://example.com, https://*.example.com or http://localhost:3000 with http, https, capacitor or ionic"
ORIGIN = re.compile(
    r"(?P<scheme>[a-z]+)://(?P<wildcard>\*\.)?(?P<host>\[[0-9a-f:.]+\]|[^\s/\\?#@:\[\]*%]+)(?::(?P<port>[0-9]{1,5}))?",
    re.IGNORECASE,
)
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


@dataclass(frozen=True)
class OriginEntry:
    """One entry: ``host`` is lower-case ASCII (punycode, IPv6 in brackets), ``port`` None where the scheme has none."""

    scheme: str
    host: str
    port: int | None
    wildcard: bool = False

    @property
    def text(self) -> str:
        """The entry as browsers write origins, the default port left out."""
        port = "" if self.port == DEFAULT_PORTS.get(self.scheme) else f":{self.port}"
        return f"{self.scheme}://{'*.' if self.wildcard else ''}{self.host}{port}"

    def matches(self, other: "OriginEntry") -> bool:
        """Same scheme and port, and the same host or, for ``*.host``, one below it (never ``host`` itself)."""
        same_place = self.scheme == other.scheme and self.port == other.port
        return same_place and (
            other.host.endswith(f".{self.host}") if self.wildcard else other.host == self.host
        )


def parse_origins(text: str) -> tuple[OriginEntry, ...]:
    """Entries separated by comma, semicolon or white space; ValueError names the bad one and what is allowed."""
    return tuple(dict.fromkeys(_parse(entry) for entry in re.split(r"[,;\s]+", text) if entry))


def _parse(text: str) -> OriginEntry:
    match = ORIGIN.fullmatch(text)
    scheme = match["scheme"].lower() if match else ""
    host = _host(match["host"]) if match else None
    if match is None or host is None or scheme not in SCHEMES:
        raise ValueError(f"“{text[:200]}” is not an origin; {ALLOWED}")
    wildcard = match["wildcard"] is not None
    if wildcard and (scheme not in DEFAULT_PORTS or host.startswith("[") or _is_ipv4(host)):
        raise ValueError(f"“{text[:200]}”: *. stands before a domain name of http or https only; {ALLOWED}")
    port = int(match["port"]) if match["port"] else DEFAULT_PORTS.get(scheme)
    if port is not None and not 0 < port < 65536:
        raise ValueError(f"“{text[:200]}” has a port that is not between 1 and 65535; {ALLOWED}")
    return OriginEntry(scheme, host, port, wildcard)


def _host(text: str) -> str | None:
    """The host as a browser serializes it, or None where it is none."""
    if text.startswith("["):
        try:
            return f"[{IPv6Address(text[1:-1]).compressed}]"
        except AddressValueError:
            return None
    try:
        host = text.lower() if text.isascii() else idna.encode(text, uts46=True).decode()
    except idna.IDNAError:
        return None
    labels = host.split(".")
    if len(host) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        return None
    # Browsers read every host that ends in a number as an IPv4 address, in many spellings; only the plain one is an origin.
    looks_numeric = labels[-1].isdigit() or re.fullmatch(r"0x[0-9a-f]*", labels[-1])
    return None if looks_numeric and not _is_ipv4(host) else host


def _is_ipv4(host: str) -> bool:
    try:
        IPv4Address(host)
    except AddressValueError:
        return False
    return True


def parse_origin_header(origin: str | None) -> OriginEntry | None:
    """The one origin of an Origin header; None where it is absent, opaque (``null``) or not an origin as browsers write it."""
    try:
        entry = _parse(origin or "")
    except ValueError:
        return None
    return entry if not entry.wildcard and entry.text == origin else None


def allows(entries: Iterable[OriginEntry], origin: str | None, own: str | None) -> bool:
    """Whether a page of ``origin`` may use the widget (docs/protocol.md "Session and token").

    ``origin`` is the Origin header or None; ``own`` the scheme and host of the request itself, already checked against
    ALLOWED_HOSTS. No entries: everywhere. An absent or opaque origin passes only then.
    """
    entries = tuple(entries)
    if not entries:
        return True
    page = parse_origin_header(origin)
    if page is None:
        return False
    mine = parse_origin_header(own)
    return page == mine or any(entry.matches(page) for entry in entries)


def frame_ancestors(entries: Iterable[OriginEntry]) -> str:
    """The CSP directive; empty where every page may embed (a ``*`` would shut out apps with schemes of their own)."""
    sources = " ".join(entry.text for entry in entries)
    return f"frame-ancestors 'self' {sources}" if sources else ""
