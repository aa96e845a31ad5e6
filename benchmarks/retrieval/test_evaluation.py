"""The figures that are promised, and those that the search was tuned to, must not get worse unnoticed."""

import numpy as np
import pytest

from benchmarks.retrieval.corpora import CORPORA, embedded, questions
from benchmarks.retrieval.evaluation import GOALS, Report, evaluate
from benchmarks.retrieval.vectors import StoredEmbedder
from bots.retrieval.embedder import EMBEDDER


@pytest.fixture(scope="module")
def embedder() -> StoredEmbedder:
    return StoredEmbedder()


@pytest.fixture(scope="module")
def report(embedder: StoredEmbedder) -> Report:
    return evaluate(embedder)


def test_the_questions_are_many_and_name_sections_that_exist(embedder: StoredEmbedder) -> None:
    asked = questions()
    assert len(asked) >= 500
    assert {question.corpus for question in asked} == set(CORPORA)
    for corpus in CORPORA:
        sections = {record.url.rsplit("#", 1)[1] for record, _ in embedded(corpus, embedder)}
        expected = {name for q in asked if q.corpus == corpus for group in q.expected for name in group}
        assert expected <= sections


def test_the_stored_vectors_are_those_of_the_embedder(report: Report, embedder: StoredEmbedder) -> None:
    assert report.outcomes
    assert embedder.computed == [], "texts have changed: python -m benchmarks.retrieval stores their vectors"
    texts = [question.text for question in questions()[:: len(questions()) // 5]]
    assert (np.sum(embedder.embed_queries(texts) * EMBEDDER.embed_queries(texts), axis=1) > 0.998).all()


@pytest.mark.parametrize("split", ["dev", "held"])
def test_what_is_promised_is_kept(report: Report, split: str) -> None:
    figures = report.of(lambda question: question.split == split).figures()
    for name, goal in GOALS.items():
        assert figures[name] <= -goal if goal < 0 else figures[name] >= goal, f"{name}: {figures[name]:.3f}"


@pytest.mark.parametrize(
    ("name", "floor"),
    [("hit@1", 0.78), ("hit@3", 0.91), ("codes", 0.99), ("follow-ups", 0.86), ("off-topic refused", 0.82)],
)
def test_what_was_reached_is_kept(report: Report, name: str, floor: float) -> None:
    assert report.figures()[name] >= floor


@pytest.mark.parametrize(("name", "most"), [("wrong answers", 0.085), ("off-topic answered", 0.045), ("false refusals", 0.07)])
def test_hardly_anything_is_answered_wrongly_or_refused(report: Report, name: str, most: float) -> None:
    assert report.figures()[name] <= most


@pytest.mark.parametrize(("kind", "least"), [("qa", 1.0), ("identifier", 1.0), ("twin", 0.85), ("both", 0.8), ("newtopic", 0.85)])
def test_what_is_clearly_asked_is_answered(report: Report, kind: str, least: float) -> None:
    assert report.kind(kind).share("right") >= least


def test_a_code_that_is_in_no_record_is_never_answered(report: Report) -> None:
    assert report.kind("unknowncode").share("answered") == 0
