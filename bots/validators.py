"""Field validators of the bots app."""

from django.core.exceptions import ValidationError

from bots.engines.registry import parse_model


def validate_model(value: str) -> None:
    """A model string that some engine answers to; the message names what is allowed."""
    try:
        parse_model(value)
    except ValueError as error:
        raise ValidationError(str(error)) from None
