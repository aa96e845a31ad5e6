"""A blueprint's page in the admin: its settings as a widget's fields, its widgets, deleting, and what was stored wrong."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from selectolax.lexbor import LexborHTMLParser

from bots import services as bots
from bots.models import Blueprint
from tests.support.forms import form_of
from widgets import services
from widgets.effective import effective_values, load_effective
from widgets.models import WidgetIntegration
from widgets.tests.test_inheritance_admin import GIVEN, save, sources

LIST = "/admin/bots/blueprint/"
ADD = f"{LIST}add/"
RUBBISH = {
    "title": 5, "intro": ["x"], "math": "yes", "sessionDuration": "1", "theme": "neon", "layout": {}, "language": "Klingonish",
    "botId": "gone", "stream": False, "later": {"kept": True},
}  # fmt: skip


@pytest.fixture(autouse=True)
def operators(olive: Any, otto: Any) -> None:
    """Olive and Otto may use the admin."""
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)


def change(blueprint: Blueprint) -> str:
    """The blueprint's page."""
    return f"{LIST}{blueprint.pk}/change/"


def stored(blueprint: Blueprint) -> dict[str, Any]:
    """Its settings in the database."""
    blueprint.refresh_from_db()
    return dict(blueprint.widget_defaults)


def store(blueprint: Blueprint, defaults: Any) -> None:
    """Past every check."""
    Blueprint.objects.filter(pk=blueprint.pk).update(widget_defaults=defaults)


def labels(answer: Any) -> dict[str, str]:
    """Label and help of the fields that inherit, by name."""
    page = LexborHTMLParser(answer.content.decode())
    found = {}
    for line in page.css("[data-source]"):
        row = line.parent.parent.parent
        found[line.attributes["data-source"] or ""] = f"{row.css_first('label, legend').text()} {line.parent.text().removeprefix(line.text())}"
    return found


def test_settings_are_made_and_changed_as_a_widgets(olive: Any) -> None:
    bot = bots.create_bot(olive.user, name="Juno")
    save(olive, ADD, name="Shop", bot=str(bot.pk), title="Help", intro="One\r\nTwo", layout="inline", session_duration="60000", stream="false", tools="true")
    blueprint = Blueprint.objects.get()
    assert (blueprint.owner, blueprint.name) == (olive.user, "Shop")
    expected = {"botId": str(bot.pk), "title": "Help", "intro": "One\nTwo", "layout": "inline", "sessionDuration": 60000, "stream": False, "tools": True}
    assert blueprint.widget_defaults == expected
    save(olive, change(blueprint), title="", stream="", bot="", math="false", **{"title-empty": None})
    for key in ("title", "stream", "botId"):
        del expected[key]
    assert stored(blueprint) == {**expected, "math": False}


def test_the_fields_are_a_widgets(olive: Any) -> None:
    of_widget = labels(olive.browser.get("/admin/widgets/widgetintegration/add/"))
    of_blueprint = labels(olive.browser.get(ADD))
    assert of_blueprint.pop("bot") == "Bot: Who answers in widgets that have no bot of their own.\n"
    assert of_blueprint == {name: words for name, words in of_widget.items() if name != "bot"}
    assert of_widget["math"].startswith("Formulas: ")


def test_an_untouched_page_keeps_everything_also_unknown_keys(olive: Any) -> None:
    bot = bots.create_bot(olive.user, name="Juno")
    blueprint = bots.create_blueprint(olive.user, name="Shop", widget_defaults={**GIVEN, "title": "", "botId": str(bot.pk), "later": {"a": [1]}})
    before = stored(blueprint)
    assert "with no meaning for widgets, and kept: later" in olive.browser.get(change(blueprint)).content.decode()
    save(olive, change(blueprint), name="Other")
    assert stored(blueprint) == before
    assert blueprint.name == "Other"
    told = sources(olive.browser.get(change(blueprint)))
    assert (told["title"], told["math"], told["bot"]) == ("Set here instead of Default: the bot’s name", "Default: on", "Set here instead of Default: no bot")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("origin", "example.com/path https://ok.example", "example.com/path"), ("theme", "neon", "neon"), ("language", "Klingonish", "Klingonish"),
        ("layout", "sideways", "sideways"), ("session_duration", "3600001", "3600000"), ("session_duration", "x", "whole number"),
        ("plugins", "a b!", "a b!"), ("stream", "maybe", "maybe"), ("bot", "x", "not a valid UUID"), ("title", "nul \x00", "Null characters"), ("meta", "[1]", "must be an object"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_at_its_field(olive: Any, field: str, value: str, words: str) -> None:
    answer = olive.browser.post(ADD, {**form_of(olive.browser.get(ADD)), "name": "B", field: value})
    assert answer.status_code == 200
    assert words in str(answer.context["adminform"].form.errors[field])
    assert not Blueprint.objects.exists()


def test_somebody_elses_bot_is_none(olive: Any, otto: Any, root: Any) -> None:
    theirs = bots.create_bot(otto.user, name="Ottos")
    answer = olive.browser.post(ADD, {**form_of(olive.browser.get(ADD)), "bot": str(theirs.pk)})
    assert "Select a valid choice" in str(answer.context["errors"])
    blueprint = bots.create_blueprint(olive.user)
    mixed = root.browser.post(change(blueprint), {**form_of(root.browser.get(change(blueprint))), "bot": str(theirs.pk)})
    assert "must belong to the same owner (olive)" in str(mixed.context["errors"])


def test_its_widgets_are_listed_with_links(olive: Any) -> None:
    blueprint = bots.create_blueprint(olive.user, name="Shop")
    page = olive.browser.get(change(blueprint)).content.decode()
    assert "No widget belongs to it yet." in page
    assert f"/admin/widgets/widgetintegration/add/?blueprint={blueprint.pk}" in page
    mine = services.create_widget(olive.user, name="One & two", blueprint=blueprint)
    services.create_widget(olive.user, name="Apart")
    page = olive.browser.get(change(blueprint)).content.decode()
    assert f'<a href="/admin/widgets/widgetintegration/{mine.pk}/change/">One &amp; two</a>' in page
    assert "Apart" not in page
    new = olive.browser.get("/admin/widgets/widgetintegration/add/", {"blueprint": str(blueprint.pk)})
    assert form_of(new)["blueprint"] == str(blueprint.pk)
    listed = olive.browser.get("/admin/widgets/widgetintegration/", {"blueprint__id__exact": str(blueprint.pk)}).content.decode()
    assert "One &amp; two" in listed
    assert "Apart" not in listed


@pytest.mark.parametrize("by", ["page", "action"])
def test_deleting_it_detaches_its_widgets(olive: Any, by: str) -> None:
    bot = bots.create_bot(olive.user)
    blueprint = bots.create_blueprint(olive.user, widget_defaults={**GIVEN, "botId": str(bot.pk)})
    widget = services.create_widget(olive.user, blueprint=blueprint, title="Own")
    before = effective_values(widget)
    address = f"{LIST}{blueprint.pk}/delete/" if by == "page" else LIST
    chosen = {} if by == "page" else {"action": "delete_selected", "_selected_action": [str(blueprint.pk)]}
    asked = olive.browser.get(address) if by == "page" else olive.browser.post(address, chosen)
    assert "Not deleted: 1 widget, with the settings that came from here." in asked.content.decode()
    assert olive.browser.post(address, {**chosen, "post": "yes"}).status_code == 302
    assert not Blueprint.objects.exists()
    widget = WidgetIntegration.objects.get()
    assert widget.blueprint is None
    assert effective_values(widget) == before


@pytest.mark.parametrize("defaults", [RUBBISH, [], "x", 5, {"botId": {}, "origin": 5}, {"title": "half \ud800", "\ud800": 1, "origin": "\ud800"}])
def test_rubbish_that_is_stored_breaks_neither_admin_nor_widgets(olive: Any, defaults: Any) -> None:
    blueprint = bots.create_blueprint(olive.user, name="Shop")
    widget = services.create_widget(olive.user, blueprint=blueprint)
    store(blueprint, defaults)
    for address in (change(blueprint), LIST, f"/admin/widgets/widgetintegration/{widget.pk}/change/", f"{LIST}{blueprint.pk}/delete/"):
        assert olive.browser.get(address).status_code == 200, address
    for page in ("frame", "launcher.json"):
        assert olive.browser.get(f"/integrations/widget/{widget.pk}/{page}").status_code == 200, page
    assert load_effective(widget.pk) is not None
    assert olive.post(f"blueprint/{blueprint.pk}/update", {"name": "New"}).status_code == 200
    assert olive.post(f"blueprint/{blueprint.pk}/clone").status_code == 200
    assert olive.post(f"integration/widget/{widget.pk}/clone").status_code == 200
    before = load_effective(widget.pk)
    assert olive.post(f"blueprint/{blueprint.pk}/delete").status_code == 200
    after = load_effective(widget.pk)
    assert before is not None
    assert after is not None
    assert [after.origins, after.stream, after.title, after.bot_id] == [before.origins, before.stream, before.title, before.bot_id]


def test_the_page_says_what_does_not_count_and_saving_leaves_it_out(olive: Any) -> None:
    blueprint = bots.create_blueprint(olive.user, name="Shop")
    store(blueprint, RUBBISH)
    page = olive.browser.get(change(blueprint)).content.decode()
    for words in ("title: must be a text", "math: must be true or false", "theme: “neon”", "botId: no such bot"):
        assert f"<li>{words}" in page
    save(olive, change(blueprint), placeholder="Ask")
    assert stored(blueprint) == {"stream": False, "later": {"kept": True}, "placeholder": "Ask"}


def test_an_unreadable_origin_stays_until_it_is_corrected(olive: Any) -> None:
    blueprint = bots.create_blueprint(olive.user, name="Shop")
    widget = services.create_widget(olive.user, blueprint=blueprint)
    for value in ("everywhere", ["https://a.example"]):
        store(blueprint, {"origin": value})
        closed = load_effective(widget.pk)
        assert closed is not None
        assert [entry.text for entry in closed.origins] == ["https://origin.invalid"]
        sent = form_of(olive.browser.get(change(blueprint)))
        answer = olive.browser.post(change(blueprint), sent)
        assert "allowed are entries like https://example.com" in str(answer.context["adminform"].form.errors["origin"])
    save(olive, change(blueprint), origin="https://a.example")
    assert stored(blueprint) == {"origin": "https://a.example"}


def test_whoever_may_only_look_sees_what_is_set(otto: Any) -> None:
    otto.user.groups.clear()
    otto.user.user_permissions.set(Permission.objects.filter(codename__in=["view_blueprint", "view_widgetintegration"]))
    blueprint = bots.create_blueprint(otto.user, name="Shop", widget_defaults={"title": "Help"})
    widget = services.create_widget(otto.user, blueprint=blueprint, intro="Own words")
    page = otto.browser.get(change(blueprint))
    assert (page.status_code, "Help" in page.content.decode()) == (200, True)
    page = otto.browser.get(f"/admin/widgets/widgetintegration/{widget.pk}/change/")
    assert (page.status_code, "Own words" in page.content.decode()) == (200, True)
    assert otto.browser.post(change(blueprint), {"name": "New"}).status_code == 403


def test_the_page_keeps_the_strict_policy(olive: Any) -> None:
    blueprint = bots.create_blueprint(olive.user)
    answer = olive.browser.get(change(blueprint))
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert " style=" not in answer.content.decode()
