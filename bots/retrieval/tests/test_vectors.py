"""Which texts are embedded, and how vectors are packed."""

import numpy as np
import pytest

from bots.retrieval.tests.embedders import WordEmbedder
from bots.retrieval.vectors import embed_record, is_current, pack_vectors, plan_record, unpack_vectors


def test_a_plan_holds_titles_then_body_then_sentences() -> None:
    plan = plan_record("Handbook › Colors", "Choose **one**. Or two.", ["Which hue?", " "])
    assert plan.texts == (
        "Colors",
        "Handbook › Colors",
        "Which hue?",
        "Colors\nChoose one. Or two.",
        "Colors\nChoose one.",
        "Colors\nOr two.",
        "Which hue?",
    )
    assert plan.titles == 3


def test_a_plan_is_bounded() -> None:
    plan = plan_record("T", "Word word word. " * 500, [f"alternative {n}" for n in range(100)])
    assert len(plan.texts) == 24 + 1 + 12 + 23
    assert max(map(len, plan.texts)) <= 1010


def test_a_record_without_title_is_called_by_its_text() -> None:
    assert plan_record("", "Closed on Sundays.").texts[0] == "Closed on Sundays."
    assert plan_record("", "", [" ", "Hours"]).texts == ("Hours", "\n", "Hours")
    assert plan_record("", "").texts[0] == "-"


def test_packed_vectors_come_back_in_their_parts() -> None:
    plan = plan_record("Colors", "Choose one. Or two.", ["Which hue?"])
    vectors = np.eye(len(plan.texts), 8, dtype=np.float32)
    found = unpack_vectors(pack_vectors(plan, vectors, "words"), "words")
    assert found is not None
    assert np.array_equal(np.vstack([found.titles, found.body, found.sentences]), vectors)
    assert (len(found.titles), len(found.body), len(found.sentences)) == (2, 1, 3)
    assert found.body.dtype == np.float32


def test_half_precision_is_precise_enough() -> None:
    embedder = WordEmbedder()
    found = unpack_vectors(embed_record("Colors", "Choose one.", [], embedder), embedder.name)
    assert found is not None
    assert np.allclose(np.linalg.norm(found.titles, axis=1), 1, atol=1e-3)


@pytest.mark.parametrize("data", [None, b"", b"\x01", b"x" * 500])
def test_missing_or_damaged_vectors_are_none(data: bytes | None) -> None:
    assert unpack_vectors(data, "words") is None


def test_a_cut_block_or_another_embedder_is_none() -> None:
    data = embed_record("Colors", "Choose one.", [], WordEmbedder())
    assert unpack_vectors(data[:-1], "words") is None
    assert unpack_vectors(data, "other") is None


def test_vectors_are_current_until_a_text_changes() -> None:
    data = embed_record("Colors", "Choose one.", [], WordEmbedder())
    assert is_current(data, plan_record("Colors", "Choose one."), "words")
    assert is_current(
        memoryview(data), plan_record("Colors", "Choose **one**."), "words"
    )  # the words are the same
    assert not is_current(data, plan_record("Colors", "Choose two."), "words")
    assert not is_current(data, plan_record("Colors", "Choose one.", ["Hue?"]), "words")
    assert not is_current(data, plan_record("Colors", "Choose one."), "other")
    assert not is_current(None, plan_record("Colors", "Choose one."), "words")


def test_the_number_of_vectors_must_fit() -> None:
    with pytest.raises(ValueError, match="expected 3 rows"):
        pack_vectors(plan_record("A", "B."), np.zeros((2, 4), np.float32), "words")
