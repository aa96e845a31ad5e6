"""The arithmetic of a search: vectors in, scores out. The constants were tuned with `python -m benchmarks.retrieval`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .background import BackgroundVectors
from .embedder import Vectors
from .vectors import RecordVectors

WEIGHTS = np.array([0.5, 1.0, 1.0], np.float32)  # title, title + text, best of title + sentence
HUB_SHARE = 0.5  # some records are near to every question: what they have in common with the background is taken off
NEAREST_TOPICS = 3
SAME_TOPIC = 0.9  # a background topic that the records are about says nothing: "apple pie" to a cook book
SAME_TEXT = 0.93  # different sections of one document reach 0.89
FAMILIARITY = (96.0, 70.0, -5.0)  # logistic fit: nearer than background, nearer than background questions, constant
ALL_AT_ONCE = 2_000  # records; of more, sentences are kept in 16 bits and only those of the nearest are compared
NEAREST = 300  # records: an answer beyond these by title and text is lost for other reasons
CHUNK = 8_192  # rows widened to 32 bits at a time


@dataclass(frozen=True)
class Compared:
    """Some questions (q, dim) and each record's cosines to each of them (q, n, 3), in the order of WEIGHTS."""

    queries: Vectors
    parts: Vectors

    def __add__(self, other: "Compared") -> "Compared":
        return Compared(np.vstack([self.queries, other.queries]), np.concatenate([self.parts, other.parts]))


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
        self._titles, self._title_starts = _stack([[record.titles] for record in records], np.float32)
        self.titles_only = np.array([not len(record.body) for record in records])
        self._bodies, _ = _stack([[record.body if len(record.body) else record.titles[:1]] for record in records], np.float32)
        kind = np.float32 if self.size <= ALL_AT_ONCE else np.float16
        self._sentences, self._sentence_starts = _stack([_sentences(record) for record in records], kind)
        topics = background.passages
        self._topics = topics[(topics @ self._bodies.T).max(axis=1) < SAME_TOPIC]
        self._usual = np.zeros((self.size, len(WEIGHTS)), np.float32)
        for query in background.queries:
            self._usual += self._parts(query[None], everything=True)[0] / len(background.queries)

    def compare(self, queries: Vectors) -> Compared:
        """Compare questions, shape (q, dim), with all records."""
        return Compared(queries, self._parts(queries))

    def ask(self, compared: Compared) -> Asked:
        """Score the mean of the questions."""
        parts = compared.parts.mean(axis=0)
        topics = np.sort(np.mean(compared.queries @ self._topics.T, axis=0))[-NEAREST_TOPICS:]
        own, usual, constant = FAMILIARITY
        nearer = parts.max(axis=1) - (topics.mean() if len(topics) else 0.8)
        familiarity = own * nearer + usual * (parts - self._usual).mean(axis=1) + constant
        return Asked(parts, (parts - HUB_SHARE * self._usual) @ WEIGHTS, familiarity)

    def near(self, number: int) -> Vectors:
        """How near the text of each record is to that of this one, (n,)."""
        return np.asarray(self._bodies @ self._bodies[number])

    def copies(self, number: int, near: Vectors) -> NDArray[np.bool_]:
        """Which records say the same as this one: a mask (n,)."""
        known = ~(self.titles_only | self.titles_only[number])
        return np.asarray(known & (near >= SAME_TEXT))

    def related(self, number: int, asked: Asked, near: Vectors) -> NDArray[np.intp]:
        """Numbers of other records, the best to read next first: near to this one, and to the question.

        What says the same as this one is left out.
        """
        order = np.argsort(-(_standard(near) + _standard(asked.score)), kind="stable")
        return order[(order != number) & ~self.copies(number, near)[order]]

    def _parts(self, queries: Vectors, everything: bool = False) -> Vectors:
        """Each record's three cosines to each question, shape (q, n, 3)."""
        turned = np.ascontiguousarray(queries.T)
        titles = np.maximum.reduceat(self._titles @ turned, self._title_starts)
        bodies = np.where(self.titles_only[:, None], titles, self._bodies @ turned)
        if everything or self.size <= ALL_AT_ONCE:
            sentences = np.maximum.reduceat(self._widened(turned), self._sentence_starts)
        else:
            # the others get the most that they could have without being compared: what their text as a whole has
            first, second, _ = WEIGHTS
            rough = (first * titles + second * bodies).max(axis=1) - HUB_SHARE * self._usual[:, :2] @ WEIGHTS[:2]
            nearest = np.argpartition(-rough, NEAREST)[:NEAREST]
            sentences = bodies.copy()
            sentences[nearest] = self._best_sentences(nearest, turned)
        return np.stack([titles.T, bodies.T, sentences.T], axis=2)

    def _widened(self, turned: Vectors) -> Vectors:
        if self._sentences.dtype == np.float32:
            return np.asarray(self._sentences @ turned)
        chunks = range(0, len(self._sentences), CHUNK)
        return np.vstack([self._sentences[at : at + CHUNK].astype(np.float32) @ turned for at in chunks])

    def _best_sentences(self, numbers: NDArray[np.intp], turned: Vectors) -> Vectors:
        ends = np.append(self._sentence_starts[1:], len(self._sentences))
        counts = ends[numbers] - self._sentence_starts[numbers]
        starts = np.cumsum(counts) - counts
        rows = np.arange(counts.sum()) + np.repeat(self._sentence_starts[numbers] - starts, counts)
        return np.asarray(np.maximum.reduceat(self._sentences[rows].astype(np.float32) @ turned, starts))


def _sentences(record: RecordVectors) -> list[Vectors]:
    return [record.sentences] if len(record.sentences) else [record.titles, record.body]


def _standard(values: np.ndarray) -> np.ndarray:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-6))


def _stack(groups: Sequence[Sequence[Vectors]], kind: type[np.floating[Any]]) -> tuple[Vectors, NDArray[np.intp]]:
    """All rows of all groups in one array, which is the only copy that is made, and where each group begins."""
    counts = np.array([sum(map(len, group)) for group in groups])
    rows = np.empty((counts.sum(), groups[0][0].shape[1]), kind)
    np.concatenate([part for group in groups for part in group], out=rows, casting="same_kind")
    return rows, np.cumsum(counts) - counts
