"""An immutable index over the records of one dataset: exact semantic search, with words where there are no vectors."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .background import background_vectors
from .blocks import plain
from .codes import Codes
from .embedder import Embedder, Vectors
from .lexical import Fallback, Lexical, words
from .multilingual import Languages
from .named import Named, named_in
from .phrasing import parts_of, refers_back
from .result import IndexRecord, Passage, SearchResult, Verdict
from .scoring import Asked, Matrix
from .titles import Titles
from .vectors import RecordVectors, leaf, unpack_vectors
from .verdicts import CLOSE_RACE, SURE, WORDS_FULL, by_meaning, by_words, with_names

MAX_QUERY_CHARS = 500
CLEAR_LEAD = 0.04  # margin from which a question needs no context
NAME_BONUS = 0.3
# familiarity of both and lead over the third from which two are given that cannot be told apart; measured together with CLOSE_RACE
# on the questions of "dev": 164 instead of 158 answers with the right record, 11 instead of 15 without
PAIR_SURE, PAIR_LEAD = 3.0, 0.02
MISSING = 0.1  # share of records without vectors from which no title is trusted
RELATED = 5
UNRELATED = 0.6  # raw score of what shares nothing with a question; a record that says the same is about 1 above
BUILT_IN, BY_MEANING, BY_WORDS = "", "none", "lexical"
ORDERS = (BY_MEANING, BY_WORDS)


@dataclass(frozen=True)
class _Look:
    """One question against all records."""

    score: Vectors
    shown: Vectors
    best: int
    rivals: tuple[int, ...]  # the two best that say something else
    margin: float
    familiarity: float
    verdict: Verdict
    named: Named
    asked: Asked | None


class Index:
    """Search over one dataset. Building and searching block (a question takes some 10 ms): async code does it in a thread."""

    def __init__(
        self,
        records: Iterable[IndexRecord],
        embedder: Embedder,
        fallback: Callable[[Sequence[str]], Fallback] = Lexical,
    ):
        self._embedder = embedder
        unpacked = [(r, unpack_vectors(r.vectors, embedder.name, np.float16) or r.partial) for r in records]
        with_vectors = [(record, vectors) for record, vectors in unpacked if vectors is not None]
        without = [record for record, vectors in unpacked if vectors is None]
        self._matrix = _matrix([vectors for _, vectors in with_vectors], embedder)
        # the vectors are in the matrix now
        self._records = [replace(r, vectors=b"", partial=None) for r in [record for record, _ in with_vectors] + without]
        searchable = [_searchable(record) for record in self._records]
        self._texts = [" ".join(text.casefold().split()) for text in searchable]
        names = [(record.title, leaf(record.title), *record.alternatives) for record in self._records]
        self._titles = Titles(names)
        self._codes = Codes(["\n".join(own) for own in names], searchable, self._texts)
        self._languages = Languages([f"{leaf(record.title)} {record.text}" for record in self._records])
        self._fallback = fallback(self._texts)

    @property
    def size(self) -> int:
        """How many records there are."""
        return len(self._records)

    def search(
        self, query: str, *, previous: str = "", take: int = 5, order: str = BUILT_IN, language: str = ""
    ) -> SearchResult:
        """The best `take` records for a question; `previous` holds the questions before it, a line each, for follow-ups.

        `order`: by meaning with a bonus for what is named literally, "none" without that bonus, "lexical" by shared words alone.
        `language` (BCP-47) is the visitor's, for a question that does not tell its own.
        """
        query = query[:MAX_QUERY_CHARS].strip()
        before = [line[:MAX_QUERY_CHARS].strip() for line in previous.split("\n") if line.strip()][-2:]
        if not self._records or not query:
            return SearchResult(verdict="unknown" if self._records else "empty")
        tongue = language.split("-")[0].lower()
        look = self._look(query, before, order, tongue)
        shown = look.shown
        answers = [look.best]
        if order == BUILT_IN and (several := self._several(query, before, tongue, look)):
            answers = [one.best for one in several]
            shown = np.max([one.shown for one in several], axis=0)
        rest = [int(n) for n in np.argsort(-look.score, kind="stable")[: take + len(answers)] if n not in answers]
        passages = tuple(self._passage(number, float(shown[number])) for number in (answers + rest)[:take])
        verdict: Verdict = "answer" if len(answers) > 1 else look.verdict
        titles = tuple(dict.fromkeys(leaf(passage.title) for passage in passages))[:3]
        coverage = _coverage(query, self._texts[look.best])
        related = self._related(answers, look.asked) if verdict == "answer" else ()
        return SearchResult(
            passages, verdict, look.margin, coverage, look.familiarity, titles, related, answers=min(len(answers), take)
        )

    def _look(self, query: str, before: Sequence[str], order: str, tongue: str) -> _Look:
        overlap = self._fallback.overlap(query)
        asked = self._ask(query, before, tongue)
        named = named_in(query, self._titles, self._codes)
        if asked is None or order == BY_WORDS:
            asked = None
            score = overlap + (NAME_BONUS * named.bonus(self.size) if order == BUILT_IN else 0)
        elif order == BY_MEANING:
            score = self._meaning(asked, overlap)
        else:
            score = self._blend(asked, overlap) + NAME_BONUS * named.bonus(self.size)
        best = int(score.argmax())
        rivals = self._rivals(score, best)
        margin = float(score[best] - score[rivals[0]]) if rivals else 1.0
        familiarity = 0.0
        if asked and best < len(asked.score):
            familiarity = float(asked.familiarity[best])
            verdict = by_meaning(familiarity, margin, *self._stage(best))
        else:
            record = self._records[best]
            verdict = by_words(query, {record.title, leaf(record.title), *record.alternatives}, float(overlap[best]))
        shown = np.clip(score - UNRELATED if asked else score, 0, 1)
        return _Look(score, shown, best, rivals, margin, familiarity, with_names(verdict, best, named), named, asked)

    def _several(self, query: str, before: Sequence[str], tongue: str, whole: _Look) -> list[_Look]:
        """Two or three looks where the question asks for several things and each has its answer in another record.

        A part that is unsure counts where the whole question says the same. Measured: of 14 such questions 13 instead of 6.
        """
        if whole.best in whole.named.titled:
            return []
        if len(whole.named.single) > 1 and not whole.named.missing:
            return [replace(whole, best=number) for number in whole.named.single[:3]]
        if pair := self._pair(whole):
            return pair
        parts = parts_of(query)
        if len(parts) < 2:
            return []
        first = self._look(parts[0], before if refers_back(query) else (), BUILT_IN, tongue)
        looks = [first]
        for part in parts[1:]:
            alone = self._look(part, (), BUILT_IN, tongue)
            looks.append(alone if alone.verdict == "answer" else self._look(part, [parts[0]], BUILT_IN, tongue))
        likely = set(np.argsort(-whole.score, kind="stable")[: len(parts) + 1].tolist())
        answered = all(
            look.verdict == "answer" or (look.familiarity >= SURE and look.best in likely) for look in looks
        )
        return looks if answered and len({look.best for look in looks}) == len(looks) else []

    def _pair(self, whole: _Look) -> list[_Look]:
        """Both of two records that are near to the question and ahead of the rest, where it cannot be told which is meant."""
        both = [whole.best, *whole.rivals[:1]]
        if whole.verdict != "unsure" or whole.named.literals or whole.asked is None or len(both) < 2:
            return []
        if max(both) >= len(whole.asked.score) or any(self._stage(number)[0] for number in both):
            return []
        lead = whole.score[both[1]] - whole.score[whole.rivals[1]] if len(whole.rivals) > 1 else 1.0
        sure = bool(whole.asked.familiarity[both].min() >= PAIR_SURE)
        return [replace(whole, best=number) for number in both] if sure and lead >= PAIR_LEAD else []

    def _ask(self, query: str, before: Sequence[str], tongue: str) -> Asked | None:
        """A question that stands for itself is asked alone, any other also together with the one before it."""
        if self._matrix is None:
            return None
        alone = self._matrix.compare(self._embedder.embed_queries([query]))
        asked = self._in_language(self._matrix.ask(alone), query, tongue)
        if not before or (_stands_alone(asked) and not refers_back(query)):
            return asked
        # "and to Norway?" after "and to Switzerland?": what that one leaned on is meant too
        together = " ".join([*(before if refers_back(before[-1]) else before[-1:]), query])
        both = alone + self._matrix.compare(self._embedder.embed_queries([together]))
        return self._in_language(self._matrix.ask(both), together, tongue)

    def _in_language(self, asked: Asked, query: str, tongue: str) -> Asked:
        return replace(asked, score=asked.score + self._languages.preference(len(asked.score), query, tongue))

    def _stage(self, best: int) -> tuple[bool, bool]:
        """Whether a record has its titles alone, and whether too many records have nothing yet."""
        known = self._matrix.size if self._matrix else 0
        return bool(self._matrix and self._matrix.titles_only[best]), self.size - known > MISSING * self.size

    def _meaning(self, asked: Asked, overlap: np.ndarray) -> np.ndarray:
        """Records without vectors come last, by their words."""
        low = float(asked.score.min())
        return np.concatenate([asked.score, low - 1 + overlap[len(asked.score) :]])

    def _blend(self, asked: Asked, overlap: np.ndarray) -> np.ndarray:
        """Records without vectors compete by their words, from the lowest to just above the highest semantic score."""
        low, high = float(asked.score.min()), float(asked.score.max()) + CLOSE_RACE / 2
        by_word = low + (high - low) * np.minimum(overlap[len(asked.score) :] / WORDS_FULL, 1)
        return np.concatenate([asked.score, by_word])

    def _rivals(self, score: np.ndarray, best: int) -> tuple[int, ...]:
        """The two best records that say something else than this one; a copy or translation of the same text is no rival."""
        others = score.copy()
        others[best] = -np.inf
        if self._matrix is not None and best < self._matrix.size:
            near = self._matrix.near(best)
            same = self._matrix.copies(best, near) | self._languages.translations(best, near)
            others[: self._matrix.size][same] = -np.inf
        order = np.argpartition(-others, min(2, len(others) - 1))[:2]
        return tuple(int(number) for number in order[np.argsort(-others[order])] if others[number] > -np.inf)

    def _related(self, answers: Sequence[int], asked: Asked | None) -> tuple[str, ...]:
        best = answers[0]
        if self._matrix is None or asked is None or best >= self._matrix.size:
            return ()
        near = self._matrix.near(best)
        order = self._matrix.related(best, asked, near)
        order = order[~self._languages.translations(best, near)[order] & ~np.isin(order, answers)][:RELATED]
        return tuple(dict.fromkeys(self._records[number].title for number in order))

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


def _coverage(query: str, text: str) -> float:
    asked = set(words(query))
    return len(asked & set(words(text))) / len(asked) if asked else 0.0
