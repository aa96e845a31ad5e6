"""Field validators of the bots app."""

from django.core.exceptions import ValidationError

from bots.engines.registry import parse_model
from bots.importers.cutting import parse_separators


def validate_model(value: str) -> None:
    """A well-formed model string, whether or not its engine is here; the message says what is wrong."""
    try:
        parse_model(value)
    except ValueError as error:
        raise ValidationError(str(error).removeprefix("model: ")) from None


def validate_separators(value: str) -> None:
    """Few enough separators."""
    try:
        parse_separators(value)
    except ValueError as error:
        raise ValidationError(str(error)) from None
