"""Passages of the dataset, and which of them an answer names."""

import pytest

from bots.engines.base import Activity, HistoryItem, Source, Sources, Text
from bots.engines.providers.tests.runs import prompts, run, searching
from tests.support.provider import Provider
from tests.support.provider_wire import Answer

TEXTS = ("Norway takes 5 days.", "Returns are free.", "We open at 9.")


async def test_passages_are_told_and_those_named_are_sources(provider: Provider) -> None:
    provider.script(Answer("To Norway it takes 5 days [3]. Returns are free [2][3]."))
    search = searching(*TEXTS, instruction="Mention the sale.")
    said = (("user", "Hello"), ("bot", "Hi"), ("user", "Do you ship?"), ("bot", "Yes."), ("user", "Norway?"))
    reply = await run(provider, search=search, language="de", history=tuple(HistoryItem(*item) for item in said))  # type: ignore[arg-type]
    assert search.asked == [("Norway?", "Do you ship?", "de")]
    question = prompts(provider)[-1][1]
    assert '<passage number="1" title="T1">\nNorway takes 5 days.\n</passage>' in question
    assert prompts(provider)[0][1].endswith("\n\nMention the sale.")
    assert reply.text == "To Norway it takes 5 days [1]. Returns are free [2][1]."
    assert reply.of(Sources) == [Sources((Source("T3", "https://shop.example/3"), Source("T2", "https://shop.example/2")))]
    assert reply.of(Activity) == [
        Activity("search", "knowledge", "Norway?", done=False), Activity("search", "knowledge", "Norway?", done=True),
    ]  # fmt: skip
    assert isinstance(reply.events[-2], Sources)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("A [2, 1].", "A [1][2]."),
        ("A [9]. B [0] [2].", "A. B [1]."),
        ("A【2†source】.", "A[1]."),
        ("A [^3].", "A [1]."),
        ("`a[1]` and\n\n```\nb[2]\n```\n\nC [3].", "`a[1]` and\n\n```\nb[2]\n```\n\nC [1]."),
        ("[1](https://a.example) and [2]()", "[1](https://a.example) and [2]()"),
        ("A [1", "A [1"),
        ("A [x] [note]", "A [x] [note]"),
    ],
)
async def test_however_it_is_cut(provider: Provider, said: str, shown: str) -> None:
    for size in (1, 2, 3, 5, len(said)):
        provider.script(Answer(pieces=[said[start : start + size] for start in range(0, len(said), size)]))
        reply = await run(provider, search=searching(*TEXTS))
        assert reply.text == shown, size


async def test_nothing_named_is_no_source(provider: Provider) -> None:
    provider.script(Answer("I do not know that [7]."))
    reply = await run(provider, search=searching(*TEXTS))
    assert reply.text == "I do not know that."
    assert not reply.of(Sources)


async def test_a_bot_without_a_dataset_says_what_it_likes(provider: Provider) -> None:
    provider.script(Answer("Take list[1] as [1]."))
    reply = await run(provider)
    assert reply.text == "Take list[1] as [1]."
    assert "passages of the operator" not in prompts(provider)[0][1].lower()


@pytest.mark.parametrize("said", ["Hello!", "Thank you", "Tschüss"])
async def test_small_talk_is_not_looked_up(provider: Provider, said: str) -> None:
    search = searching(*TEXTS)
    reply = await run(provider, search=search, history=(HistoryItem("user", said),))
    assert (reply.end, search.asked, reply.of(Activity)) == ("stop", [], [])


async def test_nothing_found(provider: Provider) -> None:
    assert (await run(provider, search=searching())).end == "stop"
    assert "No passage was found." in prompts(provider)[-1][1]


async def test_passages_keep_to_their_budget(provider: Provider) -> None:
    await run(provider, "openai:gpt-test/context=4000", search=searching(*("word " * 700 for _ in range(5))))
    question = prompts(provider)[-1][1]
    assert question.count("<passage ") == 1
    await run(provider, search=searching("word " * 20_000, "Second."))
    assert 3_900 < len(prompts(provider, 1)[-1][1]) < 5_000


async def test_a_search_that_fails_is_noted_and_the_reply_goes_on(provider: Provider) -> None:
    reply = await run(provider, search=searching(error=OSError("host db.internal")))
    assert reply.end == "stop"
    assert reply.notes == [{"search": {"error": "The dataset could not be searched (OSError)."}}]
    assert [activity.done for activity in reply.of(Activity)] == [False, True]


async def test_text_is_not_held_back_for_nothing(provider: Provider) -> None:
    provider.script(Answer(pieces=["One", " two", " three [1]", " four"]))
    reply = await run(provider, search=searching(*TEXTS))
    assert reply.of(Text, "text")[:2] == ["One", " two"]
