"""POST /api/v1/integration/widget/create and GET …/fetch."""

from typing import Any

import pytest
from django.test import Client

from accounts.ids import new_id
from bots.models import Blueprint, Bot
from tests.support.actors import Operator
from widgets.models import WidgetIntegration

CREATE = "integration/widget/create"
MISSING = "01890000-0000-7000-8000-000000000000"
BOOLEANS = ["stream", "verbose", "tools", "unfurl", "math", "carousel", "form", "attachments", "autoScroll", "startFirst", "contactCollection", "exportConversation", "restartConversation", "maximize", "messagePeek", "voiceIn", "voiceOut", "poweredBy"]  # fmt: skip
DEFAULTS = {
    "theme": "default", "layout": "bubble", "title": "", "intro": "", "initial": "", "placeholder": "", "origin": "", "language": "", "plugins": "",
    "sessionDuration": 0, "enabled": True,
    **{name: name in ["stream", "verbose", "unfurl", "math", "autoScroll", "exportConversation", "restartConversation", "maximize", "messagePeek", "poweredBy"] for name in BOOLEANS},
}  # fmt: skip


def fetched(operator: Operator, item_id: str, **query: str) -> dict[str, Any]:
    answer = operator.get(f"integration/widget/{item_id}/fetch", **query)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_every_field_of_the_contract_is_stored(olive: Operator, bot: Bot, blueprint: Blueprint) -> None:
    body = {
        "alias": "shop", "name": "Shop", "description": "Ours", "meta": {"plan": {"name": "pro"}}, "blueprintId": str(blueprint.pk), "botId": str(bot.pk),
        "theme": "dark/accent=#c2410c", "layout": "inline", "title": "Help", "intro": "Hi", "initial": "Hello", "placeholder": "Ask", "enabled": False,
        "origin": "https://a.example", "sessionDuration": 1_800_000, "language": "en, spanish", "plugins": "search", **dict.fromkeys(BOOLEANS, True),
    }  # fmt: skip
    answer = olive.post(CREATE, body)
    assert answer.status_code == 200, answer.content
    assert set(answer.json()) == {"id"}
    stored = fetched(olive, answer.json()["id"])
    assert {name: stored[name] for name in body} == body
    assert set(stored) == {*body, "id", "createdAt", "updatedAt"}
    assert isinstance(stored["createdAt"], int)


def test_nothing_is_needed_and_what_is_not_set_is_absent(olive: Operator) -> None:
    stored = fetched(olive, olive.post(CREATE).json()["id"])
    assert set(stored) == {"id", "createdAt", "updatedAt", "enabled"}


def test_effective_gives_every_field(olive: Operator) -> None:
    item_id = olive.post(CREATE, {"title": "Help"}).json()["id"]
    stored = fetched(olive, item_id, effective="true")
    assert {name: stored[name] for name in DEFAULTS} == {**DEFAULTS, "title": "Help"}


def test_effective_gives_what_the_blueprint_gives(olive: Operator, blueprint: Blueprint, bot: Bot) -> None:
    item_id = olive.post(CREATE, {"blueprintId": str(blueprint.pk)}).json()["id"]
    stored = fetched(olive, item_id, effective="true")
    assert (stored["title"], stored["math"], stored["botId"]) == ("From the blueprint", False, str(bot.pk))
    assert "title" not in fetched(olive, item_id)


def test_empty_texts_and_false_are_set(olive: Operator) -> None:
    body = {"origin": "", "title": "", "math": False, "sessionDuration": 0}
    stored = fetched(olive, olive.post(CREATE, body).json()["id"])
    assert {name: stored[name] for name in body} == body


def test_null_is_not_set_and_unknown_keys_are_ignored(olive: Operator) -> None:
    body = {
        "title": None,
        "math": None,
        "sessionDuration": None,
        "alias": None,
        "botId": None,
        "meta": None,
        "newField": 1,
        "id": "mine",
        "owner": 1,
    }
    answer = olive.post(CREATE, body)
    assert answer.status_code == 200, answer.content
    assert set(fetched(olive, answer.json()["id"])) == {"id", "createdAt", "updatedAt", "enabled"}
    assert answer.json()["id"] != "mine"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("theme", "neon"), ("theme", "default/accent=red"), ("theme", '{"name"'), ("theme", 5), ("layout", "floating"), ("title", 5), ("title", True),
        ("origin", "example.com"), ("origin", "ftp://a.example"), ("origin", ["https://a.example"]), ("language", "klingons"), ("plugins", "<x>"),
        ("sessionDuration", -1), ("sessionDuration", 3_600_001), ("sessionDuration", "60000"), ("sessionDuration", 1.5), ("sessionDuration", True),
        ("stream", "true"), ("stream", 1), ("enabled", "no"), ("name", "x" * 192), ("name", "é" * 96), ("alias", "Shop"), ("alias", "a b"),
        ("alias", "x" * 129), ("alias", MISSING), ("meta", []), ("meta", {"_x": 1}), ("botId", "nonsense"), ("botId", MISSING), ("botId", 5),
        ("blueprintId", MISSING), ("intro", "nul \x00"), ("title", "half \ud800"),
    ],
)  # fmt: skip
def test_a_bad_value_is_a_400_that_names_the_field(olive: Operator, field: str, value: Any) -> None:
    answer = olive.post(CREATE, {field: value})
    assert answer.status_code == 400, answer.content
    assert answer.json()["code"] == "BAD_REQUEST"
    assert answer.json()["message"].startswith(f"{field}: ")
    assert set(answer.json()) == {"message", "code"}
    assert not WidgetIntegration.objects.exists()


def test_the_refused_origin_and_language_are_named(olive: Operator) -> None:
    assert (
        "“example.com”" in olive.post(CREATE, {"origin": "https://a.example; example.com"}).json()["message"]
    )
    assert "“klingons”" in olive.post(CREATE, {"language": "en, klingons"}).json()["message"]


def test_an_alias_is_unique_for_its_owner(olive: Operator, otto: Operator) -> None:
    assert olive.post(CREATE, {"alias": "shop"}).status_code == 200
    again = olive.post(CREATE, {"alias": "shop"})
    assert (again.status_code, again.json()["code"]) == (409, "CONFLICT")
    assert otto.post(CREATE, {"alias": "shop"}).status_code == 200
    assert olive.get("integration/widget/shop/fetch").json()["alias"] == "shop"


def test_somebody_else_s_bot_is_as_good_as_none(otto: Operator, bot: Bot, blueprint: Blueprint) -> None:
    for field, item in (("botId", bot), ("blueprintId", blueprint)):
        foreign, missing = otto.post(CREATE, {field: str(item.pk)}), otto.post(CREATE, {field: str(new_id())})
        assert (foreign.status_code, foreign.json()) == (missing.status_code, missing.json())


@pytest.mark.django_db
def test_without_a_token_there_is_nothing(client: Client) -> None:
    answer = client.post(f"/api/v1/{CREATE}", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, "NOT_AUTHENTICATED")


def test_somebody_else_s_widget_is_as_good_as_none(otto: Operator, widget: WidgetIntegration) -> None:
    for verb in ("fetch", "embed"):
        foreign, missing = (
            otto.get(f"integration/widget/{widget.pk}/{verb}"),
            otto.get(f"integration/widget/{new_id()}/{verb}"),
        )
        assert foreign.status_code == missing.status_code == 404
        assert foreign.content == missing.content
    for verb in ("update", "delete", "clone"):
        foreign, missing = (
            otto.post(f"integration/widget/{widget.pk}/{verb}"),
            otto.post(f"integration/widget/{new_id()}/{verb}"),
        )
        assert foreign.status_code == missing.status_code == 404
        assert foreign.content == missing.content
    assert WidgetIntegration.objects.filter(pk=widget.pk).exists()
