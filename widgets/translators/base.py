"""What every translator takes and gives: plain data, no models."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Translated:
    """As many texts as were given, in their order, and what a language model used for them."""

    texts: tuple[str, ...]
    input_tokens: int = 0
    output_tokens: int = 0
    model: str = ""


class TranslatorError(Exception):
    """Nothing was translated. ``cause`` is a sentence for the operator, without a key in it; ``retry_after`` is in seconds; ``spent`` is
    what a language model used all the same."""

    def __init__(self, cause: str, *, retryable: bool, retry_after: float | None = None, spent: Translated | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.retryable = retryable
        self.retry_after = retry_after
        self.spent = spent


class Translator(Protocol):
    """Translates plain sentences that may hold tags ``<x1/>`` and ``<g2>…</g2>``, which have to come back, each once.

    ``texts_at_once`` and ``characters_at_once`` are what one request takes; with ``varies`` asking again may bring another answer.
    """

    name: str
    texts_at_once: int
    characters_at_once: int
    varies: bool

    async def translate(self, texts: Sequence[str], source: str, target: str, kinds: Sequence[str] = ()) -> Translated:
        """``source`` and ``target`` are BCP 47 codes, ``kinds`` say in English what each text is (“title”). One request over the
        network at most; raises TranslatorError."""
        ...
