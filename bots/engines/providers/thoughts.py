"""Models that write what they think into their text, as `<think>…</think>` before the answer: many do behind Ollama, vLLM and llama.cpp."""

import re

from bots.engines.base import Reasoning, Text

_BEGIN = re.compile(r"\s*<(think|thinking)>")
_MAY_BEGIN = re.compile(r"\s*(?:<(?:t(?:h(?:i(?:n(?:k(?:i(?:n(?:g)?)?)?)?)?)?)?)?)?")


class Thoughts:
    """Tells thoughts from text at the beginning of a round. Once `open` is false there are none any more."""

    def __init__(self) -> None:
        self.open = True
        self._end = ""  # while it thinks: how that ends
        self._thought = False  # whether it has thought
        self._held = ""

    def read(self, text: str) -> list[Text | Reasoning]:
        """What is known of the text so far."""
        self._held += text
        if not self._end and not self._thought:
            if begin := _BEGIN.match(self._held):
                self._end, self._thought = f"</{begin[1]}>", True
                self._held = self._held[begin.end() :]
            elif _MAY_BEGIN.fullmatch(self._held):
                return []
        return self._thinking() if self._end else self._answering()

    def _thinking(self) -> list[Text | Reasoning]:
        thought, end, after = self._held.partition(self._end)
        if end:
            self._end, self._held = "", after
            return [*_reasoning(thought), *self._answering()]
        sizes = range(min(len(thought), len(self._end) - 1), 0, -1)
        kept = next((size for size in sizes if thought.endswith(self._end[:size])), 0)
        self._held = thought[len(thought) - kept :]
        return _reasoning(thought[: len(thought) - kept])

    def _answering(self) -> list[Text | Reasoning]:
        """The answer begins with its first letter."""
        text = self._held.lstrip() if self._thought else self._held
        if not text:
            self._held = ""
            return []
        self.open, self._held = False, ""
        return [Text(text)]

    def finish(self) -> list[Text | Reasoning]:
        """What was held back, at the end of the text."""
        held, self._held, self.open = self._held, "", False
        if self._end:
            return _reasoning(held)
        return [Text(held)] if held else []


def _reasoning(text: str) -> list[Text | Reasoning]:
    return [Reasoning(text)] if text else []
