"""What a widget is to the outside: the effective widget from memory, and the public JSON of the frame and the launcher."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.templatetags.static import static

from accounts.ids import parse_id
from rendering import Features, plain_text, render
from widgets.accent import accent_colors
from widgets.cache import ConfigCache
from widgets.effective import Effective, load_effective
from widgets.fields import API_NAMES
from widgets.languages import choose_language, own_name
from widgets.layouts import layout_of
from widgets.pictures import picture_url
from widgets.strings import catalog_languages, strings_of
from widgets.themes import DEFAULT_ACCENT

API_PREFIX = "/api/v1"
SOCKET_PATH = "/ws/v1/conversation"
POSITION = "bottom-right"
PEEKS_MAX = 3
BUTTON = "button"  # the picture that the launcher draws
LAUNCHER_STRINGS = "launcher."  # the keys that begin so, without that
# Words that the page itself shows, so that its scripts need not know them.
PAGE_STRINGS = frozenset((
    "allow", "contactEmail", "contactName", "contactText", "contactTitle", "conversation", "download", "keepCopy", "keepIt", "loading", "notNow",
    "offlineBar", "optional", "placeholder", "poweredBy", "reasoning", "sources", "startAgain", "startAgainText", "startAgainTitle", "startNow",
    "statusReady", "tryAgain",
))  # fmt: skip
REPLY_BUTTON = re.compile(r"\[([^\[\]]+)\]\(\)")
REPLY_BUTTON_LINE = re.compile(r"\s*(?:[-*]\s+)?(?:\[[^\[\]]+\]\(\)\s*)+")
FEATURES = ("verbose", "auto_scroll", "start_first")  # that the scripts of the frame decide by

CACHE: ConfigCache[Effective | None] = ConfigCache(load_effective, version=lambda effective: effective.version if effective else None)
_arriving: dict[tuple[int, UUID, int], asyncio.Task[Effective | None]] = {}


def effective_of(widget_id: str | UUID) -> Effective | None:
    """The widget from memory (at most a minute old, current after a commit), else from the database; None for an unknown id."""
    key = _key(widget_id)
    return CACHE.get(key) if key else None


async def aeffective_of(widget_id: str | UUID) -> Effective | None:
    """The same without blocking the loop: at once from memory, also a stale one while it is refreshed, else one thread for everybody who waits."""
    key = _key(widget_id)
    if key is None:
        return None
    known, value = CACHE.peek(key)
    if known:
        return value
    # A load that began before a change must not answer those who ask after it, hence the count of drops.
    flight = (id(asyncio.get_running_loop()), key, CACHE.drops)
    task = _arriving.get(flight)
    if task is None:
        task = _arriving[flight] = asyncio.ensure_future(asyncio.to_thread(_get_in_thread, key))
        task.add_done_callback(lambda _: _arriving.pop(flight, None))
    else:
        known, value = CACHE.peek_stale(key)
        if known:
            return value
    return await asyncio.shield(task)


def _get_in_thread(key: UUID) -> Effective | None:
    try:
        return CACHE.get(key)
    finally:
        connections.close_all()  # nobody else ends what a thread of the pool has opened


def _key(widget_id: str | UUID) -> UUID | None:
    return widget_id if isinstance(widget_id, UUID) else parse_id(widget_id)


def language_for(effective: Effective, wanted: Sequence[str]) -> str:
    """The visitor's language: the first wanted one that the widget offers (every catalog where it names none), else its first."""
    return choose_language(wanted, effective.languages or catalog_languages())


def offered_languages(effective: Effective) -> list[dict[str, str]]:
    """What a visitor may switch to: code and own name of each language of the widget; empty where there is no choice."""
    codes = effective.languages
    # In a list names begin with a capital (CLDR); title() and not upper(), because Georgian has none there.
    names = {code: own_name(code) for code in codes}
    return [{"code": code, "name": name[:1].title() + name[1:]} for code, name in names.items()] if len(codes) > 1 else []


def rendering_features(effective: Effective) -> Features:
    """What the renderer may show in this widget."""
    return Features(math=effective.math, carousel=effective.carousel, form=effective.form)


def public_config(effective: Effective, language: str) -> dict[str, Any]:
    """What the scripts of the frame need, and nothing else: no owner, no bot but its name, no meta."""
    effective = effective.localized(language)
    features = rendering_features(effective)
    intro, suggestions = split_intro(effective.intro)
    return {
        **_common(effective, language),
        "title": title_of(effective),
        "intro": intro,
        "introHtml": render(intro, features).html if intro else "",
        "initial": effective.initial,
        "initialHtml": render(effective.initial, features).html if effective.initial else "",
        "botName": effective.bot_name,
        "suggestions": suggestions,
        "features": {API_NAMES[name]: getattr(effective, name) for name in FEATURES},
        "limits": {"messageBytes": settings.MESSAGE_BYTES},
        "languages": offered_languages(effective),
        "strings": {
            key: text for key, text in strings_of(language).items() if key not in PAGE_STRINGS and not key.startswith(LAUNCHER_STRINGS)
        },
        "api": API_PREFIX,
        "socket": SOCKET_PATH,
        "origins": [entry.text for entry in effective.origins],
    }


def launcher_config(effective: Effective, language: str) -> dict[str, Any]:
    """The little that is drawn before a visitor acts."""
    effective = effective.localized(language)
    peek = (
        [plain_text(effective.initial, rendering_features(effective)).strip()]
        if effective.message_peek
        else []
    )
    return {
        **_common(effective, language),
        "layout": layout_of(effective.layout),
        "position": POSITION,
        "icon": pictures_of(effective).get(BUTTON),
        "peek": [text for text in peek if text][:PEEKS_MAX],
        "strings": {
            key.removeprefix(LAUNCHER_STRINGS): text
            for key, text in strings_of(language).items()
            if key.startswith(LAUNCHER_STRINGS)
        },
        "frame": f"/integrations/widget/{effective.id}/frame",
        "panel": static("widget/panel.js"),
    }


def title_of(effective: Effective) -> str:
    """What stands in the header: the title, else the bot's name."""
    return effective.title or effective.bot_name


def pictures_of(effective: Effective) -> dict[str, str]:
    """The addresses of its pictures by their types."""
    return {picture.type: picture_url(effective.id, picture) for picture in effective.pictures}


def _common(effective: Effective, language: str) -> dict[str, Any]:
    theme = effective.parsed_theme
    look: dict[str, Any] = {"name": theme.name}
    if theme.accent != DEFAULT_ACCENT:  # the style sheets hold the default's colors
        look["colors"] = accent_colors(theme.accent)
    return {"id": str(effective.id), "enabled": effective.enabled, "theme": look, "language": language}


def split_intro(intro: str) -> tuple[str, list[str]]:
    """The intro without the lines that are nothing but reply buttons, and those buttons' texts."""
    text, questions = [], []
    for line in intro.splitlines():
        if REPLY_BUTTON_LINE.fullmatch(line):
            questions += [question.strip() for question in REPLY_BUTTON.findall(line)]
        else:
            text.append(line)
    return "\n".join(text).strip(), [question for question in dict.fromkeys(questions) if question]
