"""A widget's texts in another language, by the translator that the settings name."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from widgets.markup import Broken, Cut, cut
from widgets.markup.sentence import Sentence
from widgets.translation import NO_TRANSLATOR, Work, configured_translator, translate_all
from widgets.translators.base import Translator, TranslatorError

__all__ = ["NO_TRANSLATOR", "translate_texts"]

MARKDOWN = ("intro", "initial")
KINDS = {"title": "title", "intro": "intro", "initial": "greeting", "placeholder": "placeholder"}
UNTRANSLATED = 40  # letters: where so many come back as they were sent, nobody has translated them


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
    translator = await configured_translator(owner_id)
    work = Work(source, target, owner_id, widget_id)
    answers = await translate_all(translator, work, asked)
    _refuse_untranslated(translator, work, answers)
    written = await _written(translator, work, cuts, answers)
    return {name: _rebuilt(name, each, written, translator) for name, each in cuts.items()}


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
        answers = await translate_all(translator, work, pieces)
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
