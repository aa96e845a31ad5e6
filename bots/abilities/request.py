"""A request's template: method and address, headers, a blank line, the body; or YAML ``{method, url, headers, body}``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from bots.abilities.arguments import PLACEHOLDER, as_text, fill
from bots.abilities.base import AbilityError, Request
from bots.abilities.body import presumed_type, written
from bots.abilities.data import yaml_object

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
FIRST_LINE = re.compile(rf"(?:(?P<method>{'|'.join(METHODS)})[ \t]+)?(?P<url>https?://.*|\$?\{{\{{.*)")
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
HEADER_VALUE = re.compile(r"[\t\x20-\x7e]{0,8000}")
# Said by the connection, not by whoever writes a request.
NOT_OURS = frozenset(
    ("host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect")
)


@dataclass(frozen=True)
class Template:
    """A request with its arguments not yet filled in; ``body`` is a text, or data that is sent as JSON."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


def read_template(text: str) -> Template:
    """What a fenced block says. Raises AbilityError naming what is wrong."""
    first, _, rest = text.strip().partition("\n")
    if line := FIRST_LINE.fullmatch(first.strip()):
        head, *rest_lines = re.split(r"\n[ \t]*\n", f"\n{rest}", maxsplit=1)
        return Template(
            line["method"] or "GET",
            line["url"].strip(),
            header_lines(head),
            "".join(rest_lines).strip("\n") or None,
        )
    given = yaml_object(text)
    if given is None or not isinstance(given.get("url"), str):
        raise AbilityError(
            "The request has neither a method and an address on its first line, nor is it YAML with a url"
        )
    headers = given.get("headers") or {}
    if not isinstance(headers, dict):
        raise AbilityError("The headers of the request are not a mapping")
    body = given.get("body")
    method = str(given.get("method") or ("GET" if body is None else "POST")).upper()
    if method not in METHODS:
        raise AbilityError(f"The method of the request must be one of {', '.join(METHODS)}")
    return Template(
        method, given["url"].strip(), {str(name): as_text(value) for name, value in headers.items()}, body
    )


def fill_template(template: Template, arguments: Mapping[str, Any]) -> Request:
    """The request with its arguments, each as its place demands. Raises AbilityError."""
    headers = {name: fill(value, arguments).strip() for name, value in template.headers.items()}
    for name, value in headers.items():
        check_header(name, value)
    url = _url(template.url, arguments)
    if template.body is None:
        return Request(template.method, url, headers)
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if not kind:
        kind = headers["Content-Type"] = presumed_type(template.body)
    return Request(template.method, url, headers, written(template.body, kind, arguments).encode())


def header_lines(head: str) -> dict[str, str]:
    """Headers, one a line. Raises AbilityError."""
    headers = {}
    for line in filter(None, map(str.strip, head.split("\n"))):
        name, colon, value = line.partition(":")
        if not colon:
            raise AbilityError(f"“{line[:60]}” is not a header of the form “Name: value”")
        headers[name.strip()] = value.strip()
    return headers


def check_header(name: str, value: str) -> None:
    """Raises AbilityError for a header that cannot be sent, or is not for others to say."""
    if not HEADER_NAME.fullmatch(name):
        raise AbilityError(f"“{name[:60]}” is not the name of a header")
    if name.lower() in NOT_OURS or name.lower().startswith("proxy-"):
        raise AbilityError(f"The header {name} cannot be set")
    if not HEADER_VALUE.fullmatch(value):
        raise AbilityError(f"The header {name} must be one line of printable ASCII characters")


def _url(template: str, arguments: Mapping[str, Any]) -> str:
    """An address that is one argument and nothing else is that argument; in all others the host is written out, and nothing leaves its place."""
    if PLACEHOLDER.fullmatch(template):
        url = fill(template, arguments).strip()
    else:
        host = re.match(r"https?://([^/?#]*)", template)
        if host and PLACEHOLDER.search(host[1]):
            raise AbilityError("The host of the address must not hold an argument")
        url = fill(template, arguments, lambda value: quote(as_text(value), safe=""))
    if not re.fullmatch(r"https?://[^\s\x00-\x20\x7f]+", url):
        raise AbilityError("The address must begin with http:// or https:// and hold no spaces")
    try:
        segments = urlsplit(url).path.split("/")
    except ValueError:
        raise AbilityError("The address is not valid") from None
    if {".", ".."} & set(segments):
        raise AbilityError("The address must not hold “.” or “..” as a part of its path")
    return url
