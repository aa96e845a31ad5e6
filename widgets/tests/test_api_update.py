"""POST /api/v1/integration/widget/<id>/update, …/delete and …/clone."""

from typing import Any

import pytest

from accounts.models import MetaEntry
from bots.models import Blueprint, Bot
from bots.services import create_blueprint
from sessions_api.models import Conversation
from tests.support.actors import Operator
from widgets.models import WidgetIntegration
from widgets.services import create_widget
from widgets.tests.test_api_create import BOOLEANS, fetched

TEXTS = ("theme", "layout", "title", "intro", "initial", "placeholder", "origin", "language", "plugins")


def update(operator: Operator, widget: WidgetIntegration, body: dict[str, Any]) -> Any:
    return operator.post(f"integration/widget/{widget.pk}/update", body)


def test_absent_is_unchanged(olive: Operator, widget: WidgetIntegration) -> None:
    before = fetched(olive, str(widget.pk))
    answer = update(olive, widget, {"title": "New"})
    assert (answer.status_code, answer.json()) == (200, {"id": str(widget.pk)})
    after = fetched(olive, str(widget.pk))
    assert after.pop("updatedAt") >= before.pop("updatedAt")
    assert after == {**before, "title": "New"}


@pytest.mark.parametrize("field", [*TEXTS, *BOOLEANS, "sessionDuration"])
def test_null_is_not_set(olive: Operator, widget: WidgetIntegration, field: str) -> None:
    value: Any = "" if field in TEXTS else 0 if field == "sessionDuration" else False
    update(olive, widget, {field: value})
    assert fetched(olive, str(widget.pk))[field] == value
    update(olive, widget, {field: None})
    assert field not in fetched(olive, str(widget.pk))


def test_meta_is_merged_one_level_deep(olive: Operator, widget: WidgetIntegration) -> None:
    update(olive, widget, {"meta": {"plan": None, "seats": 5, "deep": {"a": 1}}})
    assert fetched(olive, str(widget.pk))["meta"] == {"seats": 5, "deep": {"a": 1}}
    assert set(MetaEntry.objects.filter(object_id=widget.pk).values_list("path", "value")) == {
        ("seats", "5"),
        ("deep.a", "1"),
    }


def test_a_bad_value_changes_nothing(olive: Operator, widget: WidgetIntegration) -> None:
    before = fetched(olive, str(widget.pk))
    answer = update(olive, widget, {"title": "New", "origin": "nowhere"})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("origin: “nowhere”")
    assert fetched(olive, str(widget.pk)) == before


def test_leaving_a_blueprint_keeps_what_it_gave(olive: Operator, blueprint: Blueprint, bot: Bot) -> None:
    widget = create_widget(olive.user, blueprint=blueprint, intro="Own")
    update(olive, widget, {"blueprintId": None})
    stored = fetched(olive, str(widget.pk))
    assert (stored["title"], stored["math"], stored["botId"]) == ("From the blueprint", False, str(bot.pk))
    assert "layout" not in stored
    assert "blueprintId" not in stored


def test_what_is_said_while_leaving_counts(olive: Operator, blueprint: Blueprint) -> None:
    widget = create_widget(olive.user, blueprint=blueprint)
    update(olive, widget, {"blueprintId": None, "title": None, "botId": None, "math": True})
    stored = fetched(olive, str(widget.pk))
    assert "title" not in stored
    assert "botId" not in stored
    assert stored["math"] is True


def test_moving_to_another_blueprint_keeps_nothing(olive: Operator, blueprint: Blueprint) -> None:
    widget = create_widget(olive.user, blueprint=blueprint)
    other = create_blueprint(olive.user, name="Other", widget_defaults={"layout": "inline"})
    update(olive, widget, {"blueprintId": str(other.pk)})
    assert "title" not in fetched(olive, str(widget.pk))
    effective = fetched(olive, str(widget.pk), effective="true")
    assert (effective["title"], effective["layout"]) == ("", "inline")


@pytest.mark.parametrize(
    ("defaults", "named"),
    [
        ({"math": "yes"}, "math: must be true or false"), ({"title": 5}, "title: must be a text"), ({"sessionDuration": -1}, "sessionDuration"),
        ({"sessionDuration": "1"}, "sessionDuration"), ({"theme": "neon"}, "“neon”"), ({"origin": "everywhere"}, "“everywhere”"), ({"botId": "x"}, "botId"),
    ],
)  # fmt: skip
def test_a_blueprint_refuses_what_no_widget_could_have(
    olive: Operator, defaults: dict[str, Any], named: str
) -> None:
    answer = olive.post("blueprint/create", {"widgetDefaults": defaults})
    assert answer.status_code == 400
    assert named in answer.json()["message"]
    assert not Blueprint.objects.exists()


def test_a_blueprint_refuses_somebody_else_s_bot(otto: Operator, bot: Bot) -> None:
    answer = otto.post("blueprint/create", {"widgetDefaults": {"botId": str(bot.pk)}})
    assert answer.status_code == 400
    assert "botId: no such bot" in answer.json()["message"]


def test_a_clone_has_everything_but_id_and_alias(
    olive: Operator, widget: WidgetIntegration, blueprint: Blueprint
) -> None:
    body = {
        "alias": "shop",
        "enabled": False,
        "theme": "dark",
        "origin": "",
        "math": False,
        "sessionDuration": 60_000,
        "blueprintId": str(blueprint.pk),
    }
    update(olive, widget, body)
    answer = olive.post(f"integration/widget/{widget.pk}/clone")
    assert answer.status_code == 200
    original, copy = fetched(olive, str(widget.pk)), fetched(olive, answer.json()["id"])
    for stored in (original, copy):
        for name in ("id", "createdAt", "updatedAt"):
            stored.pop(name)
    assert original.pop("alias") == "shop"
    assert copy == original
    assert (
        olive.get("integration/widget/list", **{"meta.plan": "gold"}).json()["items"][0]["id"]
        == answer.json()["id"]
    )


def test_delete_removes_the_widget_alone(olive: Operator, widget: WidgetIntegration, bot: Bot) -> None:
    conversation = Conversation.objects.create(owner=olive.user, widget=widget, bot=bot)
    answer = olive.post(f"integration/widget/{widget.pk}/delete")
    assert (answer.status_code, answer.json()) == (200, {"id": str(widget.pk)})
    assert olive.get(f"integration/widget/{widget.pk}/fetch").status_code == 404
    assert not MetaEntry.objects.filter(object_id=widget.pk).exists()
    conversation.refresh_from_db()
    assert conversation.widget is None
    assert Bot.objects.filter(pk=bot.pk).exists()


def test_embed_gives_the_snippet_and_the_sources(olive: Operator, widget: WidgetIntegration) -> None:
    body = olive.get(f"integration/widget/{widget.pk}/embed").json()
    own = "http://testserver"
    assert body["snippet"] == f'<script src="{own}/widget.js" data-widget="{widget.pk}" async></script>'
    assert f'<chat-widget widget="{widget.pk}" layout="inline">' in body["inline"]
    assert f'href="{own}/integrations/widget/{widget.pk}"' in body["link"]
    assert f'src="{own}/integrations/widget/{widget.pk}/frame"' in body["frame"]
    assert body["csp"] == {"script-src": own, "frame-src": own, "connect-src": own}
