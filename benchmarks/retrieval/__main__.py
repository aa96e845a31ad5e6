"""`python -m benchmarks.retrieval [--misses]`: how often the knowledge search is right, and when it refuses.

Once for each stage of embedding: with the titles of records alone, with their bodies too, and with everything.
"""

import csv
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from bots.importers import ImportedRecord, import_file
from bots.retrieval.embedder import EMBEDDER
from bots.retrieval.index import Index
from bots.retrieval.result import IndexRecord, SearchResult
from bots.retrieval.vectors import RecordVectors, embed_record, unpack_vectors

Stage = Literal["titles", "bodies", "all"]
HERE = Path(__file__).parent
OFF_TOPIC = {"offtopic", "heldout"}  # the held-out ones were written after the background topics were chosen


@cache
def embedded(path: Path) -> list[tuple[ImportedRecord, bytes]]:
    """The records of one corpus file with all their vectors."""
    records = import_file(path.name, path.read_bytes(), f"/{path.stem}").records
    return [(record, embed_record(record.title, record.text, (), EMBEDDER)) for record in records]


def build(path: Path, stage: Stage = "all") -> Index:
    """An index over one corpus file, as it is after a stage of embedding."""
    return Index((_at(stage, record, vectors) for record, vectors in embedded(path)), EMBEDDER)


def _at(stage: Stage, record: ImportedRecord, packed: bytes) -> IndexRecord:
    whole = unpack_vectors(packed, EMBEDDER.name)
    assert whole is not None
    nothing = whole.body[:0]
    body = nothing if stage == "titles" else whole.body
    sentences = whole.sentences if stage == "all" else nothing
    partial = RecordVectors(whole.titles, body, sentences)
    return IndexRecord(record.url, record.title, record.text, record.url, partial=partial)


def outcome(row: dict[str, str], found: SearchResult) -> str:
    """What became of a question, in one word."""
    if row["kind"] in OFF_TOPIC:
        return {"answer": "answered", "unsure": "offered", "unknown": "refused"}[found.verdict]
    rank = next((n for n, p in enumerate(found.passages) if p.url.endswith("#" + row["expected"])), 99)
    if found.verdict == "answer":
        return "right" if rank == 0 else "wrong"
    if found.verdict == "unsure":
        return "offered" if rank < 3 else "offered-without"
    return "refused"


@dataclass
class Report:
    """Counts over all questions: ranks of the right record, outcomes by kind, and one line for each that went wrong."""

    ranks: Counter[str] = field(default_factory=Counter)
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)

    def rate(self, rank: str) -> float:
        """Share of the questions on the subject whose record came "first", or among the first three ("third")."""
        return self.ranks[rank] / self.ranks["asked"]

    def count(self, result: str, off_topic: bool) -> int:
        """How many questions on or off the subject ended like this."""
        return sum(n[result] for kind, n in self.outcomes.items() if (kind in OFF_TOPIC) == off_topic)


def evaluate(stage: Stage = "all") -> Report:
    """Ask all questions; some five seconds of CPU the first time."""
    indexes = {path.stem: build(path, stage) for path in sorted((HERE / "corpus").glob("*.md"))}
    with (HERE / "questions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    report = Report()
    for row in rows:
        found = indexes[row["corpus"]].search(row["question"], previous=row["previous"])
        result = outcome(row, found)
        report.outcomes.setdefault(row["kind"], Counter())[result] += 1
        if row["kind"] not in OFF_TOPIC:
            slugs = [passage.url.rsplit("#", 1)[1] for passage in found.passages]
            report.ranks.update(
                asked=1, first=slugs[:1] == [row["expected"]], third=row["expected"] in slugs[:3]
            )
        if result != ("refused" if row["kind"] in OFF_TOPIC else "right"):
            report.misses.append(
                f"{result:16}{row['kind']:11}{found.familiarity:6.2f}{found.margin:7.3f}{found.coverage:5.2f}  "
                f"{row['corpus']}: {row['question']} -> {found.suggestions[0]}"
            )
    return report


def main() -> None:
    """Print for each stage the rates, then one line a kind of question, with `--misses` each miss first."""
    for stage in get_args(Stage):
        report = evaluate(stage)
        if "--misses" in sys.argv:
            print(*report.misses, sep="\n")
        print(
            f"{stage}: {report.ranks['asked']} questions on the subject: "
            f"hit@1 {report.rate('first'):.2f}, hit@3 {report.rate('third'):.2f}"
        )
        for kind, counts in report.outcomes.items():
            shown = ", ".join(f"{number} {name}" for name, number in counts.most_common())
            print(f"{kind:12}{counts.total():4}  {shown}")


if __name__ == "__main__":
    main()
