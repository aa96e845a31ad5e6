"""Searching the bot's dataset before a model is asked."""

from collections.abc import AsyncIterator

from bots.engines.base import Activity, Event, Note, Turn
from bots.engines.knowledge.conversation import context_of
from bots.engines.knowledge.smalltalk import recognize
from bots.retrieval.result import Passage

from .material import fitting

SEARCH = ("search", "knowledge")  # kind and name of the activity
TAKE = 8
SMALLTALK = ("greeting", "thanks", "goodbye")  # nothing to look up


class Lookup:
    """After `events`: the `passages` that go to the model, and the operator's `instruction` about them."""

    def __init__(self, turn: Turn, budget: int) -> None:
        self._turn = turn
        self._budget = budget
        self.passages: tuple[Passage, ...] = ()
        self.instruction = ""

    async def events(self) -> AsyncIterator[Event]:
        """A search that fails is noted; the reply goes on without it."""
        questions = [item.text for item in self._turn.history if item.type == "user" and item.text.strip()]
        if self._turn.search is None or not questions or _is_smalltalk(questions[-1], self._turn.language):
            return
        text = questions[-1][:200]
        yield Activity(*SEARCH, text=text, done=False)
        try:
            earlier = context_of(questions[:-1])
            found = await self._turn.search(questions[-1], previous=earlier, take=TAKE, language=self._turn.language)
            self.passages = fitting(found.passages, self._budget)
            self.instruction = found.instruction
        except Exception as error:  # whatever a search is built on
            yield Note("activity", "search", {"search": {"error": f"The dataset could not be searched ({type(error).__name__})."}})
        yield Activity(*SEARCH, text=text, done=True)


def _is_smalltalk(text: str, language: str) -> bool:
    found = recognize(text, language)
    return found is not None and found.kind in SMALLTALK
