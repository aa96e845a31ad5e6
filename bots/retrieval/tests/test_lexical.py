"""Words."""

import pytest

from bots.retrieval.lexical import Lexical, words


def test_inflections_and_case_agree() -> None:
    assert words("Embedding EMBEDDED") == ["embed", "embed"]


def test_scripts_without_spaces_are_cut_into_pairs() -> None:
    assert words("安装小部件") == ["安装", "装小", "小部", "部件"]


def test_overlap_is_the_weighted_share_of_the_question() -> None:
    lexical = Lexical(["the color of the widget", "the port of the server", "the end"])
    color, port, end = lexical.overlap("the color")
    assert color == pytest.approx(1)
    assert port == end < 0.4


def test_nothing_overlaps_with_nothing() -> None:
    assert Lexical(["a b"]).overlap("?!").tolist() == [0]
    assert Lexical([]).overlap("word").tolist() == []
