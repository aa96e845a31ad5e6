"""What blueprints give to widgets, over the API: refusals, filter, copies, and what leaving keeps."""

from typing import Any

import pytest

from bots.models import Blueprint, Bot
from bots.services import create_blueprint
from tests.support.actors import Operator
from widgets.fields import CLOSED
from widgets.models import WidgetIntegration
from widgets.services import create_widget
from widgets.tests.test_api_create import fetched
from widgets.tests.test_api_update import update
from widgets.tests.test_inheritance_admin import GIVEN

MISSING = "01890000-0000-7000-8000-000000000000"


def stored(blueprint_id: str) -> Any:
    """Its settings in the database."""
    return Blueprint.objects.get(pk=blueprint_id).widget_defaults


def test_every_wrong_field_is_named_with_what_is_allowed(olive: Operator) -> None:
    wrong = {
        "theme": "neon", "layout": "sideways", "title": 5, "origin": "example.com", "sessionDuration": 3_600_001, "language": "Klingonish",
        "plugins": "a b!", "autoScroll": "yes", "botId": MISSING, "intro": None, "later": 1,
    }  # fmt: skip
    for path in ("blueprint/create", f"blueprint/{create_blueprint(olive.user, name='B').pk}/update"):
        answer = olive.post(path, {"name": "New", "widgetDefaults": wrong})
        assert answer.status_code == 400
        message = answer.json()["message"]
        for words in (
            "theme: “neon”", "layout: “sideways” is not a layout; allowed are bubble", "title: must be a text", "origin: “example.com”", "https://*.example.com",
            "sessionDuration: Ensure this value is less than or equal to 3600000.", "language: unknown: “Klingonish”", "plugins: “a b!”",
            "autoScroll: must be true or false", "botId: no such bot",
        ):  # fmt: skip
            assert words in message
        assert "intro" not in message
        assert "later" not in message
    assert [item.name for item in Blueprint.objects.all()] == ["B"]


def test_somebody_else_s_bot_is_as_good_as_none(otto: Operator, bot: Bot) -> None:
    foreign, missing = (otto.post("blueprint/create", {"widgetDefaults": {"botId": item}}) for item in (str(bot.pk), MISSING))
    assert (foreign.status_code, foreign.json()) == (missing.status_code, missing.json())


def test_null_is_not_given_and_unknown_keys_stay(olive: Operator, bot: Bot) -> None:
    made = olive.post("blueprint/create", {"widgetDefaults": {"title": None, "math": None, "botId": None, "intro": "", "later": [1]}}).json()["id"]
    assert olive.get(f"blueprint/{made}/fetch").json()["widgetDefaults"] == {"intro": "", "later": [1]}
    olive.post(f"blueprint/{made}/update", {"widgetDefaults": {"botId": str(bot.pk).upper()}})
    assert stored(made) == {"botId": str(bot.pk)}, "as the look-up for widgets of a bot has it"


def test_every_setting_is_inherited_until_it_is_set(olive: Operator, bot: Bot) -> None:
    blueprint = create_blueprint(olive.user, widget_defaults=GIVEN)
    widget = create_widget(olive.user, blueprint=blueprint)
    assert GIVEN.items() <= fetched(olive, str(widget.pk), effective="true").items()
    assert not GIVEN.keys() & fetched(olive, str(widget.pk)).keys()
    own = {"title": "", "origin": "", "intro": "", "sessionDuration": 0, "stream": True, "tools": False, "botId": str(bot.pk)}
    update(olive, widget, own)
    assert own.items() <= fetched(olive, str(widget.pk), effective="true").items()
    update(olive, widget, dict.fromkeys(own))
    assert GIVEN.items() <= fetched(olive, str(widget.pk), effective="true").items()


@pytest.mark.parametrize("how", ["leaving", "deleting"])
def test_what_counted_is_kept(olive: Operator, blueprint: Blueprint, how: str) -> None:
    olive.post(f"blueprint/{blueprint.pk}/update", {"widgetDefaults": {**GIVEN, "botId": stored(str(blueprint.pk))["botId"]}})
    widget = create_widget(olive.user, blueprint=blueprint, title="", stream=True)
    before = fetched(olive, str(widget.pk), effective="true")
    answer = update(olive, widget, {"blueprintId": None}) if how == "leaving" else olive.post(f"blueprint/{blueprint.pk}/delete")
    assert answer.status_code == 200
    after = fetched(olive, str(widget.pk), effective="true")
    assert after | {"updatedAt": 0, "blueprintId": 0} == before | {"updatedAt": 0, "blueprintId": 0}
    assert "blueprintId" not in after


def test_a_closed_widget_stays_closed(olive: Operator, blueprint: Blueprint) -> None:
    Blueprint.objects.filter(pk=blueprint.pk).update(widget_defaults={"origin": ["https://a.example"], "botId": MISSING})
    widget = create_widget(olive.user, blueprint=blueprint)
    assert olive.post(f"blueprint/{blueprint.pk}/delete").status_code == 200
    kept = fetched(olive, str(widget.pk))
    assert kept["origin"] == CLOSED
    assert "botId" not in kept


def test_a_bot_that_goes_is_not_given_any_more(olive: Operator, blueprint: Blueprint, bot: Bot) -> None:
    widget = create_widget(olive.user, blueprint=blueprint)
    assert olive.post(f"bot/{bot.pk}/delete").status_code == 200
    assert stored(str(blueprint.pk)) == {"title": "From the blueprint", "math": False}
    assert "botId" not in fetched(olive, str(widget.pk), effective="true")


def test_what_was_stored_keeps_nothing_else_from_changing(olive: Operator, blueprint: Blueprint) -> None:
    Blueprint.objects.filter(pk=blueprint.pk).update(widget_defaults={"title": 5, "botId": MISSING})
    widget = create_widget(olive.user, blueprint=blueprint)
    assert olive.post(f"blueprint/{blueprint.pk}/update", {"name": "New"}).status_code == 200
    assert "title: must be a text" in olive.post(f"blueprint/{blueprint.pk}/update", {"widgetDefaults": {"title": 5}}).json()["message"]
    assert update(olive, widget, {"blueprintId": None}).status_code == 200


def test_a_list_is_narrowed_to_a_blueprint(olive: Operator, otto: Operator, blueprint: Blueprint) -> None:
    olive.post(f"blueprint/{blueprint.pk}/update", {"alias": "group"})
    inside = create_widget(olive.user, blueprint=blueprint)
    create_widget(olive.user)
    theirs = create_blueprint(otto.user)
    create_widget(otto.user, blueprint=theirs)
    for wanted, expected in ((str(blueprint.pk), [str(inside.pk)]), ("group", [str(inside.pk)]), (str(theirs.pk), []), (MISSING, []), ("nonsense", [])):
        found = olive.get("integration/widget/list", blueprintId=wanted)
        assert (found.status_code, [item["id"] for item in found.json()["items"]]) == (200, expected)


def test_a_copy_keeps_its_blueprint(olive: Operator, blueprint: Blueprint) -> None:
    widget = create_widget(olive.user, blueprint=blueprint, intro="Own")
    copy = olive.post(f"integration/widget/{widget.pk}/clone").json()["id"]
    assert fetched(olive, copy)["blueprintId"] == str(blueprint.pk)
    olive.post(f"blueprint/{blueprint.pk}/update", {"widgetDefaults": {"title": "Changed"}})
    assert fetched(olive, copy, effective="true")["title"] == "Changed"


def test_somebody_else_s_blueprint_is_not_entered(olive: Operator, otto: Operator, widget: WidgetIntegration) -> None:
    theirs = create_blueprint(otto.user, visibility="public", widget_defaults={"title": "Theirs"})
    assert update(olive, widget, {"blueprintId": str(theirs.pk)}).status_code == 400
    assert "blueprintId" not in fetched(olive, str(widget.pk))
