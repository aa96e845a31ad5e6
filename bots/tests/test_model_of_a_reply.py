"""Which model answers: one whose provider is not here fails with a code, and the operator reads why."""

from bots import services
from sessions_api.models import Message
from tests.support.inprocess import Caller, InProcess
from tests.support.provider import Provider
from tests.support.provider_wire import Answer
from widgets.strings import strings_of


def test_the_reply_fails_and_says_so(app: InProcess, olive) -> None:
    api = Caller(app, olive.token)
    bot = services.create_bot(olive.user, model="gpt-4o/temperature=0.5")
    conversation = api.post("conversation/create", {"botId": str(bot.pk)}).json()["id"]
    answer = api.post(f"conversation/{conversation}/complete", {"text": "Hello?"}).json()
    assert (answer["text"], answer["end"], answer["code"]) == ("", {"reason": "error"}, "no_model")
    reply = Message.objects.filter(type="bot").get()
    assert (reply.status, reply.code) == ("failed", "no_model")
    assert reply.cause.startswith("There is no provider “openai”; there are: knowledge")
    assert strings_of("en")["broke.no_model"], "visitors read a sentence of it"


def test_an_engine_that_takes_the_model_answers(app: InProcess, olive) -> None:
    api = Caller(app, olive.token)
    bot = services.create_bot(olive.user, model="gpt-4o")
    conversation = api.post("conversation/create", {"botId": str(bot.pk)}).json()["id"]
    api.post(f"conversation/{conversation}/complete", {"text": "Hello?"})
    services.update_bot(bot, model="scripted:echo")
    answer = api.post(f"conversation/{conversation}/complete", {"text": "Hello again"}).json()
    assert (answer["text"], answer["end"]) == ("Hello again", {"reason": "stop"})


def test_a_language_model_answers_from_the_dataset(
    app: InProcess, olive, provider: Provider, settings
) -> None:
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = provider.key, provider.url
    dataset = services.create_dataset(olive.user, name="Shop")
    services.create_record(dataset, title="Norway", text="Parcels to Norway take five days.")
    bot = services.create_bot(
        olive.user, model="gpt-test/temperature=0.1", backstory="You are Bob.", dataset=dataset
    )
    provider.script(Answer("Five days [1]."))
    api = Caller(app, olive.token)
    conversation = api.post("conversation/create", {"botId": str(bot.pk)}).json()["id"]
    answer = api.post(
        f"conversation/{conversation}/complete", {"text": "How long do parcels to Norway take?"}
    ).json()
    assert (answer["text"], answer["end"]) == ("Five days [1].", {"reason": "stop"})
    reply = Message.objects.filter(type="bot").get()
    assert [source["title"] for source in reply.sources] == ["Norway"]
    assert (reply.usage["input"], reply.usage["output"]) == (11, 7)
    sent = provider.requests[0]
    assert (sent["model"], sent["temperature"]) == ("gpt-test", 0.1)
    assert sent["messages"][0]["content"].startswith("You are Bob.")
    assert "Parcels to Norway take five days." in sent["messages"][-1]["content"]


def test_a_model_that_its_provider_does_not_have(app: InProcess, olive, provider: Provider, settings) -> None:
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = provider.key, provider.url
    bot = services.create_bot(olive.user, model="openai:gpt-nine")
    api = Caller(app, olive.token)
    conversation = api.post("conversation/create", {"botId": str(bot.pk)}).json()["id"]
    answer = api.post(f"conversation/{conversation}/complete", {"text": "Hello?"}).json()
    assert (answer["text"], answer["code"]) == ("", "no_model")
    reply = Message.objects.filter(type="bot").get()
    assert "gpt-nine" in reply.cause and provider.key not in reply.cause
