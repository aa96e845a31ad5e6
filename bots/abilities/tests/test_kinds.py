"""Texts, searches, files and bots; which of them an ability is."""

from uuid import UUID

import pytest

from bots.abilities.base import RESULT_CHARACTERS, AbilitySpec
from bots.abilities.registry import KINDS, kind_of
from bots.abilities.tests.fakes import do
from bots.retrieval.result import Passage

FILE, BOT = UUID(int=1), UUID(int=2)
SEARCH = "Look it up.\n\n```search\ndocs\nhours of {{place}}\n```\n"


@pytest.mark.parametrize(
    ("instruction", "fields", "kind"),
    [
        ("", {}, "text"), ("Hello", {}, "text"), ("```fetched\n```", {}, "text"), ("", {"file_id": FILE}, "file"), ("", {"bot_id": BOT}, "bot"),
        ("", {"bot_id": BOT, "file_id": FILE}, "bot"), (SEARCH, {"bot_id": BOT}, "search"), ("```fetch\nhttps://a.b\n```", {"file_id": FILE}, "fetch"),
        ("```search \r\ndocs\r\n```", {}, "search"),
    ],
)  # fmt: skip
def test_kind(instruction, fields, kind):
    assert kind_of(AbilitySpec(instruction, **fields)) == kind
    assert kind in KINDS


async def test_text(tools):
    outcome = await do(tools, "Hello {{name}}, ${{ name }}", name="Vera")
    assert (outcome.result, outcome.error, outcome.messages, outcome.tokens) == ("Hello Vera, Vera", "", (), 0)
    assert (await do(tools, "")).result == ""
    assert (await do(tools, "Hello {{name}}")).error == "The argument “name” is missing"
    assert len((await do(tools, "{{x}}", x="a" * 60_000)).result) == RESULT_CHARACTERS + 1


async def test_search(tools):
    tools.passages["docs"] = (Passage("1", "Hours", "From nine.", "https://a.b", 0.51234567), Passage("2", "", "To five.", "", 0.1))
    outcome = await do(tools, SEARCH, place="the shop")
    assert tools.questions == [("docs", "hours of the shop")]
    assert outcome.result == [
        {"title": "Hours", "text": "From nine.", "source": "https://a.b", "score": 0.512346},
        {"text": "To five.", "score": 0.1},
    ]
    await do(tools, "```search\ndocs", input="parking")
    assert tools.questions[-1] == ("docs", "parking")


@pytest.mark.parametrize(
    ("instruction", "says"),
    [
        ("```search\n\n```", "The search names no dataset on its first line"),
        ("```search\nnothing\n```", "There is no such dataset: nothing"),
        (SEARCH, "The argument “place” is missing"),
    ],
)
async def test_search_refusals(tools, instruction, says):
    tools.passages["docs"] = ()
    outcome = await do(tools, instruction, input="x")
    assert (outcome.error, outcome.result) == (says, None)


async def test_file(tools):
    tools.texts[FILE] = "The menu: soup."
    assert (await do(tools, "ignored", file_id=FILE)).result == "The menu: soup."
    outcome = await do(tools, "For {{who}}: {{file}}", file_id=FILE, who="Vera", file="forged")
    assert outcome.result == "For Vera: The menu: soup."
    assert (await do(tools, "For {{who}}: {{file}}", file_id=FILE)).error == "The argument “who” is missing"


async def test_bot(tools):
    outcome = await do(tools, "Be short.", bot_id=BOT, input="Hello?")
    assert tools.questions == [(BOT, "Be short.", "Hello?")]
    assert (outcome.result, outcome.tokens) == ("You said: Hello?", 7)
    assert outcome.messages == ({"type": "user", "text": "Hello?"}, {"type": "bot", "text": "You said: Hello?"})
    await do(tools, "What about {{topic}}?", bot_id=BOT, topic="tea")
    assert tools.questions[-1] == (BOT, "", "What about tea?")
    assert (await do(tools, "Be short.", bot_id=BOT)).error == "The argument “input” is missing"
