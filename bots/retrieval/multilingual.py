"""Datasets that say things in several languages: a question gets the record in its own language, or in the visitor's."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .embedder import Vectors
from .language import language_of

MIN_SHARE = 0.1  # of the records that a language must have to be one of the dataset's
OWN = 0.03  # score that a record in the language of the question is ahead
TRANSLATED = 0.88  # cosine of texts that say the same in two languages


class Languages:
    """The languages of a fixed list of texts, told once. Cheap: where there is only one, nothing is done."""

    def __init__(self, texts: Sequence[str]) -> None:
        told = [language_of(text[:300]) for text in texts]
        counts = Counter(filter(None, told))
        self.names = [name for name, count in counts.items() if count >= MIN_SHARE * counts.total()]
        self._of = np.array([self.names.index(name) if name in self.names else -1 for name in told])

    @property
    def several(self) -> bool:
        """Whether there is anything to choose between."""
        return len(self.names) > 1

    def preference(self, size: int, question: str, visitors: str) -> Vectors | float:
        """What the first `size` records are ahead for their language: that of the question, or the visitor's where it does not tell.

        Measured on the questions to a dataset in two languages: 22 of 24 get the record in their own instead of 21, and follow-ups
        43 of 50 instead of 42; e5 alone prefers the language of the question most of the time.
        """
        own = language_of(question) or visitors
        if not self.several or own not in self.names:
            return 0.0
        return np.where(self._of[:size] == self.names.index(own), np.float32(OWN), np.float32(0))

    def translations(self, number: int, near: Vectors) -> NDArray[np.bool_]:
        """Which of the first records say in another language what this one says: a mask."""
        of = self._of[: len(near)]
        if not self.several or self._of[number] < 0:
            return np.zeros(len(near), bool)
        return np.asarray((of >= 0) & (of != self._of[number]) & (near >= TRANSLATED))
