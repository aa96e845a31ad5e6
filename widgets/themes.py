"""Themes: a name, settings that become CSS custom properties, operator CSS."""

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

NAMES = ("default", "light", "dark", "modern", "stack", "blank", "auto", "host")
DEFAULT_ACCENT = "#2f4ea6"
KEY = re.compile(r"[a-z][a-zA-Z0-9-]{0,63}")
VALUE = re.compile(r"[\w\s#%.,()'\"/+*-]{0,200}")
CALLS_OUT = re.compile(
    r"\b(url|image|image-set|src|expression|attr|env|element|paint|import)\s*\(", re.IGNORECASE
)
HEX_COLOR = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
KEYS_MAX = 64
CSS_BYTES = 32_768
THEME_BYTES = 65_536


@dataclass(frozen=True)
class Theme:
    """``config`` holds custom properties by key; ``css`` is kept, and takes effect once operator CSS is supported."""

    name: str = "default"
    config: dict[str, str] = field(default_factory=dict)
    css: str = ""

    @property
    def accent(self) -> str:
        """The accent as ``#rrggbb``, lower case."""
        digits = self.config.get("accent", DEFAULT_ACCENT).lower().removeprefix("#")
        return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


@lru_cache(maxsize=1024)
def parse_theme(text: str) -> Theme:
    """A name, ``name/key=value/…`` (a ``/`` in a value as ``%2F``) or JSON; empty is the default theme.

    ValueError says what is wrong and what is allowed.
    """
    text = text.strip()
    if len(text.encode("utf-8", "surrogatepass")) > THEME_BYTES:
        raise ValueError(f"must have at most {THEME_BYTES} bytes")
    if text.startswith("{"):
        return _from_json(text)
    name, *pairs = text.split("/")
    config = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"“{pair[:60]}” must have the form key=value, with / in a value written as %2F")
        config[key] = unquote(value)
    return _theme(name, config, "")


def _from_json(text: str) -> Theme:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("must be a name, name/key=value/… or valid JSON with name, config and css") from None
    unknown = sorted(set(value) - {"name", "config", "css"})
    if unknown:
        raise ValueError(f"“{unknown[0][:60]}” is not known in a theme; allowed are name, config and css")
    name, config, css = value.get("name", "default"), value.get("config", {}), value.get("css", "")
    if not isinstance(name, str) or not isinstance(config, dict) or not isinstance(css, str):
        raise ValueError("name and css must be texts and config an object")
    return _theme(name, config, css)


def _theme(name: str, config: dict[str, Any], css: str) -> Theme:
    name = name.strip() or "default"
    if name not in NAMES:
        raise ValueError(f"“{name[:60]}” is not a theme; allowed are {', '.join(NAMES)}")
    if len(config) > KEYS_MAX:
        raise ValueError(f"must have at most {KEYS_MAX} settings")
    if len(css.encode("utf-8", "surrogatepass")) > CSS_BYTES:
        raise ValueError(f"css must have at most {CSS_BYTES} bytes")
    return Theme(name, {key: _value(key, value) for key, value in config.items()}, css)


def _value(key: str, value: Any) -> str:
    if not KEY.fullmatch(key):
        raise ValueError(
            f"“{key[:60]}” is not the name of a setting; allowed are a lower-case letter, then letters, digits and -"
        )
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError(f"{key} must be a text or a number")
    text = str(value).strip()
    if key == "accent" and not HEX_COLOR.fullmatch(text):
        raise ValueError("accent must be a hex color like #c2410c or #c41")
    if not VALUE.fullmatch(text) or CALLS_OUT.search(text) or "/*" in text or "*/" in text:
        raise ValueError(
            f"{key} must be a plain CSS value of at most 200 characters, without ; {{ }} < > @ \\ and without url()"
        )
    return text
