"""A widget's texts in another language, by the translator that the settings name."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from bots.engines.base import EngineError
from bots.providers import choose
from widgets.markup import Broken, Cut, cut
from widgets.markup.sentence import Sentence
from widgets.translators.base import Translated, Translator, TranslatorError
from widgets.translators.llm import LanguageModel
from widgets.translators.registry import LLM, NAMES, NONE, TRANSLATORS

NO_TRANSLATOR = "No translator is configured (the setting TRANSLATOR)."
MARKDOWN = ("intro", "initial")
KINDS = {"title": "title", "intro": "intro", "initial": "greeting", "placeholder": "placeholder"}
UNTRANSLATED = 40  # letters: where so many come back as they were sent, nobody has translated them


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


async def translate_texts(texts: Mapping[str, str], source: str, target: str, owner_id: Any, widget_id: UUID) -> dict[str, str]:
    """The same fields (title, intro, initial, placeholder) in the language ``target``; languages are BCP 47 codes.

    Markdown, links, buttons, placeholders and blocks are as they were, and nothing that was not empty is empty; a text with no
    words in it comes back as it is. Raises TranslatorError, after which none of the texts is translated.
    """
    cuts = {name: cut(text, is_markdown=name in MARKDOWN) for name, text in texts.items()}
    asked: dict[str, str] = {}
    for name, each in cuts.items():
        for sentence in each.sentences:
            asked.setdefault(sentence.tagged, KINDS.get(name, ""))
    if not asked:
        return dict(texts)
    translator = await _translator(owner_id)
    work = Work(source, target, owner_id, widget_id)
    answers = await _translate(translator, work, asked)
    _refuse_untranslated(translator, work, answers)
    written = await _written(translator, work, cuts, answers)
    return {name: _rebuilt(name, each, written, translator) for name, each in cuts.items()}


async def _translator(owner_id: Any) -> Translator:
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


async def _translate(translator: Translator, work: Work, asked: Mapping[str, str]) -> dict[str, str]:
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


def _refuse_untranslated(translator: Translator, work: Work, answers: Mapping[str, str]) -> None:
    """A service that echoes. Short texts, and variants of one language, may well be the same."""
    same = all(answer.strip() == text for text, answer in answers.items())
    letters = sum(sum(map(str.isalpha, text)) for text in answers)
    if same and letters >= UNTRANSLATED and work.source.partition("-")[0] != work.target.partition("-")[0]:
        raise TranslatorError("The translator gave the texts back as they were.", retryable=translator.varies)


async def _written(translator: Translator, work: Work, cuts: Mapping[str, Cut], answers: Mapping[str, str]) -> dict[Sentence, str]:
    """What takes each sentence's place. What came back broken is translated once more, in pieces between its tags."""
    written: dict[Sentence, str] = {}
    broken: dict[Sentence, str] = {}
    for name, each in cuts.items():
        for sentence in each.sentences:
            try:
                written[sentence] = sentence.put(answers[sentence.tagged])
            except Broken as error:
                if sentence.pieces == [sentence.tagged] and not translator.varies:
                    raise _failed(name, error, translator) from None
                broken[sentence] = name
    pieces = {piece: KINDS.get(name, "") for sentence, name in broken.items() for piece in sentence.pieces}
    if pieces:
        answers = await _translate(translator, work, pieces)
    for sentence, name in broken.items():
        try:
            written[sentence] = sentence.put_pieces([answers[piece] for piece in sentence.pieces])
        except Broken as error:
            raise _failed(name, error, translator) from None
    return written


def _rebuilt(name: str, each: Cut, written: Mapping[Sentence, str], translator: Translator) -> str:
    try:
        return each.rebuild(written)
    except Broken as error:
        raise _failed(name, error, translator) from None


def _failed(name: str, error: Broken, translator: Translator) -> TranslatorError:
    return TranslatorError(f"{name}: the translation {error}.", retryable=translator.varies)
