"""The embedded engine: answers with the passage that it found, and says plainly when it does not know."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from bots.engines.base import Activity, End, EngineError, Event, Source, Sources, Text, Turn
from bots.retrieval.result import SearchResult
from bots.retrieval.vectors import leaf

from .catalog import say, supported
from .language import detect
from .passage import buttons, excerpt, pieces
from .smalltalk import recognize

SEARCH = ("search", "knowledge")  # kind and name of the activity
TAKE = 5


class KnowledgeEngine:
    """Needs no key and no server, only the turn's `search`."""

    def check(self, name: str, options: Mapping[str, str]) -> None:
        """Raise ValueError for anything behind `knowledge`."""
        if name or options:
            raise ValueError("model: knowledge takes no name and no options")

    async def reply(self, turn: Turn) -> AsyncIterator[Event]:
        """Yield the answer in small pieces; raises EngineError("search_failed") when the dataset cannot be searched."""
        questions = [item.text for item in turn.history if item.type == "user" and item.text.strip()]
        question = questions[-1] if questions else ""
        smalltalk = recognize(question, turn.language) if question else None
        answer, source = "", None
        if not question:
            answer = say("greeting", turn.language)
        elif smalltalk:
            answer = say(smalltalk.kind, smalltalk.language)
        else:
            language = detect(question, turn.language)
            yield Activity(*SEARCH, text=question[:200], done=False)
            result = await self._search(turn, question, questions[:-1])
            yield Activity(*SEARCH, text=question[:200], done=True)
            answer, source = _compose(result, language)
        for piece in pieces(answer):
            yield Text(piece)
            await asyncio.sleep(0)  # so that a stop between two pieces is heard
        if source:
            yield Sources((source,))
        yield End("stop")

    async def _search(self, turn: Turn, question: str, earlier: list[str]) -> SearchResult:
        if turn.search is None:
            return SearchResult()
        previous = next((text for text in reversed(earlier) if not recognize(text)), "")
        try:
            return await turn.search(question, previous=previous, take=TAKE)
        except Exception as error:  # whatever a search is built on: the visitor gets a coded message
            raise EngineError(
                "search_failed", retryable=True, cause=f"{type(error).__name__}: {error}"
            ) from error


def _compose(result: SearchResult, language: str) -> tuple[str, Source | None]:
    """The markdown of an answer in the visitor's language, and where it was taken from."""
    language = supported(language)
    titles = [passage.title for passage in result.passages]
    if result.verdict == "empty":
        return say("empty", language), None
    if result.verdict == "answer":
        best = result.passages[0]
        more = buttons(result.related or titles[1:], besides=[best.title])
        text = excerpt(best, say("more", language))
        source = Source(best.title or leaf(best.url), best.url)
        return "\n\n".join(filter(None, (text, more))), source
    offers = buttons(titles)
    if result.verdict == "unsure" and offers:
        return f"{say('unsure', language)}\n\n{offers}", None
    topics = f"{say('topics', language)}\n\n{offers}" if offers else ""
    return " ".join(filter(None, (say("unknown", language), topics))), None
