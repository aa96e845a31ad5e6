"""The three public documents of a widget as bytes: frame page, launcher.json, widget.js. No request, no response."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from widgets.config import API_PREFIX, launcher_config, pictures_of, public_config
from widgets.effective import Effective
from widgets.fields import API_NAMES, BOOLEANS
from widgets.languages import direction
from widgets.origins import frame_ancestors
from widgets.strings import strings_of

TRUSTED_TYPES_POLICY = "chat-widget"  # static/widget/frame/html.js makes it
REVALIDATE = "no-cache"
SCRIPT_ESCAPES = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


@dataclass(frozen=True)
class Page:
    """A document that many visitors get; ``headers`` are those of every answer with it."""

    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...]

    @cached_property
    def etag(self) -> str:
        """A weak one, because the same page also goes out compressed; other headers make another one."""
        return f'W/"{hashlib.sha256(self.body + repr(self.headers).encode()).hexdigest()[:24]}"'

    @cached_property
    def compressed(self) -> bytes:
        """The body in brotli, as small as it gets: it is made once for many."""
        return brotli.compress(self.body, mode=brotli.MODE_TEXT)


def frame_page(effective: Effective, language: str) -> Page:
    """The page inside the iframe, and the same as a page of its own. Its policy names the host it came from and is added to each answer."""
    config = public_config(effective, language)
    shown, strings = effective.localized(language), strings_of(language)
    context = {
        "language": language,
        "languages": config["languages"],
        "dir": direction(language),
        "features": {API_NAMES[name]: getattr(effective, name) for name in BOOLEANS},
        "pictures": pictures_of(effective),
        "strings": strings,
        "title": config["title"] or strings["launcher.chat"],
        "theme": config["theme"]["name"],
        "placeholder": shown.placeholder or strings["placeholder"],
        "home": "/",
        "modules": [static(name) for name in _modules()],
        "config_json": _script_data(config),
    }
    headers = (
        ("Cross-Origin-Embedder-Policy", "require-corp"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        ("Permissions-Policy", _permissions(effective)),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", REVALIDATE),
        ("Vary", "Accept-Encoding, Accept-Language"),
    )
    return Page("text/html; charset=utf-8", render_to_string("widget/frame.html", context).encode(), headers)


def launcher_page(effective: Effective, language: str) -> Page:
    """launcher.json; who may read it (``Access-Control-Allow-Origin``) depends on the request and is added there."""
    body = json.dumps(
        launcher_config(effective, language), ensure_ascii=False, separators=(",", ":")
    ).encode()
    headers = (
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", REVALIDATE),
        ("Vary", "Origin, Accept-Encoding, Accept-Language"),
    )
    return Page("application/json", body, headers)


def loader_page() -> Page:
    """widget.js, for every site."""
    path = _loader_path()
    return _loader(path, path.stat().st_mtime_ns if settings.DEBUG else 0)


def frame_policy(effective: Effective, own: str) -> str:
    """The frame's Content-Security-Policy; ``own`` is this platform's origin. Full paths in connect-src: 'self' would open the admin, ``ws:`` every host."""
    directives = (
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        f"connect-src {own}{API_PREFIX}/ {own.replace('http', 'ws', 1)}/ws/",
        "require-trusted-types-for 'script'",
        f"trusted-types {TRUSTED_TYPES_POLICY}",
        frame_ancestors(effective.origins),
    )
    return "; ".join(directive for directive in directives if directive)


def _permissions(effective: Effective) -> str:
    microphone = "microphone=(self)" if effective.voice_in else "microphone=()"
    return f"camera=(), display-capture=(), geolocation=(), payment=(), usb=(), {microphone}"


def _script_data(value: Any) -> SafeString:
    """JSON that cannot leave the script element it stands in: nothing that html reads is left in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(SCRIPT_ESCAPES))  # noqa: S308 # nosec


@lru_cache(maxsize=1)
def _modules() -> list[str]:
    """Every module of the frame, because modulepreload fetches no dependencies."""
    folder = Path(settings.BASE_DIR) / "static" / "widget" / "frame"
    return sorted(f"widget/frame/{path.name}" for path in folder.glob("*.js"))


def _loader_path() -> Path:
    collected = Path(settings.STATIC_ROOT) / "widget" / "loader.js"
    return collected if collected.exists() and not settings.DEBUG else Path(str(finders.find("widget/loader.js")))


@lru_cache(maxsize=1)
def _loader(path: Path, _changed: int) -> Page:
    headers = (
        ("Access-Control-Allow-Origin", "*"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", REVALIDATE),
        ("Vary", "Accept-Encoding"),
    )
    return Page("text/javascript; charset=utf-8", path.read_bytes(), headers)
