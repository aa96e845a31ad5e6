"""Asking all questions, and what became of them."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bots.engines.knowledge.conversation import context_of
from bots.retrieval.embedder import Embedder
from bots.retrieval.result import SearchResult

from .corpora import CORPORA, Question, Stage, build, questions

OFFERED = 3  # titles as buttons
GOALS = {  # the least; negative: the most
    "hit@1": 0.75, "hit@3": 0.85, "codes": 0.97, "follow-ups": 0.80, "off-topic refused": 0.65, "false refusals": -0.10,
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """One question: what was found, and in one word what became of it."""

    question: Question
    found: SearchResult

    @property
    def sections(self) -> list[str]:
        """The sections found, best first."""
        return [passage.url.rsplit("#", 1)[1] for passage in self.found.passages]

    def within(self, places: int) -> bool:
        """Whether everything that was asked for is among the first `places` (as many more as there are things asked for)."""
        seen = set(self.sections[: places - 1 + len(self.question.expected)])
        return all(group & seen for group in self.question.expected)

    @property
    def word(self) -> str:
        """right, wrong, offered, offered-without or refused; off the subject answered, offered or refused."""
        verdict = self.found.verdict
        if self.question.off_topic:
            return {"answer": "answered", "unsure": "offered"}.get(verdict, "refused")
        if verdict == "answer":
            given = set(self.sections[: self.found.answers])
            return "right" if all(group & given for group in self.question.expected) else "wrong"
        if verdict == "unsure":
            return "offered" if any(g & set(self.sections[:OFFERED]) for g in self.question.expected) else "offered-without"
        return "refused"

    @property
    def good(self) -> bool:
        """Whether nothing could be better."""
        return self.word == ("refused" if self.question.off_topic else "right")


@dataclass(frozen=True)
class Report:
    """Shares over a set of outcomes."""

    outcomes: list[Outcome] = field(default_factory=list)

    def of(self, test: Callable[[Question], bool]) -> "Report":
        """The outcomes of some questions only."""
        return Report([outcome for outcome in self.outcomes if test(outcome.question)])

    @property
    def on_topic(self) -> "Report":
        """Of the questions that have an answer."""
        return self.of(lambda question: not question.off_topic)

    @property
    def off_topic(self) -> "Report":
        """Of the questions that have none."""
        return self.of(lambda question: question.off_topic)

    def kind(self, *kinds: str) -> "Report":
        """Of the questions of these kinds."""
        return self.of(lambda question: question.kind in kinds)

    def words(self) -> Counter[str]:
        """How many there are of each outcome."""
        return Counter(outcome.word for outcome in self.outcomes)

    def share(self, *words: str) -> float:
        """The share of these outcomes."""
        return sum(self.words()[word] for word in words) / max(len(self.outcomes), 1)

    def hit(self, places: int) -> float:
        """The share of questions on the subject with the right record among the first places."""
        asked = self.on_topic.outcomes
        return sum(outcome.within(places) for outcome in asked) / max(len(asked), 1)

    def figures(self) -> dict[str, float]:
        """The figures that are promised, by name."""
        asked = self.on_topic
        return {
            "hit@1": self.hit(1),
            "hit@3": self.hit(3),
            "codes": self.kind("identifier").hit(1),
            "follow-ups": self.kind("followup").hit(1),
            "off-topic refused": self.off_topic.share("refused"),
            "false refusals": asked.share("refused", "offered-without"),
            "wrong answers": asked.share("wrong"),
            "off-topic answered": self.off_topic.share("answered"),
        }


def evaluate(embedder: Embedder, stage: Stage = "all", asked: Iterable[Question] | None = None) -> Report:
    """Ask the questions, all where none are given."""
    chosen = list(questions() if asked is None else asked)
    indexes = {corpus: build(corpus, embedder, stage) for corpus in CORPORA if any(q.corpus == corpus for q in chosen)}
    return Report([
        Outcome(question, indexes[question.corpus].search(question.text, previous=context_of(question.earlier)))
        for question in chosen
    ])
