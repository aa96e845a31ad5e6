"""`python -m benchmarks.retrieval [--misses]`: how often the knowledge search is right, and when it refuses."""

import csv
import sys
from collections import Counter
from pathlib import Path

from bots.importers import import_file
from bots.retrieval.embedder import EMBEDDER
from bots.retrieval.index import Index
from bots.retrieval.result import IndexRecord, SearchResult
from bots.retrieval.vectors import embed_record

HERE = Path(__file__).parent
OFF_TOPIC = {"offtopic", "heldout"}  # the held-out ones were written after the background topics were chosen


def build(path: Path) -> Index:
    """An index over one corpus file, embedded here and now."""
    records = import_file(path.name, path.read_bytes(), f"/{path.stem}").records
    return Index(
        (
            IndexRecord(r.url, r.title, r.text, r.url, (), embed_record(r.title, r.text, (), EMBEDDER))
            for r in records
        ),
        EMBEDDER,
    )


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


def main() -> None:
    """Print one line a kind of question."""
    indexes = {path.stem: build(path) for path in sorted((HERE / "corpus").glob("*.md"))}
    with (HERE / "questions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ranks: Counter[str] = Counter()
    outcomes: dict[str, Counter[str]] = {}
    for row in rows:
        found = indexes[row["corpus"]].search(row["question"], previous=row["previous"])
        result = outcome(row, found)
        outcomes.setdefault(row["kind"], Counter())[result] += 1
        if row["kind"] not in OFF_TOPIC:
            slugs = [passage.url.rsplit("#", 1)[1] for passage in found.passages]
            ranks.update(asked=1, first=slugs[:1] == [row["expected"]], third=row["expected"] in slugs[:3])
        if "--misses" in sys.argv and result not in {
            "right",
            "refused" if row["kind"] in OFF_TOPIC else "right",
        }:
            print(
                f"{result:16}{row['kind']:11}{found.familiarity:6.2f}{found.margin:7.3f}{found.coverage:5.2f}  "
                f"{row['corpus']}: {row['question']} -> {found.suggestions[0]}"
            )
    print(
        f"{len(rows)} questions, {ranks['asked']} of them on the subject: "
        f"hit@1 {ranks['first'] / ranks['asked']:.2f}, hit@3 {ranks['third'] / ranks['asked']:.2f}"
    )
    for kind, counts in outcomes.items():
        print(
            f"{kind:12}{sum(counts.values()):4}  "
            + ", ".join(f"{n} {name}" for name, n in counts.most_common())
        )


if __name__ == "__main__":
    main()
