"""Words: what answers for records without vectors."""

import math
import re
from array import array
from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
STEM_CHARS = 5


class Fallback(Protocol):
    """Scores every text for a question by words, 0..1; a full-text search of the database may take its place."""

    def overlap(self, query: str) -> NDArray[np.float32]: ...


def words(text: str) -> list[str]:
    """Folded words cut to five letters, so that most inflections agree; scripts without spaces in pairs of letters."""
    found: list[str] = []
    for word in _WORD.findall(text.casefold()):
        if _CJK.search(word):
            found += [word[at : at + 2] for at in range(max(1, len(word) - 1))]
        else:
            found.append(word[:STEM_CHARS])
    return found


class Lexical:
    """Weighted word overlap over a fixed list of texts."""

    def __init__(self, texts: Sequence[str]):
        self._size = len(texts)
        holders: dict[str, array[int]] = defaultdict(lambda: array("i"))
        for number, text in enumerate(texts):
            for word in set(words(text)):
                holders[word].append(number)
        self._holders = dict(holders)

    def overlap(self, query: str) -> NDArray[np.float32]:
        """For every text, the share (0..1) of the question's words that it holds, rare words weighing more."""
        scores = np.zeros(self._size, np.float32)
        asked = set(words(query))
        for word in asked:
            if word in self._holders:
                scores[np.frombuffer(self._holders[word], np.intc)] += self._weight(word)
        return scores / max(sum(map(self._weight, asked)), 1e-6)

    def _weight(self, word: str) -> float:
        return math.log(1 + self._size / (len(self._holders.get(word, ())) + 0.5))
