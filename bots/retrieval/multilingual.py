"""Datasets that say things in several languages: a question gets the record in its own language, or in the visitor's."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .embedder import Vectors
from .language import language_of

MIN_SHARE = 0.1  # of the records that a language must have to be one of the dataset's
OWN = 0.03  # score that a record in the language of the question is ahead
LEVELED = 0.7  # of what a whole language is ahead: e5 prefers the question's language, whatever is said in it
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

    def leveled(self, score: Vectors, question: str, preferred: str) -> Vectors:
        """The scores of the first records with no language ahead of the others but the question's; `preferred` where it cannot be told."""
        if not self.several:
            return score
        of = self._of[: len(score)]
        own = language_of(question) or preferred
        leveled = score.copy()
        for number, name in enumerate(self.names):
            members = of == number
            if members.any():
                leveled[members] -= LEVELED * (score[members].mean() - score.mean())
                if name == own:
                    leveled[members] += OWN
        return leveled

    def translations(self, number: int, near: Vectors) -> NDArray[np.bool_]:
        """Which of the first records say in another language what this one says: a mask."""
        of = self._of[: len(near)]
        if not self.several or self._of[number] < 0:
            return np.zeros(len(near), bool)
        return np.asarray((of >= 0) & (of != self._of[number]) & (near >= TRANSLATED))
