"""The text of a reply, gathered over all rounds."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bots.engines.base import Source, Turn
from bots.retrieval.result import Passage
from bots.schemas import misfit

from .citations import Citations
from .overlap import Overlap

FENCE = "```"


class Answer:
    """`feed` gives what visitors see; where the reply must follow a schema they see nothing before the whole fits."""

    def __init__(self, turn: Turn, passages: Sequence[Passage]) -> None:
        self._schema = turn.schema
        self._citations = Citations(passages) if turn.search and turn.schema is None else None
        self._overlap: Overlap | None = None
        self._pieces: list[str] = []
        self._paused = False

    @property
    def text(self) -> str:
        """All that the model said, as it said it."""
        return "".join(self._pieces)

    @property
    def sources(self) -> tuple[Source, ...]:
        """What it named."""
        return self._citations.sources if self._citations else ()

    def feed(self, text: str) -> str:
        """What can be shown now."""
        if self._overlap:
            text = self._overlap.feed(text)
        return self._shown(text) if text else ""

    def end_round(self) -> str:
        """The model stopped for now: what was held back because it might have been a repetition."""
        overlap, self._overlap = self._overlap, None
        rest = overlap.finish() if overlap else ""
        return self._shown(rest) if rest else ""

    def pause(self) -> None:
        """Something is called: what comes then is a new paragraph, or with a schema a new answer."""
        self._paused = bool(self._pieces)
        if self._schema is not None:
            self._pieces.clear()

    def go_on(self) -> None:
        """It was cut: what comes next follows directly."""
        self._overlap = Overlap(self.text)

    def start_over(self) -> None:
        """It does not fit: what comes next is another answer."""
        self._pieces.clear()

    def finish(self) -> str:
        """The rest, with a schema all of it."""
        if self._schema is not None:
            return unfenced(self.text)
        return self._citations.finish() if self._citations else ""

    def misfit(self) -> str:
        """In which way the text does not follow the schema; empty where it does, or where there is none."""
        if self._schema is None:
            return ""
        return _misfit(self._schema, unfenced(self.text))

    def _shown(self, text: str) -> str:
        if self._paused and text.strip():
            self._paused = False
            if self._pieces and not self._pieces[-1].endswith("\n"):
                text = "\n\n" + text.lstrip("\n")
        self._pieces.append(text)
        if self._schema is not None:
            return ""
        return self._citations.feed(text) if self._citations else text


def unfenced(text: str) -> str:
    """JSON without the fence that many models put around it."""
    text = text.strip()
    if text.startswith(FENCE) and text.endswith(FENCE) and "\n" in text:
        text = text[text.index("\n") + 1 : -len(FENCE)].strip()
    return text


def _misfit(schema: Mapping[str, Any], text: str) -> str:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"it is not valid JSON: {error}"
    return misfit(schema, data)
