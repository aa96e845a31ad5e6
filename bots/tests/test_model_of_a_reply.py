"""A bot whose model has no engine here: its reply fails with a code, and the operator reads why."""

import json
from pathlib import Path

from bots import services
from sessions_api.models import Message
from tests.support.inprocess import Caller, InProcess

CATALOG = Path(__file__).parents[2] / "widgets/catalogs/en.json"


def test_the_reply_fails_and_says_so(app: InProcess, olive) -> None:
    api = Caller(app, olive.token)
    bot = services.create_bot(olive.user, model="gpt-4o/temperature=0.5")
    conversation = api.post("conversation/create", {"botId": str(bot.pk)}).json()["id"]
    answer = api.post(f"conversation/{conversation}/complete", {"text": "Hello?"}).json()
    assert (answer["text"], answer["end"], answer["code"]) == ("", {"reason": "error"}, "no_model")
    reply = Message.objects.filter(type="bot").get()
    assert (reply.status, reply.code) == ("failed", "no_model")
    assert reply.cause.startswith("There is no engine for the model “gpt-4o/temperature=0.5”; available: knowledge")
    assert "broke.no_model" in json.loads(CATALOG.read_text())


def test_an_engine_that_takes_the_model_answers(app: InProcess, olive) -> None:
    api = Caller(app, olive.token)
    bot = services.create_bot(olive.user, model="gpt-4o")
    conversation = api.post("conversation/create", {"botId": str(bot.pk)}).json()["id"]
    api.post(f"conversation/{conversation}/complete", {"text": "Hello?"})
    services.update_bot(bot, model="scripted:echo")
    answer = api.post(f"conversation/{conversation}/complete", {"text": "Hello again"}).json()
    assert (answer["text"], answer["end"]) == ("Hello again", {"reason": "stop"})
