"""Which of the catalog's languages to answer a short question in."""

from bots.retrieval.language import common_words, languages_of

from .catalog import supported


def detect(text: str, hint: str = "") -> str:
    """The catalog language of a text; `hint` (BCP-47) decides a tie and what cannot be told."""
    found = languages_of(text)
    preferred = supported(hint)
    if not found or preferred in found:
        return preferred
    return next((language for language in common_words() if language in found), preferred)
