"""An immutable index over the records of one dataset: exact semantic search, with words where there are no vectors."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from .background import background_vectors
from .blocks import plain
from .embedder import Embedder
from .lexical import Fallback, Lexical, literals, words
from .result import IndexRecord, Passage, SearchResult, Verdict
from .scoring import Asked, Matrix
from .vectors import RecordVectors, leaf, unpack_vectors

MAX_QUERY_CHARS = 500
SURE, UNSURE = 0.5, -0.5  # familiarity from which a passage is given, and from which titles are offered
CLOSE_RACE = 0.02  # margin below which two passages are as likely
# the same where a record has only its titles yet
TITLE_SURE, TITLE_UNSURE, TITLE_CLOSE_RACE = 3.0, -1.5, 0.04
CLEAR_LEAD = 0.04  # margin from which a question needs no context
LITERAL_BONUS = 0.3
MISSING = 0.1  # share of records without vectors from which no title is trusted
RELATED = 5
RARE = 3  # a literal that more records hold than this does not single one out
# by words alone: overlap as good as a hit, and from which titles are offered
WORDS_FULL, WORDS_UNSURE = 0.6, 0.3
SAME_WORDS = 2 / 3  # of the words of question and title together: what is answered by words alone
UNRELATED = 0.6  # raw score of what shares nothing with a question; a record that says the same is about 1 above
BUILT_IN, BY_MEANING, BY_WORDS = "", "none", "lexical"
ORDERS = (BY_MEANING, BY_WORDS)


class Index:
    """Search over one dataset. Building and searching block (a question takes some 10 ms): async code does it in a thread."""

    def __init__(
        self,
        records: Iterable[IndexRecord],
        embedder: Embedder,
        fallback: Callable[[Sequence[str]], Fallback] = Lexical,
    ):
        self._embedder = embedder
        unpacked = [(r, unpack_vectors(r.vectors, embedder.name) or r.partial) for r in records]
        with_vectors = [(record, vectors) for record, vectors in unpacked if vectors is not None]
        without = [record for record, vectors in unpacked if vectors is None]
        self._records = [record for record, _ in with_vectors] + without
        self._matrix = _matrix([vectors for _, vectors in with_vectors], embedder)
        self._texts = [_searchable(record).casefold() for record in self._records]
        self._titles = [
            {t.casefold().strip() for t in (r.title, leaf(r.title), *r.alternatives)} for r in self._records
        ]
        self._fallback = fallback(self._texts)

    @property
    def size(self) -> int:
        """How many records there are."""
        return len(self._records)

    def search(
        self, query: str, *, previous: str = "", take: int = 5, order: str = BUILT_IN
    ) -> SearchResult:
        """The best `take` records for a question; `previous` is the question before it, for follow-ups.

        `order`: by meaning with a bonus for what is named literally, "none" without that bonus, "lexical" by shared words alone.
        """
        query, previous = query[:MAX_QUERY_CHARS].strip(), previous[:MAX_QUERY_CHARS].strip()
        if not self._records or not query:
            return SearchResult(verdict="unknown" if self._records else "empty")
        overlap = self._fallback.overlap(query)
        asked = self._ask(query, previous)
        named = self._named(query)
        if asked is None or order == BY_WORDS:
            asked = None
            score = overlap + (LITERAL_BONUS * named if order == BUILT_IN else 0)
        elif order == BY_MEANING:
            score = self._meaning(asked, overlap)
        else:
            score = self._blend(asked, overlap) + LITERAL_BONUS * named
        ranking = np.argsort(-score, kind="stable")[:take]
        best = int(ranking[0])
        margin = self._margin(score, best)
        familiarity = float(asked.familiarity[best]) if asked and best < len(asked.score) else 0.0
        if named[best]:
            verdict: Verdict = "answer"
        elif asked and best < len(asked.score):
            verdict = self._verdict(best, familiarity, margin)
        else:
            verdict = self._verdict_by_words(best, query, float(overlap[best]))
        shown = np.clip(score - UNRELATED if asked else score, 0, 1)
        passages = tuple(self._passage(int(number), float(shown[number])) for number in ranking)
        titles = tuple(dict.fromkeys(leaf(passage.title) for passage in passages))[:3]
        coverage = _coverage(query, self._texts[best])
        related = self._related(best, asked) if verdict == "answer" else ()
        return SearchResult(passages, verdict, margin, coverage, familiarity, titles, related)

    def _ask(self, query: str, previous: str) -> Asked | None:
        """A question that stands for itself is asked alone, any other also together with the one before it."""
        if self._matrix is None:
            return None
        alone = self._embedder.embed_queries([query])
        asked = self._matrix.ask(alone)
        if not previous or _stands_alone(asked):
            return asked
        return self._matrix.ask(np.vstack([alone, self._embedder.embed_queries([f"{previous} {query}"])]))

    def _meaning(self, asked: Asked, overlap: np.ndarray) -> np.ndarray:
        """Records without vectors come last, by their words."""
        low = float(asked.score.min())
        return np.concatenate([asked.score, low - 1 + overlap[len(asked.score) :]])

    def _blend(self, asked: Asked, overlap: np.ndarray) -> np.ndarray:
        """Records without vectors compete by their words, from the lowest to just above the highest semantic score."""
        low, high = float(asked.score.min()), float(asked.score.max()) + CLOSE_RACE / 2
        by_words = low + (high - low) * np.minimum(overlap[len(asked.score) :] / WORDS_FULL, 1)
        return np.concatenate([asked.score, by_words])

    def _named(self, query: str) -> np.ndarray:
        """1.0 for a record whose title is the question, up to 1.0 for those that hold its literal identifiers."""
        title = query.casefold().rstrip("?!. ")
        named = np.array([float(any(title == t.rstrip("?!. ") for t in titles)) for titles in self._titles])
        asked = literals(query)
        for literal in asked:
            holders = [number for number, text in enumerate(self._texts) if literal in text]
            if 0 < len(holders) <= RARE:
                named[holders] += 1 / len(asked)
        return np.asarray(np.minimum(named, 1.0))

    def _margin(self, score: np.ndarray, best: int) -> float:
        """The lead over the best record that says something else; a second copy of the same text is no rival."""
        rivals = np.ones(len(score), bool)
        rivals[best] = False
        if self._matrix is not None and best < self._matrix.size:
            rivals[: self._matrix.size] &= ~self._matrix.copies(best)
        return float(score[best] - score[rivals].max()) if rivals.any() else 1.0

    def _verdict(self, best: int, familiarity: float, margin: float) -> Verdict:
        sure, unsure, close_race = SURE, UNSURE, CLOSE_RACE
        if self._matrix is not None and self._matrix.titles_only[best]:
            sure, unsure, close_race = TITLE_SURE, TITLE_UNSURE, TITLE_CLOSE_RACE
            if len(self._records) - self._matrix.size > MISSING * len(self._records):
                sure = np.inf  # the title that fits better may be among those to come
        if familiarity < unsure:
            return "unknown"
        return "answer" if familiarity >= sure and margin >= close_race else "unsure"

    def _verdict_by_words(self, best: int, query: str, overlap: float) -> Verdict:
        """Words that occur somewhere in a text prove little: only a question that nearly is the title is answered."""
        if overlap < WORDS_UNSURE:
            return "unknown"
        asked = set(words(query))
        same = max(_share(asked, set(words(title))) for title in self._titles[best])
        return "answer" if same >= SAME_WORDS else "unsure"

    def _related(self, best: int, asked: Asked | None) -> tuple[str, ...]:
        if self._matrix is None or asked is None or best >= self._matrix.size:
            return ()
        near = self._matrix.related(best, asked)[:RELATED]
        return tuple(dict.fromkeys(self._records[number].title for number in near))

    def _passage(self, number: int, score: float) -> Passage:
        record = self._records[number]
        return Passage(record.record_id, record.title, record.text, record.url, score)


def _matrix(vectors: list[RecordVectors], embedder: Embedder) -> Matrix | None:
    return Matrix(vectors, background_vectors(embedder)) if vectors else None


def _searchable(record: IndexRecord) -> str:
    return "\n".join((record.title, *record.alternatives, record.text, plain(record.text)))


def _stands_alone(asked: Asked) -> bool:
    first, second = np.partition(np.append(asked.score, -9.0), -2)[[-1, -2]]
    return bool(asked.familiarity[asked.score.argmax()] >= 2 * SURE and first - second >= CLEAR_LEAD)


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(len(one | other), 1)


def _coverage(query: str, text: str) -> float:
    asked = set(words(query))
    return len(asked & set(words(text))) / len(asked) if asked else 0.0
