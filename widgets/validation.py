"""Field validators of widgets; each message names what is allowed."""

from django.core.exceptions import ValidationError

LAYOUTS = ("bubble", "inline", "fullscreen", "default", "popover", "popout", "slideover", "center", "stretch", "full screen")


def validate_layout(value: str) -> None:
    """One of ``LAYOUTS``, or empty."""
    if value and value not in LAYOUTS:
        raise ValidationError(f"must be one of {', '.join(LAYOUTS)}")


def validate_origin(value: str) -> None:
    """Entries of origins."""


def validate_language(value: str) -> None:
    """Names or codes of languages."""


def validate_plugins(value: str) -> None:
    """Names of plugins."""


def validate_theme(value: str) -> None:
    """A theme string."""
