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
    """Nothing was translated. ``cause`` is a sentence for the operator, without a key in it; ``retry_after`` is in seconds."""

    def __init__(self, cause: str, *, retryable: bool, retry_after: float | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.retryable = retryable
        self.retry_after = retry_after


class Translator(Protocol):
    """Translates plain sentences that may hold tags ``<x1/>`` and ``<g2>…</g2>``, which have to come back, each once."""

    name: str

    async def translate(self, texts: Sequence[str], source: str, target: str) -> Translated:
        """``source`` and ``target`` are BCP 47 codes. One request over the network at most; raises TranslatorError."""
        ...
