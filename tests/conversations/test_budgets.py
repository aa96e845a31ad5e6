"""A budget that is used up ends replies of language models with a code; the conversation and everything else go on."""

import asyncio
import uuid
from typing import Any

import httpx
import pytest

from tests.support.provider import Answer, Provider
from tests.support.sites import Site

SPENT = Answer("Hello there.", usage=(300, 40))


@pytest.fixture
def model(provider: Provider) -> str:
    """A model of the stand-in, whose provider ``operator`` makes."""
    provider.default = SPENT
    return "house:gpt-test"


async def operator(site: Site, provider: Provider, **bounds: int) -> tuple[str, str]:
    """The name and token of a new administrator with these bounds and a provider in this network."""
    name = f"payer-{uuid.uuid4().hex[:8]}"
    await site.shell(f"""
from django.contrib.auth.models import User
from bots import vault
payer = User.objects.create_superuser({name!r})
vault.create_provider(payer, alias="house", base_url={provider.url!r}, new_key={provider.key!r})
Budget.objects.create(owner=payer, **{bounds!r})""")
    return name, await asyncio.to_thread(site.token, name)


async def widget(site: Site, token: str, model: str) -> str:
    """A widget of this operator whose bot has the model."""
    bot = await site.call("POST", "bot/create", token, json={"model": model})
    made = await site.call("POST", "integration/widget/create", token, json={"botId": bot.json()["id"]})
    return str(made.raise_for_status().json()["id"])


async def ask(site: Site, session: dict[str, Any], second: bool = False) -> dict[str, Any]:
    """The reply's row after a message, sent through one of the doors."""
    server = site.second if second else site.first
    answer = await site.call(
        "POST", f"conversation/{session['conversationId']}/complete", session["token"], server, json={"text": "Hi"},
        headers={"origin": site.first.url},
    )  # fmt: skip
    assert answer.status_code == httpx.codes.OK, answer.text
    return (await site.stored(session))[-1]


async def cause(site: Site, session: dict[str, Any]) -> str:
    """What the operator reads at the last failed reply."""
    rows = f"Message.objects.filter(conversation='{session['conversationId']}', code='budget')"
    return await site.shell(f"print({rows}.latest('position').cause)")


async def test_a_session_ends_and_another_goes_on(site: Site, provider: Provider, model: str) -> None:
    _, token = await operator(site, provider, session_tokens=600)
    shop = await widget(site, token, model)
    session = await site.session(shop)
    assert [(await ask(site, session))["text"] for _ in range(2)] == ["Hello there."] * 2
    refused = await ask(site, session, second=True)
    assert (refused["status"], refused["code"], refused["text"]) == ("failed", "budget", "")
    assert "This conversation has used 680 of 600 tokens" in await cause(site, session)
    assert "cause" not in refused
    assert len(provider.requests) == 2, "nobody was asked"
    assert (await ask(site, await site.session(shop)))["status"] == "done"


async def test_a_day_ends_for_a_widget_and_begins_again(site: Site, provider: Provider, model: str) -> None:
    name, token = await operator(site, provider, widget_day_tokens=600)
    shop, other = await widget(site, token, model), await widget(site, token, model)
    for second in (False, True):  # two processes, where there are two: their sums are one
        assert (await ask(site, await site.session(shop), second))["status"] == "done"
    session = await site.session(shop)
    assert (await ask(site, session))["code"] == "budget"
    assert "The widget’s day (UTC) has used 680 of 600 tokens" in await cause(site, session)
    assert (await ask(site, await site.session(other)))["status"] == "done"
    await site.shell(f"UsageDay.objects.filter(owner__username={name!r}).update(day=timezone.now() - timedelta(days=1))")
    assert (await ask(site, session))["status"] == "done", "the next day"


async def test_deleting_gives_nothing_back(site: Site, provider: Provider, model: str) -> None:
    name, token = await operator(site, provider, month_tokens=600)
    shop = await widget(site, token, model)
    for _ in range(2):
        session = await site.session(shop)
        await ask(site, session)
        gone = await site.call("POST", f"conversation/{session['conversationId']}/delete", token)
        assert gone.status_code == httpx.codes.OK
    assert (await site.call("POST", f"integration/widget/{shop}/delete", token)).status_code == httpx.codes.OK
    session = await site.session(await widget(site, token, model))
    assert (await ask(site, session))["code"] == "budget"
    assert "The operator’s month (UTC) has used 680 of 600 tokens" in await cause(site, session)
    months = f"UsageDay.objects.filter(owner__username={name!r}).update(day=timezone.now() - timedelta(days=31))"
    await site.shell(months)
    assert (await ask(site, session))["status"] == "done", "the next month"


async def used(site: Site, name: str) -> int:
    """Tokens of this operator's month."""
    sums = f"UsageDay.objects.filter(owner__username={name!r})"
    return int(await site.shell(f"print(sum(day.input_tokens + day.output_tokens for day in {sums}))"))


@pytest.mark.parametrize("how", ["stop", "delete"])
async def test_what_a_visitor_cuts_off_was_written_nevertheless(site: Site, provider: Provider, model: str, how: str) -> None:
    """The provider had no chance to say what it cost, so it is estimated."""
    name, token = await operator(site, provider)
    session = await site.session(await widget(site, token, model))
    provider.default = Answer("word " * 400, hold=300)
    async with site.tab(session) as tab:
        await tab.send("Tell me something long")
        row = await tab.growing(2, until="word word word")
        if how == "stop":
            await tab.say("stop", reply=row["id"])
            assert (await tab.closing_row(2))["status"] == "stopped"
        else:
            path = f"conversation/{session['conversationId']}/delete"
            assert (await site.call("POST", path, session["token"], headers={"origin": site.first.url})).status_code == httpx.codes.OK
            await tab.closed()
    await provider.until(lambda seen: seen.left)
    for _ in range(100):
        if tokens := await used(site, name):
            break
    assert 10 < tokens < 1000


async def test_a_reply_is_no_longer_than_its_budget(site: Site, provider: Provider, model: str) -> None:
    _, token = await operator(site, provider, reply_tokens=50, session_tokens=400)
    session = await site.session(await widget(site, token, model))
    await ask(site, session)
    await ask(site, session)
    allowed = [request.get("max_completion_tokens") or request.get("max_tokens") for request in provider.requests]
    assert allowed == [50, 50], allowed


async def test_other_engines_cost_nothing(site: Site, provider: Provider) -> None:
    _, token = await operator(site, provider, session_tokens=1, widget_day_tokens=1, month_tokens=1)
    session = await site.session(await widget(site, token, "scripted:echo"))
    assert [(await ask(site, session))["text"] for _ in range(3)] == ["Hi"] * 3
