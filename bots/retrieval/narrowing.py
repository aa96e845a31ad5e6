"""What a dataset's options make of a search: how hits are ordered, which are left out, and what the bot is told."""

from collections.abc import Container
from dataclasses import dataclass, replace

from .index import BUILT_IN, ORDERS
from .result import Passage, SearchResult
from .tokens import tokens
from .vectors import leaf

TITLES = 3


@dataclass(frozen=True)
class SearchOptions:
    """Null or empty: the built-in value. ``min_score`` is 0..1, as the passages' scores are; ``max_tokens`` counts all hits together."""

    reranker: str = ""
    min_score: float | None = None
    max_records: int | None = None
    max_tokens: int | None = None
    match_instruction: str = ""
    mismatch_instruction: str = ""

    @property
    def order(self) -> str:
        """``none`` or ``lexical``; every other name, those of systems that are not here included, means the built-in order."""
        return self.reranker if self.reranker in ORDERS else BUILT_IN


def narrow(
    found: SearchResult, options: SearchOptions, take: int, among: Container[str] | None = None
) -> SearchResult:
    """The first ``take`` hits that are good enough and short enough, of the records ``among`` these ids where they are given.

    Where none is left, the verdict is "unknown": a bot must not answer from what the operator has excluded.
    """
    passages = tuple(_kept(found.passages, options, take, among))
    if passages == found.passages:
        told = _instruction(found, options)
        return replace(found, instruction=told) if told else found
    if not passages:
        return SearchResult(
            verdict="empty" if found.verdict == "empty" else "unknown",
            instruction=options.mismatch_instruction,
        )
    titles = tuple(dict.fromkeys(leaf(passage.title) for passage in passages))[:TITLES]
    same_first = passages[0] == found.passages[0]
    same = next((n for n, (kept, was) in enumerate(zip(passages, found.passages, strict=False)) if kept != was), len(passages))
    narrowed = replace(
        found,
        passages=passages,
        suggestions=titles,
        verdict=found.verdict if same_first else "unsure",
        related=found.related if same_first else (),
        answers=max(1, min(found.answers, same)),
    )
    return replace(narrowed, instruction=_instruction(narrowed, options))


def _kept(
    passages: tuple[Passage, ...], options: SearchOptions, take: int, among: Container[str] | None
) -> list[Passage]:
    kept: list[Passage] = []
    used = 0
    for passage in passages:
        if options.min_score is not None and passage.score < options.min_score:
            break
        if among is not None and passage.record_id not in among:
            continue
        used += tokens(passage.text)
        if len(kept) == take or (options.max_tokens is not None and used > options.max_tokens):
            break
        kept.append(passage)
    return kept


def _instruction(found: SearchResult, options: SearchOptions) -> str:
    matched = found.passages and found.verdict != "unknown"
    return options.match_instruction if matched else options.mismatch_instruction
