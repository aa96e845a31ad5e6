"""Searching a dataset."""

from collections.abc import Sequence

import numpy as np
import pytest

from bots.retrieval import scoring
from bots.retrieval.index import Index
from bots.retrieval.result import IndexRecord
from bots.retrieval.tests.embedders import WordEmbedder
from bots.retrieval.vectors import RecordVectors, embed_record, unpack_vectors

EMBEDDER = WordEmbedder()
RECORDS = {
    "Book › Colors": "Pick a theme. The accent sets the hue of buttons.",
    "Book › Sessions": "They expire after sixty minutes. See sessionDuration.",
    "Book › Backups": "Copy database plus folder nightly.",
    "Book › Widgets": "Paste our snippet before closing body.",
    "Book › Ports": "Change it with PORT, default eight thousand.",
}


def record(title: str, text: str, embedded: bool = True, alternatives: Sequence[str] = ()) -> IndexRecord:
    vectors = embed_record(title, text, alternatives, EMBEDDER) if embedded else b""
    return IndexRecord(title, title, text, f"/{title}", alternatives, vectors)


def index(embedded: bool = True, extra: Sequence[IndexRecord] = ()) -> Index:
    return Index([*(record(title, text, embedded) for title, text in RECORDS.items()), *extra], EMBEDDER)


def test_the_best_record_comes_first_and_is_trusted() -> None:
    found = index().search("theme hue of buttons")
    assert found.verdict == "answer"
    assert found.confident
    assert found.passages[0].title == "Book › Colors"
    assert found.passages[0].url == "/Book › Colors"
    assert found.margin > 0
    assert found.coverage == 1
    assert found.suggestions[0] == "Colors"


def test_take_bounds_the_passages() -> None:
    assert len(index().search("theme", take=2).passages) == 2
    assert len(index().search("theme", take=50).passages) == len(RECORDS)


def test_something_else_is_unknown_but_has_suggestions() -> None:
    found = index().search("giraffe")
    assert (found.verdict, found.confident) == ("unknown", False)
    assert len(found.suggestions) == 3


def test_two_equally_good_records_are_not_guessed_between() -> None:
    rivals = [record("Book › Left door", "Turn knob."), record("Book › Right door", "Push lever.")]
    found = index(extra=rivals).search("door")
    assert (found.verdict, found.answers) == ("answer", 2)
    assert {passage.title for passage in found.passages[:2]} == {"Book › Left door", "Book › Right door"}


def test_three_equally_good_records_are_offered() -> None:
    rivals = [record(f"Book › {side} door", f"Turn the {side} knob.") for side in ("Left", "Right", "Back")]
    found = index(extra=rivals).search("door")
    assert found.verdict == "unsure"
    assert set(found.suggestions) == {"Left door", "Right door", "Back door"}


def test_a_copy_of_the_answer_is_no_rival() -> None:
    copy = record("Readme › Colors", RECORDS["Book › Colors"])
    assert index(extra=[copy]).search("theme hue of buttons").verdict == "answer"


@pytest.mark.parametrize("question", ["Backups", "backups?", "Book › Backups", "Keeping copies"])
def test_a_title_or_alternative_as_question_is_always_answered(question: str) -> None:
    extra = record("Book › Safety", "Copies are good.", alternatives=["Keeping copies"])
    found = index(extra=[extra]).search(question)
    assert found.verdict == "answer"
    assert found.passages[0].title in {"Book › Backups", "Book › Safety"}


def test_what_to_read_next_is_near_the_answer_and_no_copy_of_it() -> None:
    extra = [
        record("Readme › Colors", RECORDS["Book › Colors"]),
        record("Book › Brands", "The accent of a brand. Pick it."),
    ]
    found = index(extra=extra).search("accent sets the hue of buttons")
    assert found.related[0] == "Book › Brands"
    assert not {"Book › Colors", "Readme › Colors"} & set(found.related)


def test_an_identifier_is_found_letter_by_letter() -> None:
    found = index().search("sessionduration?".replace("d", "D"))
    assert (found.verdict, found.passages[0].title) == ("answer", "Book › Sessions")


def catalog() -> Index:
    return index(
        extra=[
            record("Book › Pump GP-800", "A pump for beds. See bag GP-800-B."),
            record("Book › Pump GP-1200", "A pump for wells."),
            record("Book › Seals", "They fit GP-800 and XR-77."),
            record("Book › Valves", "They fit XR-77. The foot hangs low."),
        ]
    )


@pytest.mark.parametrize("question", ["GP-1200", "gp1200", "what is the gp 1200?", "Pump GP-1200"])
def test_a_code_is_met_however_it_is_written(question: str) -> None:
    found = catalog().search(question)
    assert (found.verdict, found.passages[0].title) == ("answer", "Book › Pump GP-1200")


def test_a_code_is_that_of_the_record_that_is_called_by_it() -> None:
    found = catalog().search("gp-800 thing")
    assert (found.verdict, found.passages[0].title) == ("answer", "Book › Pump GP-800")


def test_a_code_that_several_records_hold_is_not_guessed() -> None:
    found = catalog().search("XR-77")
    assert found.verdict == "unsure"
    assert set(found.suggestions[:2]) == {"Seals", "Valves"}


@pytest.mark.parametrize("question", ["theme hue of buttons XR-99", 'theme hue of buttons "in pink"'])
def test_what_names_something_that_is_nowhere_is_not_answered(question: str) -> None:
    assert catalog().search("theme hue of buttons").verdict == "answer"
    assert catalog().search(question).verdict != "answer"


def test_a_quoted_phrase_is_found_letter_by_letter() -> None:
    found = catalog().search('where is "the foot hangs"')
    assert (found.verdict, found.passages[0].title) == ("answer", "Book › Valves")


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("what are GP-1200 and GP-800?", ["Book › Pump GP-1200", "Book › Pump GP-800"]),
        ("which hue of buttons, and when do sessions expire?", ["Book › Colors", "Book › Sessions"]),
        ("when do sessions expire? Which accent hue?", ["Book › Sessions", "Book › Colors"]),
    ],
)
def test_a_question_for_two_things_gets_both(question: str, titles: list[str]) -> None:
    found = catalog().search(question)
    assert (found.verdict, found.answers) == ("answer", 2)
    assert [passage.title for passage in found.passages[:2]] == titles
    assert not set(titles) & set(found.related)
    assert catalog().search(question, take=1).answers == 1


def test_a_title_with_an_and_in_it_is_one_question() -> None:
    both = record("Book › Sessions expire and hue of buttons", "All of it.")
    found = index(extra=[both]).search("sessions expire and hue of buttons")
    assert (found.verdict, found.answers, found.passages[0].title) == ("answer", 1, both.title)


def test_a_title_in_another_inflection_is_answered() -> None:
    found = index(extra=[record("Book › Opening hours", "From nine.")]).search("Openings hours")
    assert (found.verdict, found.passages[0].title) == ("answer", "Book › Opening hours")


def bilingual() -> Index:
    # the words of both are the same to this embedder, so that only the language tells them apart
    shared = "Seeblick Waldsee 7:30"
    return Index(
        [
            record("Netz", f"{shared}: unser Netz, das wir nicht können."),
            record("Network", f"{shared}: our network, that they could must."),
            record("Andere", "Ganz anderes und nichts, wenn wir wollen."),
            record("Others", "Other things that they would have."),
        ],
        EMBEDDER,
    )


@pytest.mark.parametrize(
    ("question", "language", "title"),
    [
        ("was ist Seeblick Waldsee", "en", "Netz"),
        ("what is Seeblick Waldsee", "de", "Network"),
        ("Seeblick Waldsee", "de-AT", "Netz"),
        ("Seeblick Waldsee", "en", "Network"),
    ],
)
def test_the_record_in_the_language_of_the_question_comes_first(question: str, language: str, title: str) -> None:
    assert bilingual().search(question, language=language).passages[0].title == title


def test_a_question_may_lean_on_one_that_leans_itself() -> None:
    chain = index().search("and theirs?", previous="when do sessions expire\nand which?")
    assert chain.passages[0].title == "Book › Sessions"


def test_of_many_records_the_sentences_of_the_nearest_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "ALL_AT_ONCE", 4)
    monkeypatch.setattr(scoring, "NEAREST", 3)
    found = index(extra=[record(f"Filler {n}", f"Nothing {n}.") for n in range(6)]).search("theme hue of buttons")
    assert (found.verdict, found.passages[0].title) == ("answer", "Book › Colors")


def test_a_follow_up_is_understood_by_the_question_before() -> None:
    alone = index().search("and how many?")
    assert alone.verdict == "unknown"
    together = index().search("and how many?", previous="when do sessions expire")
    assert together.passages[0].title == "Book › Sessions"


def test_a_new_topic_is_not_held_back_by_the_question_before() -> None:
    found = index().search("theme hue of buttons", previous="when do sessions expire")
    assert (found.verdict, found.passages[0].title) == ("answer", "Book › Colors")


def test_without_vectors_only_a_title_is_answered() -> None:
    lexical = index(embedded=False, extra=[record("Book › Opening hours", "From nine.", embedded=False)])
    assert lexical.search("Opening hours please").verdict == "answer"
    assert lexical.search("accent theme hue").verdict == "unsure"
    assert lexical.search("accent theme hue").suggestions[0] == "Colors"
    assert lexical.search("expire giraffe").verdict == "unsure"
    assert lexical.search("giraffe elephant").verdict == "unknown"


def staged(title: str, text: str, body: bool, alternatives: Sequence[str] = ()) -> IndexRecord:
    whole = unpack_vectors(embed_record(title, text, alternatives, EMBEDDER), EMBEDDER.name)
    assert whole is not None
    partial = RecordVectors(whole.titles, whole.body if body else whole.body[:0], whole.body[:0])
    return IndexRecord(title, title, text, f"/{title}", alternatives, partial=partial)


def test_titles_alone_find_a_record() -> None:
    extra = staged("Book › Opening hours", "From nine.", False, ["When does it open"])
    titles = Index([*(staged(title, text, False) for title, text in RECORDS.items()), extra], EMBEDDER)
    assert titles.search("when does the shop open").passages[0].title == "Book › Opening hours"
    assert titles.search("When does it open").verdict == "answer"
    assert titles.search("giraffe").verdict == "unknown"


def test_titles_alone_are_trusted_less() -> None:
    vague = "who says pick a theme and why"
    assert index().search(vague).verdict == "answer"
    titles = Index([staged(title, text, False) for title, text in RECORDS.items()], EMBEDDER)
    assert titles.search(vague).verdict != "answer"


def test_no_title_is_trusted_while_others_are_to_come() -> None:
    titles = [staged(title, text, False) for title, text in RECORDS.items()]
    waiting = [record(f"Later {n}", "Unknown.", embedded=False) for n in range(2)]
    assert Index(titles, EMBEDDER).search("colors book").verdict == "answer"
    assert Index([*titles, *waiting], EMBEDDER).search("colors book").verdict == "unsure"
    assert Index([*titles, *waiting], EMBEDDER).search("Colors").verdict == "answer"


def test_words_elsewhere_do_not_outdo_a_title_that_is_the_question() -> None:
    quoting = record("Book › Talk", "Somebody asked: Backups? Backups!", embedded=False)
    found = index(extra=[quoting]).search("Backups")
    assert (found.verdict, found.passages[0].title) == ("answer", "Book › Backups")


def test_records_of_all_stages_compete() -> None:
    found = index(extra=[staged("Book › Cookies", "None whatsoever are stored.", True)])
    assert found.search("cookies whatsoever stored").passages[0].title == "Book › Cookies"
    assert found.search("theme hue of buttons").verdict == "answer"


def test_a_record_without_vectors_is_found_among_others_that_have_them() -> None:
    found = index(extra=[record("Book › Cookies", "None whatsoever are stored.", embedded=False)])
    hit = found.search("cookies stored whatsoever")
    assert (hit.verdict, hit.passages[0].title) == ("unsure", "Book › Cookies")
    assert found.search("theme hue of buttons").passages[0].title == "Book › Colors"


def test_vectors_of_another_embedder_are_not_compared() -> None:
    stale = [IndexRecord("1", "Colors", "A theme.", "", (), b"\x01" * 100)]
    assert Index(stale, EMBEDDER).search("theme").passages[0].record_id == "1"


def test_another_full_text_search_may_take_the_place_of_ours() -> None:
    class Fixed:
        def __init__(self, texts: Sequence[str]):
            self.texts = texts

        def overlap(self, _query: str) -> np.ndarray:
            return np.array([float("backups" in text) for text in self.texts], np.float32)

    records = [record(title, text, embedded=False) for title, text in RECORDS.items()]
    assert Index(records, EMBEDDER, fallback=Fixed).search("anything").passages[0].title == "Book › Backups"


def test_no_records_is_empty_and_no_question_unknown() -> None:
    assert Index([], EMBEDDER).search("theme").verdict == "empty"
    assert index().search("  ").verdict == "unknown"


def test_one_record_can_answer() -> None:
    only = Index([record("Colors", "Pick a theme.")], EMBEDDER)
    assert only.search("pick a theme").verdict == "answer"
    assert only.search("giraffe").verdict == "unknown"


def test_odd_questions_do_no_harm() -> None:
    for question in ["?", "\0", "\ud83d", "🚀", "`", "x" * 40_000, "a\nb"]:
        index().search(question, previous=question)
