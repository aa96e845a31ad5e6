"""Links, link buttons, reply buttons and pictures."""

import re
from html import escape, unescape

from rendering.features import Features

ALLOWED_TARGET = re.compile(r"(?:https?://|mailto:)[^\s]", re.IGNORECASE)
_REMOTE = re.compile(r"https?://", re.IGNORECASE)
_POSITION = r'(?: data-sourcepos="[^"]*")?'
_LINK = re.compile(rf'<a{_POSITION} href="([^"]*)"(?: title="([^"]*)")?>(.*?)</a>', re.DOTALL)
_IMAGE = re.compile(rf'<img{_POSITION} src="([^"]*)" alt="([^"]*)"(?: title="[^"]*")? />')
_TAG = re.compile(r"<[^>]*>")
_BUTTON = r'<button type="button" class="chip" data-reply="[^"]*">[^<]*</button>'
_ANY_BUTTON = rf'(?:{_BUTTON}|<a class="btn"[^>]*>[^<]*</a>)'
_BREAK = rf"<br{_POSITION} />"
_CHIPS = re.compile(rf"<p{_POSITION}>((?:{_ANY_BUTTON}|{_BREAK}|\s)+)</p>")
_CHIP_LIST = re.compile(rf"<[uo]l[^>]*>\n((?:<li{_POSITION}>(?:{_BUTTON}|\s)+</li>\n)+)</[uo]l>")
_NOT_A_CHIP = re.compile(rf"{_BREAK}|</?li[^>]*>|\n")


def reply_button(text: str) -> str:
    """A button that sends `text` as the visitor's message."""
    label = escape(text)
    return f'<button type="button" class="chip" data-reply="{label}">{label}</button>'


def link_button(text: str, url: str) -> str:
    """A link that looks like a button; `url` has passed ALLOWED_TARGET."""
    return f'<a class="btn" href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(text)}</a>'


def link(html: str, url: str, title: str = "") -> str:
    """A link to another place around `html`."""
    tip = f' title="{escape(title)}"' if title else ""
    return f'<a href="{escape(url)}"{tip} target="_blank" rel="noopener noreferrer nofollow">{html}</a>'


def dress_links(html: str, features: Features) -> str:
    """Comrak's links and pictures as the widget shows them; a forbidden target leaves its text."""

    def dress(match: re.Match[str]) -> str:
        url, title, inner = unescape(match[1]), unescape(match[2] or ""), match[3]
        if "<img" in inner:
            inner = _IMAGE.sub(lambda image: _picture(image, features) or image[2], inner)
        button = url.endswith("#button")
        url = url.removesuffix("#button")
        if not url:
            text = " ".join(unescape(_TAG.sub("", inner)).split())
            return reply_button(text) if features.buttons and text else inner
        if not ALLOWED_TARGET.match(url):
            return inner
        if button and features.buttons:
            text = " ".join(unescape(_TAG.sub("", inner)).split())
            return link_button(text or url, url)
        return link(inner, url, title)

    if "<a " in html:
        html = _LINK.sub(dress, html)
    if "<img" in html:
        html = _IMAGE.sub(lambda image: _picture(image, features) or _picture_link(image), html)
    if 'class="chip"' in html:
        html = _CHIPS.sub(_chips, html)
        html = _CHIP_LIST.sub(_chips, html)
    return html


def _chips(match: re.Match[str]) -> str:
    buttons = _NOT_A_CHIP.sub("", match[1]).strip()
    return f'<div class="chips">{buttons}</div>' if 'class="chip"' in buttons else match[0]


def _picture(image: re.Match[str], features: Features) -> str:
    if not features.images or not _REMOTE.match(unescape(image[1])):
        return ""
    return f'<img src="{image[1]}" alt="{image[2]}" loading="lazy" referrerpolicy="no-referrer">'


def _picture_link(image: re.Match[str]) -> str:
    url = unescape(image[1])
    return link(image[2] or escape(url), url) if _REMOTE.match(url) else image[2]
