"""The embedded model, and the verdicts that were calibrated with it."""

from pathlib import Path

import numpy as np
import pytest

from bots.importers import import_file
from bots.retrieval.embedder import EMBEDDER
from bots.retrieval.index import Index
from bots.retrieval.result import IndexRecord
from bots.retrieval.vectors import embed_record, leaf

TEXT = Path(__file__).parent / "handbook.md"


@pytest.fixture(scope="module")
def index() -> Index:
    records = import_file(TEXT.name, TEXT.read_bytes()).records
    return Index(
        [
            IndexRecord(r.title, r.title, r.text, "", (), embed_record(r.title, r.text, (), EMBEDDER))
            for r in records
        ],
        EMBEDDER,
    )


def test_rows_are_normalized_float32() -> None:
    rows = EMBEDDER.embed_passages(["one", "two\0three", "half \ud83d pair", ""])
    assert (rows.shape, rows.dtype) == ((4, 384), np.float32)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    assert EMBEDDER.embed_passages([]).shape == EMBEDDER.embed_queries([]).shape == (0, 384)


def test_questions_and_passages_are_embedded_differently() -> None:
    assert not np.allclose(EMBEDDER.embed_queries(["color"]), EMBEDDER.embed_passages(["color"]))


def test_the_same_question_has_the_same_vector() -> None:
    first, again = EMBEDDER.embed_queries(["color", "color"])
    assert np.array_equal(first, again)


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("How do I put the widget on my site?", "Put the widget on your page"),
        ("Wie lange gilt eine Sitzung?", "How long a session lasts"),
        ("who may embed it?", "Which sites may embed it"),
        ("¿Cómo cambio el color?", "Colors and themes"),
        ("Werden Cookies gesetzt?", "Privacy and cookies"),
    ],
)
def test_questions_in_any_language_are_answered(index: Index, question: str, title: str) -> None:
    found = index.search(question)
    assert (found.verdict, found.suggestions[0]) == ("answer", title)


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of France?",
        "Wer gewann die WM 2014?",
        "tell me a joke about cats",
        "what's the weather",
        "Wann wurde die Berliner Mauer gebaut?",
        "do I need a visa for India?",
    ],
)
def test_other_subjects_are_refused(index: Index, question: str) -> None:
    assert index.search(question).verdict == "unknown"


def test_an_alternative_wins_the_question_that_it_was_written_for() -> None:
    records = import_file(TEXT.name, TEXT.read_bytes()).records
    alternatives = {"Which sites may embed it": ["restreindre les origines"]}

    def indexed(others: dict[str, list[str]]) -> Index:
        return Index(
            [
                IndexRecord(r.title, r.title, r.text, "", also, embed_record(r.title, r.text, also, EMBEDDER))
                for r in records
                for also in [others.get(leaf(r.title), [])]
            ],
            EMBEDDER,
        )

    question = "comment restreindre les origines ?"
    assert indexed({}).search(question).suggestions[0] != "Which sites may embed it"
    found = indexed(alternatives).search(question)
    assert (found.verdict, found.suggestions[0]) == ("answer", "Which sites may embed it")
