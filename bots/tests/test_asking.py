"""Asking a bot outside a conversation."""

import pytest

from bots.asking import DEPTH, BotSpec, _depth, ask
from bots.engines.base import EngineError, HistoryItem

pytestmark = pytest.mark.django_db(transaction=True)


async def test_the_whole_reply_and_its_tokens():
    history = (HistoryItem("instruction", "Be short."), HistoryItem("user", "one"), HistoryItem("bot", "two"))
    text, tokens = await ask(BotSpec("scripted:echo"), "three four", history)
    assert text == "three four"
    assert tokens == sum(len(item.text.split()) for item in history) + 2 + 2


@pytest.mark.parametrize(
    ("model", "code"),
    [("scripted:echo/fail_at=0/code=rate_limited", "rate_limited"), ("nobody:gpt", "no_model"), ("scripted:nothing", "no_model")],
)
async def test_a_bot_that_does_not_answer(model, code):
    with pytest.raises(EngineError) as error:
        await ask(BotSpec(model), "hello")
    assert error.value.code == code


async def test_a_bot_that_takes_too_long(settings):
    settings.REPLY_SECONDS = 0
    with pytest.raises(EngineError) as error:
        await ask(BotSpec("scripted:echo/delay=30"), "one two")
    assert error.value.code == "timeout"


async def test_a_bot_with_privacy_does_not_read_personal_data():
    history = (HistoryItem("user", "I am vera@example.com"),)
    text, _ = await ask(BotSpec("scripted:echo", privacy=True), "write to vera@example.com", history)
    assert text == "write to [EMAIL_1]"


async def test_bots_that_ask_each_other_come_to_an_end():
    token = _depth.set(DEPTH)
    try:
        with pytest.raises(EngineError) as error:
            await ask(BotSpec("scripted:echo"), "hello")
    finally:
        _depth.reset(token)
    assert error.value.code == "too_deep"
