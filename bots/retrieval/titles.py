"""Questions that are a record's title or one of its other phrasings: nothing has to be guessed then."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from .lexical import words

ALIKE = 0.85  # share of letters that agree, once the words begin alike


class Titles:
    """The titles of a fixed list of records, each with its other phrasings."""

    def __init__(self, titles: Iterable[Sequence[str]]) -> None:
        self._exact: dict[str, dict[int, None]] = defaultdict(dict)
        self._similar: dict[tuple[str, ...], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for number, names in enumerate(titles):
            for folded in filter(None, map(_folded, names)):
                self._exact[folded][number] = None
                self._similar[tuple(words(folded))][folded].add(number)

    def exact(self, query: str) -> list[int]:
        """The records that are called exactly so, but for case and marks at the ends."""
        return list(self._exact.get(_folded(query), ()))

    def similar(self, query: str) -> int | None:
        """The one record whose title differs in inflection only; None where there is none, or several."""
        folded = _folded(query)
        found: set[int] = set()
        for title, numbers in self._similar.get(tuple(words(folded)), {}).items():
            if SequenceMatcher(None, title, folded, autojunk=False).ratio() >= ALIKE:
                found |= numbers
        return found.pop() if len(found) == 1 else None


def _folded(text: str) -> str:
    return " ".join(text.casefold().strip("?!. ¿¡\t\r\n").split())
