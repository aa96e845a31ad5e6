"""The embedded engine: answers with the passage that it found, and says plainly when it does not know."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from bots.engines.base import Activity, End, EngineError, Event, Source, Sources, Text, Turn
from bots.retrieval.result import SearchResult
from bots.retrieval.vectors import leaf

from .catalog import say, supported
from .conversation import context_of
from .language import detect
from .passage import buttons, excerpt, heading, pieces
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
        answer = ""
        sources: tuple[Source, ...] = ()
        known = True
        if not question:
            answer = say("greeting", turn.language)
        elif smalltalk:
            answer = say(smalltalk.kind, smalltalk.language)
        else:
            language = detect(question, turn.language)
            yield Activity(*SEARCH, text=question[:200], done=False)
            result = await self._search(turn, question, questions[:-1])
            yield Activity(*SEARCH, text=question[:200], done=True)
            answer, sources = _compose(result, language)
            known = result.verdict == "answer" or (result.verdict == "unsure" and bool(result.passages))
        for piece in pieces(answer):
            yield Text(piece)
            await asyncio.sleep(0)  # so that a stop between two pieces is heard
        if sources:
            yield Sources(sources)
        yield End("stop" if known else "unknown")

    async def _search(self, turn: Turn, question: str, earlier: list[str]) -> SearchResult:
        if turn.search is None:
            return SearchResult()
        try:
            return await turn.search(question, previous=context_of(earlier), take=TAKE, language=turn.language)
        except Exception as error:  # whatever a search is built on: the visitor gets a coded message
            raise EngineError(
                "search_failed", retryable=True, cause=f"{type(error).__name__}: {error}"
            ) from error


def _compose(result: SearchResult, language: str) -> tuple[str, tuple[Source, ...]]:
    """The markdown of an answer in the visitor's language, and where it was taken from."""
    language = supported(language)
    titles = [passage.title for passage in result.passages]
    if result.verdict == "empty":
        return say("empty", language), ()
    if result.verdict == "answer":
        given = result.passages[: result.answers]
        texts = [excerpt(passage, say("more", language)) for passage in given]
        if len(given) > 1:  # each under its title, so that it is seen which answers what
            texts = [f"**{heading(passage)}**\n\n{text}" for passage, text in zip(given, texts, strict=True)]
        more = buttons(result.related or titles[len(given) :], besides=[passage.title for passage in given])
        sources = tuple(dict.fromkeys(Source(passage.title or leaf(passage.url), passage.url) for passage in given))
        return "\n\n".join(filter(None, (*texts, more))), sources
    offers = buttons(titles)
    if result.verdict == "unsure" and offers:
        return f"{say('unsure', language)}\n\n{offers}", ()
    topics = f"{say('topics', language)}\n\n{offers}" if offers else ""
    return " ".join(filter(None, (say("unknown", language), topics))), ()
