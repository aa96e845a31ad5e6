"""Answering with a page: ETag and 304, HEAD, brotli, and who may read launcher.json. Used by Django's views and ahead of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from widgets.effective import Effective
from widgets.languages import accepted_languages, wanted_languages
from widgets.origins import allows
from widgets.pages import Page, frame_policy

REFUSED = {
    "message": "origin: this widget may not be embedded here; its owner lists the sites where it may",
    "code": "NOT_AUTHORIZED",
}


@dataclass(frozen=True)
class Ask:
    """What of a request decides an answer. ``own`` is the scheme and host it came to; header texts are '' where absent."""

    own: str
    head: bool = False
    origin: str | None = None
    if_none_match: str = ""
    accept_encoding: str = ""
    accept_language: str = ""
    lang: str = ""

    @property
    def languages(self) -> tuple[str, ...]:
        """The visitor's languages, the wanted one first: those of the query, then the browser's list."""
        return (*wanted_languages(self.lang), *accepted_languages(self.accept_language))


@dataclass(frozen=True)
class Answer:
    """Status, headers and body, for any server."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def answer(page: Page, ask: Ask) -> Answer:
    """The page, or 304 where the asker has it."""
    headers = {**dict(page.headers), "ETag": page.etag}
    if _has(ask.if_none_match, page.etag):
        return Answer(304, headers, b"")
    body = page.body
    if "br" in (coding.strip() for coding in ask.accept_encoding.split(",")):
        body, headers["Content-Encoding"] = page.compressed, "br"
    headers |= {"Content-Type": page.content_type, "Content-Length": str(len(body))}
    return Answer(200, headers, b"" if ask.head else body)


def frame_answer(page: Page, effective: Effective, ask: Ask) -> Answer:
    """The frame page with the policy that fits the host it was asked from."""
    given = answer(page, ask)
    return Answer(given.status, {**given.headers, "Content-Security-Policy": frame_policy(effective, ask.own)}, given.body)


def launcher_answer(page: Page, effective: Effective, ask: Ask) -> Answer:
    """launcher.json for the origins of the widget: the exact origin back, or 403.

    A page of the platform itself sends no Origin with a GET, so an absent one passes; what is in there is public anyway.
    """
    if ask.origin is None:
        return answer(page, ask)
    if not allows(effective.origins, ask.origin, ask.own):
        body = json.dumps(REFUSED).encode()
        headers = {
            **dict(page.headers),
            "Cache-Control": "no-store",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
        }
        return Answer(403, headers, b"" if ask.head else body)
    given = answer(page, ask)
    return Answer(given.status, {**given.headers, "Access-Control-Allow-Origin": ask.origin}, given.body)


def _has(if_none_match: str, etag: str) -> bool:
    known = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return any(tag in ("*", etag.removeprefix("W/")) for tag in known)
