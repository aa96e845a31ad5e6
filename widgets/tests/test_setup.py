"""Setup over the API: at once an answer, then each language in a task; what serves meanwhile, and what survives."""

import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from bots.models import Bot
from bots.services import create_blueprint, update_blueprint
from tests.support.actors import Operator, Visitor
from tests.support.translators import Reply, TranslatorServer
from widgets import setup_claims, setup_work
from widgets.models import LanguageMap, WidgetIntegration
from widgets.services import clone_widget, create_widget, update_widget
from widgets.setup import needs_setup, waiting
from widgets.strings import strings_of
from widgets.tasks import requeue_setups

pytestmark = pytest.mark.django_db(transaction=True)
RunTasks = Callable[[], int]
TEXTS = {"title": "Halden", "intro": "Ask about **orders**", "initial": "Hello", "placeholder": "Type here"}
GERMAN = {"title": "de Halden", "intro": "de Ask about **orders**", "initial": "de Hello", "placeholder": "de Type here"}


@pytest.fixture
def widget(olive: Operator, bot: Bot) -> WidgetIntegration:
    return create_widget(olive.user, name="Shop", bot=bot, language="en, German, ar", **TEXTS)


@pytest.fixture
def shop(olive: Operator, widget: WidgetIntegration, run_tasks: RunTasks) -> "Shop":
    return Shop(olive, widget, run_tasks)


class Shop:
    """The widget through its operator's hands and a visitor's eyes."""

    def __init__(self, operator: Operator, widget: WidgetIntegration, run_tasks: RunTasks) -> None:
        self.operator, self.widget, self.run_tasks = operator, widget, run_tasks
        self.path = f"integration/widget/{widget.pk}"

    def set_up(self) -> None:
        answer = self.operator.post(f"{self.path}/setup")
        assert (answer.status_code, answer.json()) == (200, {"id": str(self.widget.pk)})

    def languages(self) -> dict[str, Any]:
        return {item["id"]: item for item in self.operator.get(f"{self.path}/language/list").json()["items"]}

    def states(self) -> list[str]:
        return [item["state"] for item in self.languages().values()]

    def write(self, language: str, **texts: str | None) -> Any:
        return self.operator.post(f"{self.path}/language/{language}/update", texts)

    def requeue(self) -> None:
        """What the beat does."""
        requeue_setups.delay()
        self.run_tasks()

    def seen(self, lang: str) -> dict[str, str]:
        """What a visitor's frame is given."""
        page = Visitor().client.get(f"/integrations/widget/{self.widget.pk}/frame?lang={lang}").content.decode()
        return texts_of(page)


def texts_of(page: str) -> dict[str, str]:
    start = page.index('id="config">') + len('id="config">')
    config = json.loads(page[start : page.index("</script>", start)])
    (placeholder,) = re.findall(r'<textarea[^>]* placeholder="([^"]*)"', page)
    return {name: config[name] for name in ("title", "intro", "initial")} | {"placeholder": placeholder}


def test_each_language_is_translated_in_a_task(shop: Shop, deepl: TranslatorServer) -> None:
    shop.set_up()
    assert shop.states() == ["pending", "pending"]
    assert not deepl.requests, "the answer waits for nobody"
    assert shop.seen("de") == TEXTS
    assert shop.run_tasks() >= 3
    found = shop.languages()
    assert [*found] == ["de", "ar"], "not the first, which the texts are written in"
    german = found["de"]
    assert (german["state"], german["texts"], german["overrides"], german["changed"]) == ("ready", GERMAN, {}, [])
    assert (german["name"], german["translator"]) == ("German", "deepl")
    assert german["translatedAt"] > 1_700_000_000_000
    assert {body["source_lang"] for body in deepl.requests} == {"EN"}
    assert (shop.seen("de"), shop.seen("en")["title"], shop.seen("ar")["title"]) == (GERMAN, "Halden", "ar Halden")


def test_two_setups_end_as_one(shop: Shop, deepl: TranslatorServer) -> None:
    shop.set_up()
    shop.set_up()
    shop.run_tasks()
    assert len(deepl.requests) == 2
    assert shop.states() == ["ready", "ready"]
    shop.set_up()
    shop.run_tasks()
    assert len(deepl.requests) == 4, "a setup that comes later translates anew"
    assert LanguageMap.objects.count() == 2


def test_setups_at_the_same_moment_end_as_one(shop: Shop, deepl: TranslatorServer) -> None:
    def set_up(_: int) -> int:
        try:
            return shop.operator.post(f"{shop.path}/setup").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(set_up, range(8))) == [200] * 8
    shop.run_tasks()
    assert len(deepl.requests) == 2
    assert shop.states() == ["ready", "ready"]


def test_until_it_is_done_the_old_text_serves_while_it_fits(shop: Shop, deepl: TranslatorServer) -> None:
    shop.set_up()
    shop.run_tasks()
    update_widget(shop.widget, title="Halden shop")
    assert shop.languages()["de"]["changed"] == ["title"]
    assert shop.seen("de") == GERMAN | {"title": "Halden shop"}
    shop.set_up()
    assert shop.seen("de") == GERMAN | {"title": "Halden shop"}, "pending changes nothing"
    shop.run_tasks()
    assert shop.seen("de") == GERMAN | {"title": "de Halden shop"}
    assert shop.languages()["de"]["changed"] == []
    update_widget(shop.widget, title="Halden")
    assert shop.seen("de")["title"] == "Halden"


def test_texts_that_are_in_another_language_than_was_said_are_translated_again(shop: Shop, deepl: TranslatorServer) -> None:
    shop.set_up()
    shop.run_tasks()
    update_widget(shop.widget, language="fr, de, ar")
    assert shop.languages()["de"]["changed"] == ["title", "intro", "initial", "placeholder"]
    assert shop.seen("de") == TEXTS
    assert needs_setup(shop.widget)
    shop.set_up()
    shop.run_tasks()
    assert deepl.requests[-1]["source_lang"] == "FR"
    assert shop.seen("de") == GERMAN


def test_texts_that_change_meanwhile_are_not_mixed(shop: Shop, deepl: TranslatorServer, settings: Any) -> None:
    def change(text: str, target: str) -> str:
        if text == "Hello" and target == "DE":
            update_widget(WidgetIntegration.objects.get(), title="Later")
            connections.close_all()
        return f"{target.lower()} {text}"

    deepl.translate = change
    shop.set_up()
    shop.run_tasks()
    assert shop.seen("de") == GERMAN | {"title": "Later"}, "what was translated is another text's"
    assert shop.languages()["de"]["changed"] == ["title"]


def test_a_setup_overtakes_one_of_older_texts(shop: Shop, deepl: TranslatorServer) -> None:
    def overtaken(text: str, target: str) -> str:
        if text == "Hello" and target == "DE" and len(deepl.requests) == 1:
            update_widget(WidgetIntegration.objects.get(), title="Later")
            shop.operator.post(f"{shop.path}/setup")
            connections.close_all()
        return f"{target.lower()} {text}"

    deepl.translate = overtaken
    shop.set_up()
    shop.run_tasks()
    assert shop.states() == ["ready", "ready"]
    assert shop.seen("de")["title"] == "de Later"
    assert shop.languages()["de"]["changed"] == []


def test_a_persons_words_are_never_overwritten(shop: Shop, deepl: TranslatorServer) -> None:
    shop.set_up()
    shop.run_tasks()
    assert shop.write("German", title="Haldens Laden", placeholder="").json() == {"id": "de"}
    assert shop.seen("de") == GERMAN | {"title": "Haldens Laden", "placeholder": strings_of("de")["placeholder"]}
    shop.set_up()
    shop.run_tasks()
    german = shop.languages()["de"]
    assert german["overrides"] == {"title": "Haldens Laden", "placeholder": ""}
    update_widget(shop.widget, title="Another")
    assert shop.languages()["de"]["changed"] == ["title"]
    assert shop.seen("de")["title"] == "Haldens Laden", "a person decides when it goes"
    shop.write("de", title=None)
    assert shop.seen("de")["title"] == "Another"
    update_widget(shop.widget, title="Halden")
    assert shop.seen("de")["title"] == "de Halden", "the machine's was kept"


@pytest.mark.parametrize(
    ("language", "body", "word"),
    [
        ("de", {"title": 5}, "title:"),
        ("de", {"title": "a\x00b"}, "title:"),
        ("de", {"title": "fine", "intro": ["no"]}, "intro:"),
    ],
)
def test_bad_words_are_refused_as_a_whole(shop: Shop, language: str, body: dict[str, Any], word: str) -> None:
    answer = shop.write(language, **body)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")
    assert word in answer.json()["message"]
    assert not LanguageMap.objects.exists()


@pytest.mark.parametrize("language", ["fr", "en", "nonsense", "de-", "%00"])
def test_only_its_languages_are_written(shop: Shop, language: str) -> None:
    answer = shop.write(language, title="Hi")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


def test_somebody_elses_languages_do_not_exist(shop: Shop, otto: Operator) -> None:
    for answer in (
        otto.post(f"{shop.path}/setup"), otto.get(f"{shop.path}/language/list"), otto.post(f"{shop.path}/language/de/update", {"title": "Mine"}),
    ):  # fmt: skip
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert not LanguageMap.objects.exists()


def test_an_error_is_tried_again_later_and_then_told(shop: Shop, deepl: TranslatorServer, settings: Any) -> None:
    settings.TRANSLATOR_ATTEMPTS = 3
    update_widget(shop.widget, language="en, de")
    deepl.script(*[Reply(status=503)] * 3)
    shop.set_up()
    waits = []
    shop.run_tasks()
    for attempt in (1, 2, 3):
        row = LanguageMap.objects.get()
        assert (len(deepl.requests), row.attempts) == (attempt, attempt)
        if row.retry_at:
            waits.append((row.retry_at - timezone.now()).total_seconds())
            assert not waiting(timezone.now()).exists()
            LanguageMap.objects.update(retry_at=timezone.now())
            shop.requeue()
    german = shop.languages()["de"]
    assert german["state"] == "failed"
    assert "503" in german["cause"]
    assert [1 < wait < 3 for wait in waits[:1]] + [2 < wait < 6 for wait in waits[1:]] == [True, True]
    assert shop.seen("de") == TEXTS
    shop.set_up()
    shop.run_tasks()
    assert shop.languages()["de"]["state"] == "ready"
    assert "cause" not in shop.languages()["de"]


def test_the_service_says_how_long(shop: Shop, deepl: TranslatorServer) -> None:
    deepl.script(Reply(status=429, headers={"Retry-After": "77"}))
    update_widget(shop.widget, language="en, de")
    shop.set_up()
    shop.run_tasks()
    row = LanguageMap.objects.get()
    assert row.retry_at is not None
    assert 70 < (row.retry_at - timezone.now()).total_seconds() <= 77
    assert shop.states() == ["pending"]


def test_what_trying_again_cannot_mend_fails_at_once(shop: Shop, deepl: TranslatorServer, settings: Any) -> None:
    settings.DEEPL_API_KEY = "wrong-key"
    shop.set_up()
    shop.run_tasks()
    assert shop.states() == ["failed", "failed"]
    assert len(deepl.requests) == 2
    told = str(shop.languages())
    assert "key" in told and "wrong-key" not in told


def test_without_a_translator_the_texts_stay_and_it_is_said(shop: Shop, deepl: TranslatorServer, settings: Any) -> None:
    shop.set_up()
    shop.run_tasks()
    settings.TRANSLATOR = "none"
    shop.set_up()
    shop.run_tasks()
    german = shop.languages()["de"]
    assert (german["state"], german["texts"]) == ("ready", GERMAN)
    assert "TRANSLATOR" in german["cause"]


def test_a_worker_that_dies_is_followed_by_another(shop: Shop, deepl: TranslatorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a killed process leaves: a claim that nobody renews."""
    update_widget(shop.widget, language="en, de")
    shop.set_up()
    row = LanguageMap.objects.get()
    with monkeypatch.context() as dying:
        dying.setattr(setup_claims, "finish", lambda *_: None)
        setup_work.translate_language(row.pk)
    assert not waiting(timezone.now()).exists(), "it may still be alive"
    assert shop.run_tasks() and shop.states() == ["pending"]
    assert waiting(timezone.now() + timedelta(seconds=setup_claims.CLAIM_SECONDS)).exists()
    LanguageMap.objects.update(claimed_until=timezone.now())
    shop.requeue()
    assert shop.languages()["de"]["state"] == "ready"


def test_a_blueprints_change_marks_all_its_widgets(olive: Operator, bot: Bot, deepl: TranslatorServer, run_tasks: RunTasks) -> None:
    blueprint = create_blueprint(olive.user, widget_defaults={"title": "Group", "language": "en, de", "botId": str(bot.pk)})
    shops = [Shop(olive, create_widget(olive.user, blueprint=blueprint, **extra), run_tasks) for extra in ({}, {"title": "Own"})]
    for shop in shops:
        shop.set_up()
    run_tasks()
    assert [shop.languages()["de"]["texts"]["title"] for shop in shops] == ["de Group", "de Own"]
    assert not any(needs_setup(shop.widget) for shop in shops)
    update_blueprint(blueprint, widget_defaults={"title": "Firm", "language": "en, de", "placeholder": "Ask"})
    assert [shop.languages()["de"]["changed"] for shop in shops] == [["title"], []]
    assert [needs_setup(WidgetIntegration.objects.get(pk=shop.widget.pk)) for shop in shops] == [True, True]
    assert shops[0].languages()["de"]["texts"]["title"] == "Firm"


def test_by_setting_every_change_is_set_up(shop: Shop, olive: Operator, deepl: TranslatorServer, settings: Any, run_tasks: RunTasks) -> None:
    settings.SETUP_ON_CHANGE = True
    olive.post(f"{shop.path}/update", {"title": "New"})
    run_tasks()
    assert shop.languages()["de"]["texts"]["title"] == "de New"
    asked = len(deepl.requests)
    olive.post(f"{shop.path}/update", {"description": "nothing to translate"})
    run_tasks()
    assert len(deepl.requests) == asked
    olive.post(f"{shop.path}/update", {"language": "en, de, ar, fr"})
    run_tasks()
    assert len(deepl.requests) == asked + 1, "only the new one"
    blueprint = create_blueprint(olive.user, widget_defaults={"placeholder": "Ask"})
    olive.post(f"{shop.path}/update", {"blueprintId": str(blueprint.pk), "placeholder": None})
    run_tasks()
    assert shop.languages()["fr"]["texts"]["placeholder"] == "fr Ask"
    olive.post(f"blueprint/{blueprint.pk}/update", {"widgetDefaults": {"placeholder": "Say"}})
    run_tasks()
    assert shop.languages()["fr"]["texts"]["placeholder"] == "fr Say"


def test_without_the_setting_nothing_is_sent(shop: Shop, olive: Operator, deepl: TranslatorServer, run_tasks: RunTasks) -> None:
    olive.post(f"{shop.path}/update", {"title": "New", "language": "en, de"})
    run_tasks()
    assert not deepl.requests
    assert shop.states() == ["missing"]


def test_languages_that_are_no_longer_wanted_go(shop: Shop, deepl: TranslatorServer) -> None:
    shop.set_up()
    shop.run_tasks()
    shop.write("ar", title="هالدن")
    update_widget(shop.widget, language="en")
    assert shop.languages() == {}
    shop.set_up()
    assert [row.language for row in LanguageMap.objects.all()] == ["ar"], "a person's work is kept"
    update_widget(shop.widget, language="en, ar")
    assert shop.languages()["ar"]["texts"]["title"] == "هالدن"


def test_a_language_that_goes_while_it_waits_is_not_translated(shop: Shop, deepl: TranslatorServer) -> None:
    shop.set_up()
    update_widget(shop.widget, language="en, de")
    shop.run_tasks()
    assert [*shop.languages()] == ["de"]
    assert {body["target_lang"] for body in deepl.requests} == {"DE"}


def test_a_clone_has_its_originals_languages(shop: Shop, olive: Operator, deepl: TranslatorServer) -> None:
    shop.set_up()
    shop.run_tasks()
    shop.write("de", title="Haldens Laden")
    clone = Shop(olive, clone_widget(shop.widget), shop.run_tasks)
    assert clone.seen("de") == GERMAN | {"title": "Haldens Laden"}
    clone.write("de", title="Kopie")
    assert shop.seen("de")["title"] == "Haldens Laden"


def test_no_more_requests_at_once_than_configured(olive: Operator, bot: Bot, deepl: TranslatorServer, settings: Any) -> None:
    settings.TRANSLATOR_REQUESTS = 2
    codes = "bg, cs, da, de, el, es, et, fi, fr, hu"
    widget = create_widget(olive.user, bot=bot, title="Halden", language=f"en, {codes}")
    Shop(olive, widget, lambda: 0).set_up()
    deepl.delay = 0.02

    def work(pk: Any) -> None:
        try:
            while setup_work.translate_language(pk) is not None:
                time.sleep(0.02)  # as a task that comes again does
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(work, [row.pk for row in LanguageMap.objects.all()]))
    assert (len(deepl.requests), deepl.most_at_once) == (10, 2)
    assert {row.state for row in LanguageMap.objects.all()} == {"ready"}
