"""A widget's page in the admin: where each value comes from, resetting, another blueprint and none."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from selectolax.lexbor import LexborHTMLParser

from bots import services as bots
from bots.models import Blueprint
from tests.support.forms import form_of
from widgets import services
from widgets.effective import effective_values
from widgets.fields import DEFAULTS
from widgets.models import WidgetIntegration

LIST = "/admin/widgets/widgetintegration/"
GIVEN = {
    "theme": "dark", "layout": "inline", "title": "Help", "intro": "Hi\n\n[Ask]()", "initial": "Hello", "placeholder": "Write", "origin": "https://a.example",
    "language": "en, es", "plugins": "search", "sessionDuration": 60_000, "stream": False, "tools": True, "autoScroll": False, "startFirst": True,
}  # fmt: skip


@pytest.fixture(autouse=True)
def operators(olive: Any, otto: Any) -> None:
    """Olive and Otto may use the admin."""
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)


@pytest.fixture
def blueprint(olive: Any) -> Blueprint:
    bot = bots.create_bot(olive.user, name="Juno")
    return bots.create_blueprint(olive.user, name="Shop", widget_defaults={**GIVEN, "botId": str(bot.pk)})


def change(widget: WidgetIntegration) -> str:
    """The widget's page."""
    return f"{LIST}{widget.pk}/change/"


def sources(answer: Any) -> dict[str, str]:
    """What a person reads beside each field."""
    assert answer.status_code == 200
    told = {}
    for line in LexborHTMLParser(answer.content.decode()).css("[data-source]"):
        own = "cw-own" in (line.attributes["class"] or "")
        words = " ".join(line.css_first(".cw-from").parent.text().split())
        told[line.attributes["data-source"] or ""] = f"Set here instead of {words}" if own else words
    return told


def save(operator: Any, address: str, **changes: str | None) -> Any:
    """Send the page's form with these changes; None leaves a name out."""
    sent = {**form_of(operator.browser.get(address)), **changes}
    answer = operator.browser.post(address, {name: value for name, value in sent.items() if value is not None})
    assert answer.status_code == 302, answer.context["errors"]
    return answer


def test_every_field_says_where_its_value_comes_from(olive: Any, blueprint: Blueprint) -> None:
    widget = services.create_widget(olive.user, blueprint=blueprint, title="Own", stream=True, origin="", session_duration=0)
    told = sources(olive.browser.get(change(widget)))
    assert set(told) == {*DEFAULTS, "bot"}
    assert {name: told[name] for name in ("bot", "layout", "intro", "tools", "session_duration", "title", "stream", "origin", "math", "verbose", "form")} == {
        "bot": "From blueprint “Shop”: Juno", "layout": "From blueprint “Shop”: inline", "intro": "From blueprint “Shop”: Hi [Ask]()",
        "tools": "From blueprint “Shop”: on", "session_duration": "Set here instead of From blueprint “Shop”: 60000 ms",
        "title": "Set here instead of From blueprint “Shop”: Help", "stream": "Set here instead of From blueprint “Shop”: off",
        "origin": "Set here instead of From blueprint “Shop”: https://a.example", "math": "Default: on", "verbose": "Default: on", "form": "Default: off",
    }  # fmt: skip


def test_without_a_blueprint_the_defaults_are_told(olive: Any) -> None:
    told = sources(olive.browser.get(f"{LIST}add/"))
    assert {name: told[name] for name in ("bot", "title", "origin", "layout", "stream", "tools", "session_duration")} == {
        "bot": "Default: no bot", "title": "Default: the bot’s name", "origin": "Default: everywhere", "layout": "Default: bubble",
        "stream": "Default: on", "tools": "Default: off", "session_duration": "Default: one hour",
    }  # fmt: skip


def test_saving_an_untouched_page_changes_nothing(olive: Any, blueprint: Blueprint) -> None:
    own = {"title": "", "intro": "One\nTwo", "origin": "", "layout": "", "stream": False, "tools": True, "session_duration": 0, "initial": " kept "}
    widget = services.create_widget(olive.user, name="W", blueprint=blueprint, **own)
    before = WidgetIntegration.objects.values().get()
    save(olive, change(widget), name="New")
    assert WidgetIntegration.objects.values().get() == {**before, "name": "New", "updated_at": WidgetIntegration.objects.get().updated_at}


def test_an_emptied_field_is_inherited_again(olive: Any, blueprint: Blueprint) -> None:
    bot = bots.create_bot(olive.user, name="Own")
    texts = {"theme": "light", "title": "T", "intro": "I", "initial": "", "placeholder": "P", "origin": "", "language": "de", "plugins": "x"}
    widget = services.create_widget(olive.user, blueprint=blueprint, bot=bot, layout="fullscreen", session_duration=0, stream=True, tools=False, **texts)
    emptied = dict.fromkeys([*texts, "layout", "session_duration", "stream", "tools", "bot"], "")
    save(olive, change(widget), **emptied, **{"origin-empty": None, "initial-empty": None})
    stored = WidgetIntegration.objects.values(*DEFAULTS, "bot").get()
    assert stored == dict.fromkeys([*DEFAULTS, "bot"])
    assert "Set here" not in " ".join(sources(olive.browser.get(change(widget))).values())


def test_empty_on_purpose_overrides_the_blueprint(olive: Any, blueprint: Blueprint) -> None:
    widget = services.create_widget(olive.user, blueprint=blueprint)
    save(olive, change(widget), **{"origin-empty": "on", "title": "Own", "title-empty": "on"})
    widget.refresh_from_db()
    assert (widget.origin, widget.title, widget.intro) == ("", "Own", None)
    assert effective_values(widget)["origin"] == ""


def test_blanks_alone_are_not_set(olive: Any, blueprint: Blueprint) -> None:
    widget = services.create_widget(olive.user, blueprint=blueprint)
    save(olive, change(widget), title="   ", origin=" \r\n ")
    widget.refresh_from_db()
    assert (widget.title, widget.origin) == (None, None)


def test_another_blueprint_is_told_before_and_after_saving(olive: Any, blueprint: Blueprint) -> None:
    other = bots.create_blueprint(olive.user, name="Other", widget_defaults={"title": "Hej", "stream": True})
    widget = services.create_widget(olive.user, blueprint=blueprint)
    asked = olive.browser.get(f"{LIST}inherited/", {"blueprint": str(other.pk)}).json()
    assert asked["title"] == {"source": "From blueprint “Other”", "given": True, "words": "Hej", "emptiable": True, "hint": "Hej"}
    assert asked["bot"] == {"source": "Default", "given": False, "words": "no bot", "emptiable": False, "hint": ""}
    assert set(asked) == {*DEFAULTS, "bot"}
    assert olive.browser.get(f"{LIST}inherited/").json()["title"]["source"] == "Default"
    save(olive, change(widget), blueprint=str(other.pk))
    told = sources(olive.browser.get(change(widget)))
    assert (told["title"], told["stream"], told["intro"]) == ("From blueprint “Other”: Hej", "From blueprint “Other”: on", "Default: none")


def test_a_refused_page_tells_of_the_blueprint_that_it_shows(olive: Any, blueprint: Blueprint) -> None:
    answer = olive.browser.post(f"{LIST}add/", {**form_of(olive.browser.get(f"{LIST}add/")), "blueprint": str(blueprint.pk), "theme": "neon"})
    told = sources(answer)
    assert told["title"] == "From blueprint “Shop”: Help"
    assert told["theme"] == "Set here instead of From blueprint “Shop”: dark"


def test_what_somebody_elses_blueprint_gives_is_not_told(olive: Any, otto: Any, blueprint: Blueprint, client: Any) -> None:
    for wanted in (str(blueprint.pk), "", "x"):
        assert otto.browser.get(f"{LIST}inherited/", {"blueprint": wanted}).status_code == 404
    assert "Help" not in otto.browser.get(f"{LIST}add/", {"blueprint": str(blueprint.pk)}).content.decode()
    assert client.get(f"{LIST}inherited/").status_code == 302


def test_no_blueprint_is_a_choice_that_keeps_what_counted(olive: Any, blueprint: Blueprint) -> None:
    widget = services.create_widget(olive.user, blueprint=blueprint, title="Own")
    page = olive.browser.get(change(widget)).content.decode()
    assert '<option value="">No blueprint</option>' in page
    before = effective_values(widget)
    save(olive, change(widget), blueprint="")
    widget = WidgetIntegration.objects.get()
    assert widget.blueprint is None
    assert effective_values(widget) == before


def test_chosen_widgets_are_detached(olive: Any, otto: Any, blueprint: Blueprint) -> None:
    mine = [services.create_widget(olive.user, blueprint=blueprint) for _ in range(2)]
    theirs = services.create_widget(otto.user, blueprint=bots.create_blueprint(otto.user, widget_defaults={"title": "T"}))
    before = effective_values(mine[0])
    chosen = {"action": "detach", "_selected_action": [str(widget.pk) for widget in (*mine, theirs)]}
    page = olive.browser.post(LIST, chosen, follow=True).content.decode()
    assert "Detached 2. What came from a blueprint is set at the widget now." in page
    for widget in mine:
        widget.refresh_from_db()
        assert widget.blueprint is None
        assert effective_values(widget) == before
    theirs.refresh_from_db()
    assert theirs.blueprint is not None
    assert "None of the chosen widgets has a blueprint." in olive.browser.post(LIST, chosen, follow=True).content.decode()


def test_a_superuser_cannot_mix_owners(root: Any, olive: Any, otto: Any, blueprint: Blueprint) -> None:
    widget = services.create_widget(otto.user)
    sent = {**form_of(root.browser.get(change(widget))), "blueprint": str(blueprint.pk)}
    answer = root.browser.post(change(widget), sent)
    assert "must belong to the same owner (otto)" in str(answer.context["errors"])


def test_an_address_with_nonsense_chooses_nothing(olive: Any) -> None:
    page = olive.browser.get(f"{LIST}add/", {"blueprint": "x", "bot": "x"})
    assert {form_of(page)[name] for name in ("blueprint", "bot")} == {""}
    assert "not a valid UUID" in str(olive.browser.post(f"{LIST}add/", {**form_of(page), "blueprint": "x"}).context["errors"])
