"""The demo's questions, asked of the real documentation with the real embedder."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bots.engines.base import HistoryItem, Text, Turn
from bots.engines.knowledge.engine import KnowledgeEngine
from bots.importers import import_file
from bots.retrieval.embedder import EMBEDDER
from bots.retrieval.index import Index
from bots.retrieval.result import IndexRecord, SearchResult
from bots.retrieval.vectors import RecordVectors, plan_record
from widgetplatform.site.docs import knowledge_pages
from widgetplatform.site.seeding import QUESTIONS

PUT = "/docs/embedding#put-the-widget-on-your-site"
WHO = "/docs/embedding#who-may-embed-a-widget"
LASTS = "/docs/widget-settings#sessionduration-how-long-a-session-lasts"


ANSWERED = [
    ("How do I put the widget on my site?", PUT),
    ("how can I put the widget onto my pages", PUT),
    ("Wie lange gilt eine Sitzung?", LASTS),
    ("wie lange ist meine Sitzung gültig", LASTS),
    ("who may embed it?", WHO),
    ("comment restreindre les origines ?", WHO),
]
REFUSED = [
    ("What is the capital of France?", "I don't know that"),
    ("Wie hoch ist der Eiffelturm?", "Das weiß ich nicht"),
]
# Records a question: texts of those that are far away by their titles and by their words, and sentences of those that are far away by
# title and text, cannot win it and cost a minute.
LIKELY_TEXTS = {"": 16, "lexical": 8}
LIKELY_SENTENCES = 8

pytestmark = pytest.mark.timeout(600)  # the documentation is embedded here, which takes half a minute of one core


@pytest.fixture(scope="session")
def records() -> list[IndexRecord]:
    """The demo's records with the vectors of titles and texts, and those of the sentences where they matter."""
    phrasings = json.loads(QUESTIONS.read_text())
    found = []
    for page in knowledge_pages():
        for item in import_file(Path(page.path).name, page.read_bytes(), page.url).records:
            others = phrasings.get(item.url, [])
            plan = plan_record(item.title, item.text, others)
            rows = EMBEDDER.embed_passages(plan.texts[: plan.titles])
            vectors = RecordVectors(rows, rows[:0], rows[:0])
            found.append(IndexRecord(item.url, item.title, item.text, item.url, others, partial=vectors))
    near = likely(found, LIKELY_TEXTS)
    found = [with_text(record) if record.record_id in near else record for record in found]
    near = likely(found, {"": LIKELY_SENTENCES})
    return [with_sentences(record) if record.record_id in near else record for record in found]


def likely(records: list[IndexRecord], most: dict[str, int]) -> set[str]:
    """The nearest records of each question, in each of these orders."""
    index = Index(records, EMBEDDER)
    searches = [(question, order, take) for question, _ in ANSWERED + REFUSED for order, take in most.items()]
    return {
        passage.record_id
        for question, order, take in searches
        for passage in index.search(question, order=order, take=take).passages
    }


def with_text(record: IndexRecord) -> IndexRecord:
    plan = plan_record(record.title, record.text, record.alternatives)
    assert record.partial is not None
    return replace(record, partial=replace(record.partial, body=EMBEDDER.embed_passages(plan.texts[plan.titles : plan.titles + 1])))


def with_sentences(record: IndexRecord) -> IndexRecord:
    plan = plan_record(record.title, record.text, record.alternatives)
    assert record.partial is not None
    return replace(record, partial=replace(record.partial, sentences=EMBEDDER.embed_passages(plan.texts[plan.titles + 1 :])))


def titles_only(record: IndexRecord) -> IndexRecord:
    assert record.partial is not None
    nothing = record.partial.body[:0]
    return replace(record, partial=RecordVectors(record.partial.titles, nothing, nothing))


@pytest.fixture(scope="session", params=["titles", "all"])
def index(request: pytest.FixtureRequest, records: list[IndexRecord]) -> Index:
    """As it is after some seconds, and when everything is embedded."""
    return Index(map(titles_only, records) if request.param == "titles" else records, EMBEDDER)


async def ask(index: Index, question: str) -> tuple[SearchResult, str]:
    """What the search finds and what the visitor reads."""
    results = []

    async def search(query: str, *, previous: str = "", take: int = 5, language: str = "") -> SearchResult:
        results.append(index.search(query, previous=previous, take=take))
        return results[-1]

    turn = Turn(history=(HistoryItem("user", question),), search=search)
    text = "".join([event.text async for event in KnowledgeEngine().reply(turn) if isinstance(event, Text)])
    return results[0], text


@pytest.mark.parametrize(("question", "url"), ANSWERED)
async def test_a_newcomers_question_gets_its_passage_and_next_questions(
    index: Index, question: str, url: str
) -> None:
    found, text = await ask(index, question)
    assert (found.verdict, found.passages[0].url) == ("answer", url)
    assert text.startswith(found.passages[0].text[:40])
    *_, last = text.strip().split("\n\n")
    assert 2 <= last.count("]()") <= 3


@pytest.mark.parametrize(("question", "says"), REFUSED)
async def test_what_is_off_the_subject_is_not_answered(index: Index, question: str, says: str) -> None:
    found, text = await ask(index, question)
    assert found.verdict == "unknown"
    assert text.startswith(says)


def test_every_phrasing_belongs_to_a_section(records: list[IndexRecord]) -> None:
    assert set(json.loads(QUESTIONS.read_text())) <= {record.url for record in records}
