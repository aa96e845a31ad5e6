"""What one attempt at a reply costs, as its events tell it."""

import time
from typing import Any

from django.conf import settings

from bots.engines.base import Turn, Usage
from bots.retrieval.tokens import BYTES_PER_TOKEN, tokens

CUT = ("timeout", "moderated", "length")  # codes of replies whose model was not heard to the end


class Bill:
    """``usage`` is the message's: input, output, model, firstMs, totalMs, each as far as it is known."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.usage: dict[str, Any] = {}
        self._uncounted = 0  # bytes that a model wrote since it last said what it cost

    def said(self, text: str) -> None:
        """A piece of the reply."""
        if "firstMs" not in self.usage:
            self.usage["firstMs"] = self._elapsed_ms()
        self.thought(text)

    def thought(self, text: str) -> None:
        """A piece of reasoning, which costs the same."""
        self._uncounted += len(text) if text.isascii() else len(text.encode("utf-8", "replace"))

    def counted(self, event: Usage) -> None:
        """What the model says that it cost."""
        self.usage["input"] = self.usage.get("input", 0) + event.input_tokens
        self.usage["output"] = self.usage.get("output", 0) + event.output_tokens
        self.usage["model"] = event.model
        self._uncounted = 0

    def close(self, turn: Turn | None, *, cut: bool) -> None:
        """The end. A language model that was cut did not say what it cost: estimated, because stopping must not make it free."""
        heard = "model" in self.usage and not self._uncounted
        if cut and not heard and turn is not None and turn.access is not None:
            read = tokens(turn.instructions) + sum(tokens(item.text) for item in turn.history)
            written = -(-self._uncounted // BYTES_PER_TOKEN)
            model = self.usage.get("model") or turn.model
            self.counted(Usage(min(read, settings.CONTEXT_TOKENS), written, model))
        self.usage["totalMs"] = self._elapsed_ms()

    def _elapsed_ms(self) -> int:
        return int((time.monotonic() - self.began) * 1000)
