"""Looking for words in a text that comes in pieces."""

import re
from functools import lru_cache

WORDS = 2000
WORD_CHARACTERS = 200
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")  # scripts that write no spaces between words


class Sieve:
    """Lets a text through but for its last few letters, which may be the beginning of a word that must not occur.

    `words` are words and phrases, a line each; letter case and the width of spaces do not matter, and only whole words count.
    `found` is the first one that occurred; from then on nothing is let through.
    """

    def __init__(self, words: str) -> None:
        self._pattern, self._longest = _pattern(words)
        self._held = ""
        self._before = ""
        self.found = ""

    def feed(self, text: str, last: bool = False) -> str:
        """What may be shown now of the text so far; all of it at the `last` piece."""
        if self._pattern is None:
            return text
        self._held += text
        looked = self._before + self._held
        for match in self._pattern.finditer(looked):
            if last or match.end() < len(looked):  # a word goes on, maybe
                self.found = self.found or " ".join(match[0].split())
        if self.found:
            return ""
        length = len(self._held) if last else max(0, len(self._held) - self._longest - 1)
        shown, self._held = self._held[:length], self._held[length:]
        self._before = (self._before + shown)[-1:]
        return shown


@lru_cache(64)
def _pattern(words: str) -> tuple[re.Pattern[str] | None, int]:
    phrases = [line.split() for line in words.splitlines()[:WORDS] if line.strip() and len(line) <= WORD_CHARACTERS]
    if not phrases:
        return None, 0
    # A bounded run of spaces keeps the longest match, and so what is held back, bounded.
    choices = "|".join(_bounded(r"\s{1,9}".join(map(re.escape, phrase))) for phrase in sorted(phrases, key=len, reverse=True))
    longest = max(sum(map(len, phrase)) + 9 * (len(phrase) - 1) for phrase in phrases)
    return re.compile(choices, re.IGNORECASE), longest


def _bounded(phrase: str) -> str:
    return phrase if UNSPACED.search(phrase) else rf"(?<!\w){phrase}(?!\w)"
