"""What of the talk so far a question may refer to."""

from collections.abc import Sequence

from .smalltalk import recognize

QUESTIONS = 2


def context_of(earlier: Sequence[str]) -> str:
    """The visitor's last two questions before this one, a line each; small talk is none."""
    asked = [" ".join(text.split()) for text in earlier if text.strip() and not recognize(text)]
    return "\n".join(asked[-QUESTIONS:])
