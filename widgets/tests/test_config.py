"""What counts for a widget, what of it is told, and when a change shows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from bots.models import Blueprint, Bot
from bots.services import create_bot, delete_bot, update_blueprint, update_bot
from tests.support.actors import Operator
from widgets.config import effective_of, launcher_config, public_config, split_intro
from widgets.effective import Effective
from widgets.fields import BOOLEANS
from widgets.models import LanguageMap, WidgetIntegration
from widgets.services import create_widget, delete_widget, update_widget
from widgets.texts import text_hash

Commits = Callable[..., AbstractContextManager[Any]]
ON = {
    "stream", "verbose", "unfurl", "math", "auto_scroll", "export_conversation", "restart_conversation", "maximize", "message_peek", "powered_by",
}  # fmt: skip


def found(widget: WidgetIntegration) -> Effective:
    effective = effective_of(widget.pk)
    assert effective is not None
    return effective


def frame_of(widget: WidgetIntegration) -> dict[str, Any]:
    return public_config(found(widget), "en")


def test_where_nothing_is_set_the_defaults_count(widget: WidgetIntegration) -> None:
    effective = found(widget)
    assert {name for name in BOOLEANS if getattr(effective, name)} == ON
    config, launcher = frame_of(widget), launcher_config(effective, "en")
    assert (launcher["layout"], launcher["position"]) == ("bubble", "bottom-right")
    assert launcher["theme"] == config["theme"] == {"name": "default"}
    assert (config["title"], config["botName"]) == ("Juno", "Juno")
    assert config["features"] == {"verbose": True, "autoScroll": True, "startFirst": False}
    assert config["origins"] == config["languages"] == []
    assert config["limits"] == {"messageBytes": 32_768}


def test_a_blueprint_gives_what_the_widget_does_not_set(
    olive: Operator, blueprint: Blueprint, bot: Bot
) -> None:
    widget = create_widget(olive.user, blueprint=blueprint, math=True)
    effective = found(widget)
    assert (effective.title, effective.math, effective.bot_id) == ("From the blueprint", True, bot.pk)


def test_set_and_empty_overrides_a_blueprint(olive: Operator, blueprint: Blueprint) -> None:
    update_blueprint(
        blueprint, widget_defaults={"title": "From the blueprint", "origin": "https://a.example"}
    )
    inherits = create_widget(olive.user, blueprint=blueprint)
    overrides = create_widget(olive.user, blueprint=blueprint, title="", origin="")
    assert [entry.text for entry in found(inherits).origins] == ["https://a.example"]
    assert (found(overrides).title, found(overrides).origins) == ("", ())


def test_unusable_values_of_a_blueprint_do_not_count(
    olive: Operator, otto: Operator, blueprint: Blueprint
) -> None:
    foreign = create_bot(otto.user, name="Otto's")
    broken = {
        "math": "no",
        "theme": "neon",
        "sessionDuration": True,
        "title": 5,
        "layout": "inline",
        "botId": str(foreign.pk),
    }
    Blueprint.objects.filter(pk=blueprint.pk).update(widget_defaults=broken)
    effective = found(create_widget(olive.user, blueprint=blueprint))
    assert (effective.math, effective.theme, effective.session_duration, effective.title) == (
        True,
        "default",
        0,
        "",
    )
    assert (effective.layout, effective.bot_id) == ("inline", None)


def test_an_unreadable_origin_of_a_blueprint_closes_the_widget(olive: Operator, blueprint: Blueprint) -> None:
    Blueprint.objects.filter(pk=blueprint.pk).update(widget_defaults={"origin": "everywhere"})
    assert [entry.text for entry in found(create_widget(olive.user, blueprint=blueprint)).origins] == [
        "https://origin.invalid"
    ]


def test_intro_and_initial_are_rendered_and_safe(widget: WidgetIntegration) -> None:
    update_widget(
        widget, intro="Ask **me**\n\n[What?]()\n- [How?]() [Why?]()", initial="Hi <script>x</script>"
    )
    config = frame_of(widget)
    assert config["intro"] == "Ask **me**"
    assert "<strong>me</strong>" in config["introHtml"]
    assert config["suggestions"] == ["What?", "How?", "Why?"]
    assert "<script" not in config["initialHtml"]
    assert "Hi" in config["initialHtml"]


def test_texts_are_those_of_the_language(widget: WidgetIntegration) -> None:
    update_widget(widget, title="Shop", intro="Hi", placeholder="Write", language="en, de")
    texts = {"title": "Laden", "intro": "Tag\n\n[Was?]()", "placeholder": "Schreib"}
    hashes = {"title": text_hash("Shop"), "intro": text_hash("Hi"), "placeholder": text_hash("an older one")}
    LanguageMap.objects.create(widget=widget, language="de", texts=texts, hashes=hashes)
    german, english = (public_config(found(widget), language) for language in ("de", "en"))
    assert (german["title"], german["intro"], german["suggestions"]) == ("Laden", "Tag", ["Was?"])
    assert found(widget).localized("de").placeholder == "Write", "its source has changed since"
    assert (english["title"], english["suggestions"]) == ("Shop", [])


def test_in_its_first_language_it_is_as_it_was_written(widget: WidgetIntegration) -> None:
    update_widget(widget, title="Laden", language="de, en")
    LanguageMap.objects.create(widget=widget, language="de", overrides={"title": {"text": "From when English came first", "hash": ""}})
    assert public_config(found(widget), "de")["title"] == "Laden"


def test_reply_buttons_within_a_sentence_stay_in_the_intro() -> None:
    assert split_intro("Ask [this]() or that\n[Only this]()\n\n[Link](https://a.example)") == (
        "Ask [this]() or that\n\n[Link](https://a.example)",
        ["Only this"],
    )
    assert split_intro("") == ("", [])


def test_an_own_accent_comes_with_its_colors(widget: WidgetIntegration) -> None:
    update_widget(widget, theme="dark/accent=#C41")
    theme = frame_of(widget)["theme"]
    assert theme["name"] == "dark"
    assert set(theme["colors"]) == {"light", "dark"}
    assert "#cc4411" in theme["colors"]["light"].values()


def test_the_launcher_peeks_with_plain_text(widget: WidgetIntegration) -> None:
    update_widget(widget, initial="Hello **you**")
    config = launcher_config(found(widget), "en")
    assert config["peek"] == ["Hello you"]
    assert config["frame"] == f"/integrations/widget/{widget.pk}/frame"
    assert config["panel"].startswith("/static/widget/panel.")
    assert {"open", "close", "chat", "unread.other"} <= set(config["strings"])


def test_without_peeking_the_launcher_tells_nothing(olive: Operator) -> None:
    silent = create_widget(olive.user, initial="Hello", message_peek=False)
    assert launcher_config(found(silent), "en")["peek"] == []


def test_an_older_layout_name_is_told_as_its_shape(olive: Operator) -> None:
    assert launcher_config(found(create_widget(olive.user, layout="full screen")), "en")["layout"] == "fullscreen"


@pytest.mark.parametrize("unknown", ["", "nonsense", "a" * 36, "01890000-0000-7000-8000-000000000000"])
@pytest.mark.django_db
def test_an_unknown_id_is_no_widget(unknown: str) -> None:
    assert effective_of(unknown) is None


def test_a_deactivated_owner_s_widget_is_none(widget: WidgetIntegration, olive: Operator) -> None:
    olive.user.is_active = False
    olive.user.save()
    assert effective_of(widget.pk) is None


def test_a_commit_shows_at_the_next_request(
    widget: WidgetIntegration, blueprint: Blueprint, bot: Bot, django_capture_on_commit_callbacks: Commits
) -> None:
    def committed(change: Callable[[], object]) -> Effective:
        with django_capture_on_commit_callbacks(execute=True):
            change()
        return found(widget)

    first = found(widget)
    assert committed(lambda: update_widget(widget, title="New")).title == "New"
    assert committed(lambda: update_bot(bot, name="Nora")).bot_name == "Nora"
    assert (
        committed(lambda: update_widget(widget, title=None, blueprint=blueprint)).title
        == "From the blueprint"
    )
    second = committed(lambda: update_blueprint(blueprint, widget_defaults={"title": "Changed"}))
    assert second.title == "Changed"
    assert second.version > first.version
    assert committed(lambda: delete_bot(bot)).bot_id is None
    assert committed(blueprint.delete).title == ""


def test_a_bot_given_by_the_blueprint_counts_as_a_change_too(
    olive: Operator, blueprint: Blueprint, bot: Bot, django_capture_on_commit_callbacks: Commits
) -> None:
    widget = create_widget(olive.user, blueprint=blueprint)
    assert found(widget).bot_name == "Juno"
    with django_capture_on_commit_callbacks(execute=True):
        update_bot(bot, name="Nora")
    assert found(widget).bot_name == "Nora"


def test_a_change_in_the_admin_or_a_shell_counts_too(
    widget: WidgetIntegration, django_capture_on_commit_callbacks: Commits
) -> None:
    found(widget)
    widget.title = "Saved"
    with django_capture_on_commit_callbacks(execute=True):
        widget.save()
    assert found(widget).title == "Saved"


def test_a_deleted_widget_is_gone_and_a_new_one_is_found(
    widget: WidgetIntegration, django_capture_on_commit_callbacks: Commits
) -> None:
    key = widget.pk
    found(widget)
    with django_capture_on_commit_callbacks(execute=True):
        delete_widget(widget)
    assert effective_of(key) is None


def test_memory_answers_without_the_database(
    widget: WidgetIntegration, django_assert_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    found(widget)
    with django_assert_num_queries(0):
        found(widget)
