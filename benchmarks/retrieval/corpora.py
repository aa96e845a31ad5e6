"""The corpora and the questions of the evaluation."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from bots.importers import ImportedRecord, import_file
from bots.retrieval.embedder import Embedder
from bots.retrieval.index import Index
from bots.retrieval.result import IndexRecord
from bots.retrieval.vectors import RecordVectors, embed_record, unpack_vectors

Stage = Literal["titles", "bodies", "all"]
HERE = Path(__file__).parent
CORPORA = {path.stem: path for path in sorted((HERE / "corpus").iterdir())}


@dataclass(frozen=True)
class Question:
    """`expected` holds groups of sections: one of each group has to be found. `earlier` are the visitor's messages before it."""

    corpus: str
    split: str
    kind: str
    text: str
    earlier: tuple[str, ...]
    expected: tuple[frozenset[str], ...]

    @property
    def off_topic(self) -> bool:
        """Whether nothing of the corpus answers it."""
        return not self.expected


def questions() -> list[Question]:
    """All of them, in the file's order."""
    with (HERE / "questions.csv").open(encoding="utf-8", newline="") as file:
        return [
            Question(
                row["corpus"],
                row["split"],
                row["kind"],
                row["question"],
                tuple(filter(None, row["previous"].split(" / "))),
                tuple(frozenset(group.split()) for group in row["expected"].split("+") if group),
            )
            for row in csv.DictReader(file)
        ]


@cache
def embedded(corpus: str, embedder: Embedder) -> list[tuple[ImportedRecord, bytes]]:
    """The records of a corpus with all their vectors."""
    path = CORPORA[corpus]
    records = import_file(path.name, path.read_bytes(), f"/{corpus}").records
    return [(record, embed_record(record.title, record.text, record.alternatives, embedder)) for record in records]


def build(corpus: str, embedder: Embedder, stage: Stage = "all") -> Index:
    """An index over a corpus, as it is after a stage of embedding."""
    return Index((_at(stage, record, vectors, embedder) for record, vectors in embedded(corpus, embedder)), embedder)


def _at(stage: Stage, record: ImportedRecord, packed: bytes, embedder: Embedder) -> IndexRecord:
    whole = unpack_vectors(packed, embedder.name)
    assert whole is not None
    nothing = whole.body[:0]
    body = nothing if stage == "titles" else whole.body
    sentences = whole.sentences if stage == "all" else nothing
    partial = RecordVectors(whole.titles, body, sentences)
    return IndexRecord(record.url, record.title, record.text, record.url, record.alternatives, partial=partial)
