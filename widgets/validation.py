"""Field validators of widgets: each refusal names the bad entry and what is allowed."""

import re
from collections.abc import Callable

from django.core.exceptions import ValidationError

from widgets.languages import parse_languages
from widgets.layouts import layout_of
from widgets.origins import parse_origins
from widgets.themes import parse_theme

PLUGIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.IGNORECASE)


def parse_plugins(text: str) -> tuple[str, ...]:
    """Names separated by commas; ValueError names the bad one."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if not PLUGIN.fullmatch(name):
            raise ValueError(
                f"“{name[:60]}” is not the name of a plugin; allowed are letters, digits, - and _, separated by commas"
            )
    return tuple(dict.fromkeys(names))


def _check(parse: Callable[[str], object], value: str) -> None:
    try:
        parse(value)
    except ValueError as error:
        # The bad entry is named, and half a surrogate pair in it could not be sent.
        raise ValidationError(str(error).encode("utf-8", "replace").decode()) from None


def validate_layout(value: str) -> None:
    """One of the layouts or their older names, or empty."""
    _check(layout_of, value)


def validate_origin(value: str) -> None:
    """Origins separated by comma, semicolon or white space; empty is everywhere."""
    _check(parse_origins, value)


def validate_language(value: str) -> None:
    """Names or codes of languages, separated by commas."""
    _check(parse_languages, value)


def validate_plugins(value: str) -> None:
    """Names of plugins, separated by commas."""
    _check(parse_plugins, value)


def validate_theme(value: str) -> None:
    """A theme's name, ``name/key=value/…`` or its JSON."""
    _check(parse_theme, value)
