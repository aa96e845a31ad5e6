"""The bot's first message in the visitor's language, at session/create and at initiate."""

from typing import Any

import pytest

from bots import services as bots
from sessions_api.models import Conversation
from tests.support.actors import Operator
from tests.support.inprocess import Caller, InProcess
from widgets import services as widgets
from widgets.models import LanguageMap, WidgetIntegration
from widgets.texts import text_hash


@pytest.fixture
def spoken(olive: Operator) -> WidgetIntegration:
    """A widget that greets in English, German and Brazilian Portuguese; its French is of an older text."""
    bot = bots.create_bot(olive.user, name="S", model="scripted:echo")
    widget = widgets.create_widget(olive.user, bot=bot, initial="Hello **you**", language="en, de, pt-BR, fr", start_first=True)
    for language, text, source in (("de", "Hallo **du**", "Hello **you**"), ("pt-BR", "Olá", "Hello **you**"), ("fr", "Salut", "Hi")):
        LanguageMap.objects.create(widget=widget, language=language, state="ready", texts={"initial": text}, hashes={"initial": text_hash(source)})
    return widget


CASES = [
    ("de-CH", "Hallo **du**"), ("pt", "Olá"), ("xx", "Hello **you**"), ("", "Hello **you**"), ("fr", "Hello **you**"), ("EN-us", "Hello **you**"),
]  # fmt: skip


def first_of(app: InProcess, widget: WidgetIntegration, language: str) -> dict[str, Any]:
    """The message that a session in this language begins with."""
    made = Caller(app, None).post(f"integration/widget/{widget.pk}/session/create", {"language": language}, origin="http://testserver")
    (first,) = made.json()["messages"]
    return dict(first)


@pytest.mark.parametrize(("language", "text"), CASES)
def test_a_session_begins_with_it(app: InProcess, spoken: WidgetIntegration, language: str, text: str) -> None:
    first = first_of(app, spoken, language)
    assert first["text"] == text
    assert text.replace("**", "<strong>", 1).replace("**", "</strong>") in first["html"]


@pytest.mark.parametrize(("language", "text"), [*CASES, ("ja,de,fr", "Hallo **du**")])
def test_the_bot_begins_with_it(app: InProcess, olive: Operator, spoken: WidgetIntegration, language: str, text: str) -> None:
    conversation = Conversation.objects.create(owner=olive.user, widget=spoken, bot=spoken.bot, language=language)
    path = f"conversation/{conversation.pk}/initiate"
    caller = Caller(app, olive.token)
    assert caller.post(path).json()["text"] == text
    Conversation.objects.filter(pk=conversation.pk).update(language="de")
    assert caller.post(path).json()["text"] == text  # what was said is said


def test_a_person_s_words_go_before_the_machine_s(app: InProcess, spoken: WidgetIntegration) -> None:
    row = LanguageMap.objects.get(language="de")
    row.overrides = {"initial": {"text": "Grüezi", "hash": "of another text"}}
    row.save()
    assert first_of(app, spoken, "de")["text"] == "Grüezi"
