"""Languages as operators and language models read of them."""

from babel import Locale


def english_name(code: str) -> str:
    """Such as “German” or “Portuguese (Brazil)”."""
    return Locale.parse(code, sep="-").get_display_name("en") or code
