from typing import Any

import pytest
from django.contrib.auth.models import Group

from bots import services as bots
from widgets import services
from widgets.fields import BOOLEANS
from widgets.models import WidgetIntegration

LIST = "/admin/widgets/widgetintegration/"


@pytest.fixture(autouse=True)
def operators(olive: Any, otto: Any) -> None:
    """Olive and Otto may use the admin."""
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)


def _form(**fields: Any) -> dict[str, Any]:
    return {"name": "Shop", "enabled": "on", "meta": "{}", **dict.fromkeys(BOOLEANS, ""), **fields}


def _errors(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(map(str, answer.context["errors"]))


def _change(widget: WidgetIntegration) -> str:
    return f"{LIST}{widget.pk}/change/"


def test_a_new_widget_opens_with_its_snippet(olive: Any) -> None:
    bot = bots.create_bot(olive.user, name="Guide")
    answer = olive.browser.post(
        f"{LIST}add/", _form(bot=bot.pk, title="Ask us", origin="https://example.com"), follow=True
    )
    widget = WidgetIntegration.objects.get()
    assert (widget.owner, widget.bot, widget.title, widget.origin, widget.enabled) == (
        olive.user,
        bot,
        "Ask us",
        "https://example.com",
        True,
    )
    assert answer.redirect_chain[-1][0] == _change(widget)
    page = answer.content.decode()
    assert (
        f"&lt;script src=&quot;http://testserver/widget.js&quot; data-widget=&quot;{widget.pk}&quot; async&gt;"
        in page
    )
    assert f"/integrations/widget/{widget.pk}/test" in page
    assert f'src="http://testserver/widget.js" data-widget="{widget.pk}"' not in page


def test_empty_means_not_set(olive: Any) -> None:
    olive.browser.post(f"{LIST}add/", _form())
    widget = WidgetIntegration.objects.get()
    names = [
        *BOOLEANS,
        "title",
        "intro",
        "origin",
        "theme",
        "layout",
        "language",
        "plugins",
        "session_duration",
    ]
    assert {name: getattr(widget, name) for name in names} == dict.fromkeys(names)


def test_a_switch_has_three_states_and_names_what_counts(olive: Any) -> None:
    widget = services.create_widget(olive.user, name="W", stream=False)
    page = olive.browser.get(_change(widget)).content.decode()
    assert "Default (on)" in page
    assert "Default (off)" in page
    olive.browser.post(_change(widget), _form(stream="true", tools="false", math=""))
    widget.refresh_from_db()
    assert (widget.stream, widget.tools, widget.math) == (True, False, None)


def test_a_blueprints_value_is_named(olive: Any) -> None:
    blueprint = bots.create_blueprint(
        olive.user, name="B", widget_defaults={"verbose": False, "title": "From blueprint"}
    )
    widget = services.create_widget(olive.user, blueprint=blueprint)
    page = olive.browser.get(_change(widget)).content.decode()
    assert "Blueprint (off)" in page
    assert 'placeholder="Blueprint: From blueprint"' in page


def test_saving_leaves_what_the_page_did_not_change(olive: Any) -> None:
    widget = services.create_widget(olive.user, name="W", origin="", intro="")
    olive.browser.post(_change(widget), _form(name="New"))
    widget.refresh_from_db()
    assert (widget.name, widget.origin, widget.intro) == ("New", "", "")


def test_an_older_layout_name_stays_a_choice(olive: Any) -> None:
    widget = services.create_widget(olive.user, layout="popout")
    assert olive.browser.post(_change(widget), _form(layout="popout", title="T")).status_code == 302
    widget.refresh_from_db()
    assert (widget.layout, widget.title) == ("popout", "T")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("origin", "example.com/path https://ok.example", "example.com/path"),
        ("theme", "neon", "neon"),
        ("theme", '{"name": ', "JSON"),
        ("language", "English, Klingonish", "Klingonish"),
        ("layout", "sideways", "sideways"),
        ("session_duration", "3600001", "3600000"),
        ("session_duration", "-1", "0"),
        ("plugins", "a b!", "a b!"),
        ("alias", "Not Good", "a-z, 0-9, - and _"),
        ("meta", "{", "JSON"),
        ("stream", "maybe", "maybe"),
        ("name", "ä" * 100, "191 bytes"),
    ],
)
def test_a_bad_value_is_refused_with_what_is_allowed(olive: Any, field: str, value: str, words: str) -> None:
    answer = olive.browser.post(f"{LIST}add/", _form(**{field: value}))
    assert words in _errors(answer)
    assert field in answer.context["adminform"].form.errors
    assert f'<a href="#id_{field}' in answer.content.decode()
    assert not WidgetIntegration.objects.exists()


def test_somebody_elses_is_absent(olive: Any, otto: Any, root: Any) -> None:
    widget = services.create_widget(otto.user, name="Ottos thing")
    assert "Ottos thing" not in olive.browser.get(LIST).content.decode()
    assert olive.browser.get(_change(widget)).status_code == 302
    olive.browser.post(_change(widget), _form(name="Mine now"))
    olive.browser.post(LIST, {"action": "clone", "_selected_action": [str(widget.pk)]})
    widget.refresh_from_db()
    assert widget.name == "Ottos thing"
    assert WidgetIntegration.objects.count() == 1
    assert "Ottos thing" in root.browser.get(LIST).content.decode()


def test_a_foreign_bot_cannot_be_chosen(olive: Any, otto: Any) -> None:
    bot = bots.create_bot(otto.user, name="Ottos")
    assert "Select a valid choice" in _errors(olive.browser.post(f"{LIST}add/", _form(bot=bot.pk)))


def test_widgets_are_copied_and_deleted(olive: Any) -> None:
    widget = services.create_widget(olive.user, name="W", alias="w", title="T")
    olive.browser.post(LIST, {"action": "clone", "_selected_action": [str(widget.pk)]})
    copy = WidgetIntegration.objects.exclude(pk=widget.pk).get()
    assert (copy.name, copy.alias, copy.title) == ("W", None, "T")
    olive.browser.post(f"{LIST}{widget.pk}/delete/", {"post": "yes"})
    assert list(WidgetIntegration.objects.all()) == [copy]


def test_the_page_keeps_the_strict_policy(olive: Any) -> None:
    widget = services.create_widget(olive.user)
    answer = olive.browser.get(_change(widget))
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert " style=" not in answer.content.decode()


def test_the_list_costs_the_same_with_many_widgets(olive: Any, django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        services.create_widget(
            olive.user, name=f"W{number}", bot=bots.create_bot(olive.user, name=f"B{number}")
        )
    with django_assert_max_num_queries(12):
        assert olive.browser.get(LIST).status_code == 200
