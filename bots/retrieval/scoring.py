"""The arithmetic of a search: vectors in, scores out. The constants were tuned with `python -m benchmarks.retrieval`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .background import BackgroundVectors
from .embedder import Vectors
from .vectors import RecordVectors

WEIGHTS = np.array([0.5, 1.0, 1.0], np.float32)  # title, title + text, best of title + sentence
HUB_SHARE = (
    0.5  # some records are near to every question: what they have in common with the background is taken off
)
NEAREST_TOPICS = 3
SAME_TOPIC = 0.9  # a background topic that the records are about says nothing: "apple pie" to a cook book
SAME_TEXT = 0.93  # different sections of one document reach 0.89
FAMILIARITY = (
    96.0,
    70.0,
    -5.0,
)  # logistic fit: nearer than background, nearer than background questions, constant


@dataclass(frozen=True)
class Asked:
    """One question against all records: parts (n, 3) in the order of WEIGHTS, score (n,), familiarity (n,)."""

    parts: Vectors
    score: Vectors
    familiarity: Vectors


class Matrix:
    """Vectors of many records, stacked, with the row where each record begins. Immutable after it is made.

    A record that is still being embedded is judged by what it has: without a body by its best title, without sentences
    by the better of title and body. `titles_only` is a mask (n,) of those that have no more than titles.
    """

    def __init__(self, records: Sequence[RecordVectors], background: BackgroundVectors):
        self.size = len(records)
        self._titles, self._title_starts = _stack([record.titles for record in records])
        self.titles_only = np.array([not len(record.body) for record in records])
        bodies = [record.body if len(record.body) else record.titles[:1] for record in records]
        self._bodies = np.vstack(bodies)
        parts = [
            record.sentences if len(record.sentences) else np.vstack((record.titles, record.body))
            for record in records
        ]
        self._sentences, self._sentence_starts = _stack(parts)
        topics = background.passages
        self._topics = topics[(topics @ self._bodies.T).max(axis=1) < SAME_TOPIC]
        self._usual = np.mean([self._parts(query) for query in background.queries], axis=0)

    def ask(self, queries: Vectors) -> Asked:
        """Score the mean of the given question vectors, shape (q, dim)."""
        parts = np.mean([self._parts(query) for query in queries], axis=0)
        topics = np.sort(np.mean(queries @ self._topics.T, axis=0))[-NEAREST_TOPICS:]
        own, usual, constant = FAMILIARITY
        nearer = parts.max(axis=1) - (topics.mean() if len(topics) else 0.8)
        familiarity = own * nearer + usual * (parts - self._usual).mean(axis=1) + constant
        return Asked(parts, (parts - HUB_SHARE * self._usual) @ WEIGHTS, familiarity)

    def copies(self, number: int) -> np.ndarray:
        """Which records say the same as this one: a mask (n,)."""
        known = ~(self.titles_only | self.titles_only[number])
        return known & (self._bodies @ self._bodies[number] >= SAME_TEXT)

    def related(self, number: int, asked: Asked) -> np.ndarray:
        """Numbers of other records, the best to read next first: near to this one, and to the question.

        What says the same as this one is left out.
        """
        near = _standard(self._bodies @ self._bodies[number]) + _standard(asked.score)
        order = np.argsort(-near, kind="stable")
        return order[(order != number) & ~self.copies(number)[order]]

    def _parts(self, query: Vectors) -> Vectors:
        titles = np.maximum.reduceat(self._titles @ query, self._title_starts)
        bodies = np.where(self.titles_only, titles, self._bodies @ query)
        sentences = np.maximum.reduceat(self._sentences @ query, self._sentence_starts)
        return np.stack([titles, bodies, sentences], axis=1)


def _standard(values: np.ndarray) -> np.ndarray:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-6))


def _stack(groups: Sequence[Vectors]) -> tuple[Vectors, np.ndarray]:
    starts = np.cumsum([0, *(len(group) for group in groups[:-1])])
    return np.vstack(groups), starts
