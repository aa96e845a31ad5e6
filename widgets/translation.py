"""Requests to the translator that the settings name, and what they cost."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from bots.engines.base import EngineError
from bots.providers import choose
from widgets.translators.base import Translated, Translator, TranslatorError
from widgets.translators.llm import LanguageModel
from widgets.translators.registry import LLM, NAMES, NONE, TRANSLATORS

NO_TRANSLATOR = "No translator is configured (the setting TRANSLATOR)."


@dataclass(frozen=True)
class Work:
    """For whom something is translated."""

    source: str
    target: str
    owner_id: Any
    widget_id: UUID


# What a language model costs: a higher layer, which keeps books, adds here how a budget is checked (raises EngineError), and how the
# tokens of a request are counted, also of one that failed.
BUDGET_CHECKS: list[Callable[[Work], Awaitable[object]]] = []
USAGE_RECORDERS: list[Callable[[Work, Translated, bool], Awaitable[object]]] = []


async def configured_translator(owner_id: Any) -> Translator:
    """The one that TRANSLATOR names. Raises TranslatorError, which is final."""
    name = settings.TRANSLATOR
    if name == NONE:
        raise TranslatorError(NO_TRANSLATOR, retryable=False)
    if name == LLM:
        try:
            chosen = await choose(settings.TRANSLATOR_MODEL, owner_id)
        except EngineError as error:
            raise TranslatorError(f"TRANSLATOR_MODEL: {error.cause or error.code}", retryable=False) from None
        return LanguageModel(chosen.engine, settings.TRANSLATOR_MODEL, chosen.options, chosen.access, settings.TRANSLATOR_SECONDS)
    if name not in TRANSLATORS:
        raise TranslatorError(f"TRANSLATOR must be one of {', '.join(NAMES)}.", retryable=False)
    return TRANSLATORS[name]()


async def translate_all(translator: Translator, work: Work, asked: Mapping[str, str]) -> dict[str, str]:
    """Each text's translation, by as few requests as the translator takes."""
    answers: dict[str, str] = {}
    for texts in _batches(asked, translator):
        kinds = [asked[text] for text in texts]
        translated = await _request(translator, work, texts, kinds)
        answers.update(zip(texts, translated.texts, strict=True))
    return answers


def _batches(texts: Iterable[str], translator: Translator) -> list[list[str]]:
    batches: list[list[str]] = []
    size = 0
    for text in texts:
        size += len(text)
        if not batches or len(batches[-1]) == translator.texts_at_once or size > translator.characters_at_once:
            batches.append([])
            size = len(text)
        batches[-1].append(text)
    return batches


async def _request(translator: Translator, work: Work, texts: Sequence[str], kinds: Sequence[str]) -> Translated:
    if translator.name != LLM:
        return await translator.translate(texts, work.source, work.target, kinds)
    try:
        for check in BUDGET_CHECKS:
            await check(work)
    except EngineError as error:
        raise TranslatorError(error.cause or error.code, retryable=error.retryable) from None
    spent, failed = None, True
    try:
        spent = await translator.translate(texts, work.source, work.target, kinds)
        failed = False
        return spent
    except TranslatorError as error:
        spent = error.spent
        raise
    finally:
        if spent is not None and (spent.input_tokens or spent.output_tokens):
            for record in USAGE_RECORDERS:
                await record(work, spent, failed)
