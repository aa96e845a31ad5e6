"""What a caller sees when the embedded engine does not know: a complete reply with the code `unknown`, which opens the way to a person."""

import asyncio

import pytest

from tests.support.sites import Site

KNOWN, UNKNOWN = "Within how many days may parcels be returned?", "What is the capital of France?"


async def bot(site: Site, operator: str) -> str:
    dataset = (await site.call("POST", "dataset/create", operator, json={"name": "Shop"})).json()["id"]
    record = {"text": "Parcels may be returned within 30 days."}
    (await site.call("POST", f"dataset/{dataset}/record/create", operator, json=record)).raise_for_status()
    body = {"name": "Guide", "model": "knowledge", "datasetId": dataset}
    made: str = (await site.call("POST", "bot/create", operator, json=body)).json()["id"]
    return made


@pytest.mark.parametrize(("question", "code"), [(UNKNOWN, "unknown"), (KNOWN, None)])
async def test_the_row_of_a_reply_says_that_nothing_is_known(site: Site, question: str, code: str | None) -> None:
    operator = await asyncio.to_thread(site.token)
    body = {"botId": await bot(site, operator)}
    widget = (await site.call("POST", "integration/widget/create", operator, json=body)).json()["id"]
    session = await site.session(widget)
    async with site.tab(session) as tab:
        row = await tab.ask(question)
    assert (row["status"], row.get("code") or None) == ("done", code)
    path = f"conversation/{session['conversationId']}/complete"
    headers = {"origin": site.first.url}
    reply = (await site.call("POST", path, session["token"], json={"text": question}, headers=headers)).json()
    assert (reply["status"], reply.get("code"), reply["end"]) == ("done", code, {"reason": "stop"})


async def test_a_reply_that_is_not_stored_ends_as_any_other(site: Site) -> None:
    operator = await asyncio.to_thread(site.token)
    body = {"botId": await bot(site, operator), "messages": [{"type": "user", "text": UNKNOWN}]}
    reply = (await site.call("POST", "conversation/complete", operator, json=body)).json()
    assert reply["end"] == {"reason": "stop"}
    assert "code" not in reply
