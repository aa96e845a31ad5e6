"""What a dataset's options leave of an answer of several passages."""

import pytest

from bots.retrieval.narrowing import SearchOptions, narrow
from bots.retrieval.result import Passage, SearchResult, Verdict

FOUND = SearchResult(
    tuple(Passage(str(number), f"Title {number}", "word " * 40, "", 0.9 - number / 10) for number in range(4)),
    "answer",
    answers=2,
    related=("Title 3",),
)


@pytest.mark.parametrize(
    ("options", "take", "among", "kept", "answers", "verdict"),
    [
        (SearchOptions(), 4, None, "0123", 2, "answer"),
        (SearchOptions(), 3, None, "012", 2, "answer"),
        (SearchOptions(min_score=0.85), 4, None, "0", 1, "answer"),
        (SearchOptions(max_tokens=60), 4, None, "0", 1, "answer"),
        (SearchOptions(), 4, {"0", "2"}, "02", 1, "answer"),
        (SearchOptions(), 4, {"1", "2"}, "12", 1, "unsure"),
    ],
)
def test_no_more_passages_answer_than_are_left(
    options: SearchOptions, take: int, among: set[str] | None, kept: str, answers: int, verdict: Verdict
) -> None:
    narrowed = narrow(FOUND, options, take, among)
    assert "".join(passage.record_id for passage in narrowed.passages) == kept
    assert (narrowed.answers, narrowed.verdict) == (answers, verdict)


def test_where_nothing_is_left_nothing_is_known() -> None:
    narrowed = narrow(FOUND, SearchOptions(min_score=1.0), 4)
    assert (narrowed.passages, narrowed.verdict) == ((), "unknown")
