from typing import Any

import pytest
from django.contrib.auth.models import Group

from bots import services as bots
from bots.skills import create_skillset
from files.services import create_file
from widgets import services
from widgets.fields import BOOLEANS
from widgets.models import WidgetIntegration
from widgets.tests.pictures import picture_of, put

LIST = "/admin/widgets/widgetintegration/"


@pytest.fixture(autouse=True)
def operators(olive: Any, otto: Any) -> None:
    """Olive and Otto may use the admin."""
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)


def _form(**fields: Any) -> dict[str, Any]:
    return {"name": "Shop", "enabled": "on", "meta": "{}", **dict.fromkeys(BOOLEANS, ""), **_pictures(), **fields}


def _pictures(*rows: dict[str, Any], stored: int = 0) -> dict[str, Any]:
    """The part of the form that holds pictures."""
    form = {"attached_files-TOTAL_FORMS": len(rows), "attached_files-INITIAL_FORMS": stored}
    return form | {f"attached_files-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}


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


@pytest.mark.parametrize(("skills", "tools", "told"), [(True, "", True), (True, "false", True), (True, "true", False), (False, "", False)])
def test_a_skillset_that_is_switched_off_is_told(olive: Any, skills: bool, tools: str, told: bool) -> None:
    skillset = create_skillset(olive.user, name="Shop") if skills else None
    bot = bots.create_bot(olive.user, name="Guide", skillset=skillset)
    answer = olive.browser.post(f"{LIST}add/", _form(bot=bot.pk, tools=tools), follow=True)
    warnings = [str(each) for each in answer.context["messages"] if each.level_tag == "warning"]
    assert warnings == (["“Guide” has a skillset, but uses none of its abilities here while “Tools” is off."] if told else [])


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


def test_a_switch_has_three_states(olive: Any) -> None:
    widget = services.create_widget(olive.user, name="W", stream=False)
    olive.browser.post(_change(widget), _form(stream="true", tools="false", math=""))
    widget.refresh_from_db()
    assert (widget.stream, widget.tools, widget.math) == (True, False, None)


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


def test_pictures(olive: Any, otto: Any) -> None:
    widget = services.create_widget(olive.user)
    first, second, theirs = picture_of(olive.user), picture_of(olive.user), picture_of(otto.user)
    note = put(create_file(olive.user), b"text", "note.txt")
    page = olive.browser.get(_change(widget)).content.decode()
    assert str(first.pk) in page
    assert str(theirs.pk) not in page
    assert str(note.pk) not in page
    added = _form(**_pictures({"type": "bar", "file": first.pk}, {"type": "button", "file": second.pk}))
    assert olive.browser.post(_change(widget), added).status_code == 302
    bar, button = widget.attached_files.order_by("type")
    assert (bar.file, button.file) == (first, second)
    changed = _pictures(
        {"id": bar.pk, "widget": widget.pk, "type": "bot", "file": second.pk},
        {"id": button.pk, "widget": widget.pk, "type": "button", "file": second.pk, "DELETE": "on"},
        stored=2,
    )
    assert olive.browser.post(_change(widget), _form(**changed)).status_code == 302
    assert [(link.type, link.file) for link in widget.attached_files.all()] == [("bot", second)]


def test_refused_pictures(olive: Any, otto: Any) -> None:
    widget = services.create_widget(olive.user)
    file, theirs = picture_of(olive.user), picture_of(otto.user)
    for rows, says in (
        ([{"type": "bar", "file": theirs.pk}], "Select a valid choice"),
        ([{"type": "bar", "file": put(create_file(olive.user), b"text", "note.txt").pk}], "Select a valid choice"),
        ([{"type": "bar", "file": file.pk}, {"type": "bar", "file": file.pk}], "Please correct the duplicate data for type"),
    ):
        assert says in _errors(olive.browser.post(_change(widget), _form(**_pictures(*rows))))
    assert not widget.attached_files.exists()


def test_a_superuser_gives_a_widget_pictures_of_its_owner(olive: Any, root: Any) -> None:
    widget, own, theirs = services.create_widget(olive.user), picture_of(root.user), picture_of(olive.user)
    answer = root.browser.post(_change(widget), _form(**_pictures({"type": "bar", "file": own.pk})))
    assert "must belong to the same owner (olive)" in _errors(answer)
    assert root.browser.post(_change(widget), _form(**_pictures({"type": "bar", "file": theirs.pk}))).status_code == 302
    assert widget.attached_files.get().file == theirs
