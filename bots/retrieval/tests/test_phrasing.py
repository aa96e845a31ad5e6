"""What the words of a question tell."""

import pytest

from bots.retrieval.phrasing import parts_of, refers_back


@pytest.mark.parametrize("question", ["and to Norway?", "und wenn es regnet?", "What about larger ones there?", "how much does it cost", "by phone?"])
def test_a_question_may_refer_back(question: str) -> None:
    assert refers_back(question)


@pytest.mark.parametrize("question", ["How do I make a backup?", "Wie melde ich einen Hund an?", "Android phones and tablets supported"])
def test_a_question_may_stand_for_itself(question: str) -> None:
    assert not refers_back(question)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("How do I pay and how long is the warranty?", ["How do I pay", "how long is the warranty?"]),
        ("Do you ship to Austria? And can I return goods?", ["Do you ship to Austria?", "And can I return goods?"]),
        ("how do I make a backup?", ["how do I make a backup?"]),
        ("bread and butter", ["bread and butter"]),
        ("a b and c d and e f and g h", ["a b and c d and e f and g h"]),
        ("?!", ["?!"]),
    ],
)
def test_a_question_is_cut_where_it_asks_several_things(question: str, parts: list[str]) -> None:
    assert parts_of(question) == parts
