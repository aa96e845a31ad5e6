"""ETag, 304 and HEAD of what browsers ask for: another tag with every change that shows and with the language, and without one the same."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from bots.models import Blueprint, Bot
from bots.services import update_blueprint, update_bot
from widgets.models import LanguageMap, WidgetIntegration
from widgets.services import attach_file, update_widget
from widgets.tests.pictures import picture_of

FRAME, FULL, LAUNCHER = ENDS = ("/frame", "", "/launcher.json")
PAGE, BOTH, NONE = {FRAME, FULL}, set(ENDS), set[str]()
Change = Callable[[WidgetIntegration], object]


def with_fields(**fields: Any) -> Change:
    return lambda widget: update_widget(widget, **fields)


def with_bot(**fields: Any) -> Change:
    return lambda widget: update_bot(Bot.objects.get(), **fields)


def with_defaults(**defaults: Any) -> Change:
    return lambda widget: update_blueprint(Blueprint.objects.get(), widget_defaults=defaults)


def with_picture(kind: str) -> Change:
    return lambda widget: attach_file(widget, picture_of(widget.owner), kind)


def with_german(**fields: Any) -> Change:
    return lambda widget: LanguageMap.objects.update_or_create(widget=widget, language="de", defaults=fields)


# What differs in English, then in German.
CHANGES: dict[str, tuple[Change, set[str], set[str]]] = {
    "title": (with_fields(title="New"), PAGE, PAGE),
    "intro": (with_fields(intro="New"), PAGE, PAGE),
    "initial": (with_fields(initial="New"), BOTH, BOTH),
    "placeholder": (with_fields(placeholder="New"), PAGE, PAGE),
    "theme": (with_fields(theme="dark"), BOTH, BOTH),
    "accent": (with_fields(theme="default/accent=#c41"), BOTH, BOTH),
    "layout": (with_fields(layout="inline"), {LAUNCHER}, {LAUNCHER}),
    "origin": (with_fields(origin="https://a.example"), PAGE, PAGE),
    "switched off": (with_fields(enabled=False), BOTH, BOTH),
    "languages": (with_fields(language="en, de, fr"), PAGE, PAGE),
    "powered by": (with_fields(powered_by=False), PAGE, PAGE),
    "start first": (with_fields(start_first=True), PAGE, PAGE),
    "no peeking": (with_fields(message_peek=False), {LAUNCHER}, {LAUNCHER}),
    "microphone": (with_fields(voice_in=True), PAGE, PAGE),
    "bot's name": (with_bot(name="Nora"), PAGE, PAGE),
    "blueprint": (with_defaults(intro="Inherited"), PAGE, PAGE),
    "picture": (with_picture("bar"), PAGE, PAGE),
    "icon": (with_picture("button"), {LAUNCHER}, {LAUNCHER}),
    "German texts": (with_german(overrides={"initial": {"text": "Hallo", "hash": ""}}), NONE, BOTH),
    "German waits": (with_german(state="failed", cause="Away", texts={"title": "Of an older source"}, hashes={"title": "old"}), NONE, NONE),
    "its name": (with_fields(name="Other", alias="other", description="Other", meta={"a": 1}), NONE, NONE),
    "how long a session lasts": (with_fields(session_duration=5), NONE, NONE),
    "what the renderer does": (with_fields(carousel=True, stream=False, tools=True), NONE, NONE),
    "bot's mind": (with_bot(backstory="New", model="scripted:echo", description="Other", moderation=True), NONE, NONE),
    "nothing": (with_fields(title="Shop"), NONE, NONE),
    "blueprint's bot": (with_defaults(title="Under its own"), NONE, NONE),
}


@pytest.fixture
def shop(widget: WidgetIntegration, blueprint: Blueprint) -> WidgetIntegration:
    update_blueprint(blueprint, widget_defaults={})
    return update_widget(widget, title="Shop", initial="Hello", language="en, de", blueprint=blueprint)


def path(widget: WidgetIntegration, end: str, language: str) -> str:
    return f"/integrations/widget/{widget.pk}{end}?lang={language}"


def tags(client: Client, widget: WidgetIntegration, language: str) -> dict[str, str]:
    return {end: client.head(path(widget, end, language))["ETag"] for end in ENDS}


@pytest.mark.parametrize("end", ENDS)
def test_who_has_it_gets_no_body(client: Client, shop: WidgetIntegration, end: str) -> None:
    address = path(shop, end, "de")
    whole, head = client.get(address), client.head(address)
    assert (whole.status_code, head.status_code, head.content) == (200, 200, b"")
    assert {name: text for name, text in head.items() if name != "X-Request-Id"} == {name: text for name, text in whole.items() if name != "X-Request-Id"}
    assert head["Content-Length"] == str(len(whole.content))
    for known in (whole["ETag"], f'"other", {whole["ETag"].removeprefix("W/")}', "*"):
        for ask in (client.get, client.head):
            again = ask(address, headers={"if-none-match": known})
            assert (again.status_code, again.content, again["ETag"], again["Vary"]) == (304, b"", whole["ETag"], whole["Vary"])
    assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200
    small = client.get(address, headers={"accept-encoding": "br"})
    assert (small["ETag"], small["Content-Encoding"]) == (whole["ETag"], "br")


def test_each_language_has_its_own(client: Client, shop: WidgetIntegration) -> None:
    english, german = tags(client, shop, "en"), tags(client, shop, "de")
    assert not set(english.values()) & set(german.values())
    assert tags(client, shop, "en-GB,fr") == tags(client, shop, "xx") == english
    assert english[FRAME] == english[FULL]


@pytest.mark.parametrize("name", CHANGES)
def test_they_change_with_what_shows(client: Client, shop: WidgetIntegration, name: str, django_capture_on_commit_callbacks: Any) -> None:
    change, english, german = CHANGES[name]
    before = {language: tags(client, shop, language) for language in ("en", "de")}
    with django_capture_on_commit_callbacks(execute=True):
        change(shop)
    for language, expected in (("en", english), ("de", german)):
        after = tags(client, shop, language)
        assert {end for end in ENDS if after[end] != before[language][end]} == expected, language
