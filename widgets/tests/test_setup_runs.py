"""What a setup translates, who works at it, and when a setup is needed."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from bots.models import Blueprint, Bot
from tests.support.actors import Operator
from tests.support.translators import Reply, TranslatorServer
from widgets import setup_claims, setup_work, tasks
from widgets.models import LanguageMap, WidgetIntegration
from widgets.services import create_widget, setup_widget, update_widget
from widgets.setup import needs_setup, start_setup, waiting
from widgets.slots import slot

pytestmark = pytest.mark.django_db(transaction=True)
RunTasks = Callable[[], int]


@pytest.fixture
def widget(olive: Operator, bot: Bot) -> WidgetIntegration:
    return create_widget(olive.user, bot=bot, language="en, de", title="Halden", placeholder="Type here")


def test_an_automatic_setup_asks_only_for_what_changed(widget: WidgetIntegration, deepl: TranslatorServer, run_tasks: RunTasks) -> None:
    setup_widget(widget)
    run_tasks()
    update_widget(widget, title="Halden shop")
    deepl.requests.clear()
    assert start_setup(widget, only_changed=True) == ["de"]
    run_tasks()
    assert deepl.texts == ["Halden shop"]
    row = LanguageMap.objects.get()
    assert row.texts == {"title": "de Halden shop", "placeholder": "de Type here"}
    assert not needs_setup(widget)
    assert start_setup(widget, only_changed=True) == []


def test_a_setup_that_is_asked_for_overtakes_an_automatic_one(widget: WidgetIntegration, deepl: TranslatorServer, run_tasks: RunTasks) -> None:
    setup_widget(widget)
    run_tasks()
    update_widget(widget, title="Halden shop")
    start_setup(widget, only_changed=True)
    setup_widget(widget)
    start_setup(widget, only_changed=True)
    deepl.requests.clear()
    run_tasks()
    assert sorted(deepl.texts) == ["Halden shop", "Type here"]


def test_a_text_that_went_takes_its_translation_along(widget: WidgetIntegration, deepl: TranslatorServer, run_tasks: RunTasks) -> None:
    setup_widget(widget)
    run_tasks()
    update_widget(widget, title="")
    assert not needs_setup(widget)
    setup_widget(widget)
    run_tasks()
    assert LanguageMap.objects.get().texts == {"placeholder": "de Type here"}


def test_a_translator_that_comes_later_is_needed(
    widget: WidgetIntegration, deepl: TranslatorServer, run_tasks: RunTasks, settings: Any
) -> None:
    settings.TRANSLATOR = "none"
    assert needs_setup(widget)
    setup_widget(widget)
    run_tasks()
    assert not needs_setup(widget), "it would change nothing"
    settings.TRANSLATOR = "deepl"
    assert needs_setup(widget)


def test_a_failure_is_needed_again(widget: WidgetIntegration, deepl: TranslatorServer, run_tasks: RunTasks) -> None:
    deepl.script(Reply(status=456))
    setup_widget(widget)
    assert not needs_setup(widget), "it is being done"
    run_tasks()
    assert LanguageMap.objects.get().state == "failed"
    assert needs_setup(widget)
    assert start_setup(widget, only_changed=True) == [], "unasked only what changed"


def test_a_language_whose_workers_die_fails_in_the_end(
    widget: WidgetIntegration, deepl: TranslatorServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TRANSLATOR_ATTEMPTS = 2
    monkeypatch.setattr(setup_claims, "finish", lambda *_: None)
    setup_widget(widget)
    row = LanguageMap.objects.get()
    for _ in range(4):
        setup_work.translate_language(row.pk)
        LanguageMap.objects.update(claimed_until=None)
    row.refresh_from_db()
    assert (row.state, row.cause, len(deepl.requests)) == ("failed", setup_claims.DIED, 2)


def test_a_cloned_blueprint_takes_the_languages_of_its_widgets_along(
    olive: Operator, bot: Bot, blueprint: Blueprint, deepl: TranslatorServer, run_tasks: RunTasks, settings: Any
) -> None:
    setup_widget(create_widget(olive.user, blueprint=blueprint, language="en, de"))
    run_tasks()
    asked, settings.SETUP_ON_CHANGE = len(deepl.requests), True
    copy = olive.post(f"blueprint/{blueprint.pk}/clone").json()["id"]
    run_tasks()
    (clone,) = WidgetIntegration.objects.filter(blueprint=copy)
    (row,) = olive.get(f"integration/widget/{clone.pk}/language/list").json()["items"]
    assert (row["state"], row["texts"]) == ("ready", {"title": "de From the blueprint"})
    assert len(deepl.requests) == asked


def test_long_work_gives_signs_of_life(widget: WidgetIntegration, deepl: TranslatorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup_claims, "CLAIM_SECONDS", 3.0)
    setup_widget(widget)
    row = LanguageMap.objects.get()
    kept = threading.Event()

    def keep(claim: setup_claims.Claim) -> None:
        before = LanguageMap.objects.values_list("claimed_until", flat=True).get()
        keep_claim(claim)
        if LanguageMap.objects.filter(claimed_until__gt=before).exists():
            kept.set()

    keep_claim = setup_claims.keep_claim
    monkeypatch.setattr(setup_claims, "keep_claim", keep)
    deepl.translate = lambda text, target: f"{target.lower()} {text}" if kept.wait(20) else ""
    setup_work.translate_language(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("ready", 1)
    assert kept.is_set()


def test_who_finds_no_place_ends_and_who_had_one_goes_on(
    olive: Operator, bot: Bot, deepl: TranslatorServer, settings: Any, run_tasks: RunTasks
) -> None:
    settings.TRANSLATOR_REQUESTS = 1
    setup_widget(create_widget(olive.user, bot=bot, title="Halden", language="en, bg, cs, da, de, el"))
    with slot(60):
        assert run_tasks() == 5
        assert run_tasks() == 0, "nobody comes back to look"
    assert waiting(timezone.now()).count() == 5
    tasks.translate_language.delay(str(waiting(timezone.now()).values_list("pk", flat=True)[0]))
    run_tasks()
    assert {row.state for row in LanguageMap.objects.all()} == {"ready"}
    assert len(deepl.requests) == 5


def test_a_place_that_has_ended_is_somebody_elses(settings: Any) -> None:
    settings.TRANSLATOR_REQUESTS = 1
    with ExitStack() as late:
        late.enter_context(slot(60))
        cache.clear()  # as when its time is over
        with slot(60) as place:
            assert place is not None
            late.close()
            with slot(60) as third:
                assert third is None, "what was given back late is another's by now"
    with slot(60) as place:
        assert place is not None
