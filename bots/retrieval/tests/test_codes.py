"""Codes, identifiers and quoted phrases."""

import pytest

from bots.retrieval.codes import Codes

TITLES = ["Seal kit SK-12-040", "Seal kit SK-12-055", "Errors", "Numbers"]
TEXTS = [
    f"{TITLES[0]}\nFits GP-1200.",
    f"{TITLES[1]}\nFits GP-1200 and DW-750. Ask for copies of\nyour license.",
    "TOO_MANY_REQUESTS comes after sessionDuration; see window.chatWidget.instance. 16 mm, 30mm, 7:30 and eVB.",
    "Call 116 116 or 0800 554 900. Order 4711-30, form GewA 3.",
]
CODES = Codes(TITLES, TEXTS, [" ".join(text.casefold().split()) for text in TEXTS])


@pytest.mark.parametrize(
    ("question", "holder"),
    [
        ("SK-12-040", 0),
        ("sk12040 please", 0),
        ("price of the sk 12 055?", 1),
        ("dw 750", 1),
        ("what is TOO_MANY_REQUESTS?", 2),
        ("sessionDuration", 2),
        ("sessionduration", 2),
        ("window.chatWidget", 2),
        ("was ist eine eVB", 2),
        ("471130", 3),
        ("number 4711 30.", 3),
        ("116116", 3),
        ("0800 554900", 3),
        ("gewa 3", 3),
        ('where is "copies of your license"', 1),
        ("where is „copies of your license“", 1),
    ],
)
def test_a_literal_is_found_in_the_one_record_that_holds_it(question: str, holder: int) -> None:
    (found,) = CODES.find(question)
    assert found.best == (holder,)


def test_what_several_hold_names_them_all() -> None:
    (found,) = CODES.find("gp-1200")
    assert (found.titled, found.holders) == ((), (0, 1))


def test_two_codes_are_two_literals() -> None:
    assert [literal.text for literal in CODES.find("SK-12-040 or SK-12-055?")] == ["sk12040", "sk12055"]


def test_a_table_of_numbers_is_read_in_no_time() -> None:
    table = " ".join(map(str, range(100_000, 120_000)))
    (found,) = Codes(["Table"], [table], [table]).find("100007")
    assert found.best == (0,)


@pytest.mark.parametrize("question", ["GP-9999", "sk 12 040 XR77", '"no such words"'])
def test_what_looks_like_a_code_and_is_nowhere_is_known_to_be_missing(question: str) -> None:
    assert any(not literal.holders for literal in CODES.find(question))


@pytest.mark.parametrize(
    "question",
    ["Who won in 2014?", "What is the capital of France?", "open at 7:30", "I am 1.80 m tall", "30mm", "on the 5th", "session duration", ""],
)
def test_words_numbers_and_measures_are_no_codes(question: str) -> None:
    assert CODES.find(question) == []
