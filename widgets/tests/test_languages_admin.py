"""The page with a widget's languages in the admin: what it shows, a person's own words, setting up, and how far that is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser, LexborNode

from bots.models import Bot
from tests.support.actors import Operator
from tests.support.forms import form_of
from tests.support.translators import Reply, TranslatorServer
from widgets.models import LanguageMap, WidgetIntegration
from widgets.services import create_widget, setup_widget, update_widget
from widgets.setup import override_texts

RunTasks = Callable[[], int]
pytestmark = pytest.mark.usefixtures("operators")
LIST = "/admin/widgets/widgetintegration/"


@pytest.fixture
def widget(olive: Operator, bot: Bot) -> WidgetIntegration:
    return create_widget(olive.user, name="Shop", bot=bot, language="en, de, ar", title="Halden", intro="Ask **us**", initial="Hello")


@pytest.fixture
def page(olive: Operator, widget: WidgetIntegration) -> "LanguagesPage":
    return LanguagesPage(olive.browser, widget)


class LanguagesPage:
    """The page as somebody's browser shows it."""

    def __init__(self, browser: Client, widget: WidgetIntegration) -> None:
        self.browser, self.path = browser, f"{LIST}{widget.pk}/languages/"

    def get(self, query: str = "") -> LexborHTMLParser:
        answer = self.browser.get(self.path + query)
        assert answer.status_code == 200
        return LexborHTMLParser(answer.content.decode())

    def row(self, language: str) -> LexborNode:
        return found(self.get(), f"#language-{language}")

    def words(self, language: str) -> list[str]:
        """A row's cells, as they are read with every editor closed."""
        return [words(cell.css_first("div")) + " | " + words(cell.css_first("summary")) for cell in self.row(language).css("td")]

    def write(self, language: str, field: str, text: str, **more: str) -> Any:
        return self.browser.post(self.path, {"language": language, "field": field, "text": text, **more})

    def progress(self, pending: str) -> Any:
        return self.browser.get(f"{self.path}progress/?pending={pending}").json()


def found(node: Any, selector: str) -> LexborNode:
    (only,) = node.css(selector)
    return only


def words(node: Any) -> str:
    return " ".join(node.text(separator=" ").split())


def translated(widget: WidgetIntegration, run_tasks: RunTasks, capture: Any) -> None:
    """A setup, to its end."""
    with capture(execute=True):
        setup_widget(widget)
    run_tasks()


@pytest.fixture
def done(widget: WidgetIntegration, deepl: TranslatorServer, run_tasks: RunTasks, django_capture_on_commit_callbacks: Any) -> TranslatorServer:
    """Everything is translated."""
    translated(widget, run_tasks, django_capture_on_commit_callbacks)
    return deepl


def test_a_setup_from_the_page(page: LanguagesPage, deepl: TranslatorServer, run_tasks: RunTasks, django_capture_on_commit_callbacks: Any) -> None:
    assert "not translated" in words(page.row("de"))
    assert page.words("de") == ["Halden | As written Edit “Title” in German", "Ask **us** | As written Edit “Intro” in German", "Hello | As written Edit “Initial” in German", "Nothing | Edit “Placeholder” in German"]
    with django_capture_on_commit_callbacks(execute=True):
        answer = page.browser.post(page.path, {"_setup": "1"}, follow=True)
    assert answer.redirect_chain == [(page.path, 302)]
    html = LexborHTMLParser(answer.content.decode())
    assert "The setup of Shop has begun." in words(html.body)
    assert words(found(html, "[role=status]")) == "0 of 2 languages are done."
    assert [row.attributes["data-language"] for row in html.css("tr[data-pending]")] == ["de", "ar"]
    run_tasks()
    assert "Translated just now by DeepL" in words(page.row("de"))
    assert page.words("de")[1] == "de Ask **us** | Machine Edit “Intro” in German"
    assert not page.get().css("[role=status], tr[data-pending]")


def test_each_text_has_the_language_that_it_is_in(page: LanguagesPage, done: TranslatorServer, widget: WidgetIntegration) -> None:
    update_widget(widget, title="Halden shop")
    shown = [(div.attributes["lang"], div.attributes["dir"]) for div in page.row("ar").css(".cw-words")]
    assert shown == [("en", "ltr"), ("ar", "rtl"), ("ar", "rtl")], "what is not translated any more is as it was written"
    source = found(page.get(), ".cw-written")
    assert words(source).startswith("English What you wrote")
    assert found(source, f'a[href="{LIST}{widget.pk}/change/#id_title"]').text() == "Edit"


def test_own_words_are_kept_and_given_up(page: LanguagesPage, done: TranslatorServer, widget: WidgetIntegration) -> None:
    form = form_of(page.browser.get(page.path), "#language-de td form")
    assert (form["field"], form["text"]) == ("title", "de Halden")
    answer = page.write("de", "title", "Haldens Laden")
    assert (answer.status_code, answer.url) == (302, f"{page.path}#language-de")
    assert page.words("de")[0] == "Haldens Laden | By hand Edit “Title” in German"
    update_widget(widget, title="Halden shop")
    assert page.words("de")[0] == "Haldens Laden | By hand Changed since Edit “Title” in German"
    assert page.words("ar")[0] == "Halden shop | As written Changed since Edit “Title” in Arabic"
    editor = found(page.row("de"), "td:has([value=title]) .cw-editor")
    assert "Saving says that it fits" in words(editor)
    assert "Show it as written again" in words(editor)
    page.write("de", "title", "Haldens Laden")
    assert "Changed since" not in page.words("de")[0], "who saves it says that it fits"
    update_widget(widget, title="Halden")
    editor = found(page.row("de"), "td:has([value=title]) .cw-editor")
    assert words(editor).endswith("Use the machine’s again The machine’s de Halden")
    answer = page.browser.post(page.path, {"language": "de", "field": "title", "_machine": "1"}, follow=True)
    assert "Title in German is the machine’s again." in answer.content.decode()
    assert page.words("de")[0] == "de Halden | Machine Edit “Title” in German"


def test_words_without_a_translator(page: LanguagesPage) -> None:
    said = words(found(page.get(), ".cw-panel"))
    assert said.startswith("The interface is translated, your own texts are not.")
    assert "TRANSLATOR" in said
    assert not page.get().css("[name=_setup]")
    page.write("ar", "intro", "\r\n أهلا \r\nبكم ")
    assert LanguageMap.objects.get().overrides["intro"]["text"] == "أهلا \nبكم"
    page.write("ar", "intro", "")
    assert page.words("ar")[1] == "Empty on purpose | By hand Edit “Intro” in Arabic"


def test_what_is_saved_as_it_was_stays_the_machines(page: LanguagesPage, done: TranslatorServer) -> None:
    answer = page.browser.post(page.path, {"language": "de", "field": "title", "text": "de Halden"}, follow=True)
    assert "Nothing was changed." in answer.content.decode()
    page.write("de", "title", "", _machine="1")
    assert LanguageMap.objects.get(language="de").overrides == {}


def test_a_failed_language_says_why(
    page: LanguagesPage, widget: WidgetIntegration, deepl: TranslatorServer, run_tasks: RunTasks, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.TRANSLATOR_ATTEMPTS = 1
    deepl.script(Reply(status=503))
    translated(widget, run_tasks, django_capture_on_commit_callbacks)
    assert "failed DeepL answered 503. No further attempt until you set up the languages again." in words(page.row("de"))
    assert "to be set up" not in (listed := words(LexborHTMLParser(page.browser.get(LIST).content.decode()).css_first(".field-languages")))
    assert listed == "3: 1 failed"


def test_a_setup_that_failed_says_so_once(
    page: LanguagesPage, widget: WidgetIntegration, deepl: TranslatorServer, run_tasks: RunTasks, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.DEEPL_API_KEY = "another"
    translated(widget, run_tasks, django_capture_on_commit_callbacks)
    assert page.progress("de")["said"] == "The setup has failed: DeepL refuses the key that is set."


def test_a_widget_without_texts(page: LanguagesPage, widget: WidgetIntegration, deepl: TranslatorServer) -> None:
    update_widget(widget, title="", intro="", initial="", placeholder="")
    assert words(found(page.get(), ".cw-panel")).startswith("There are no texts to translate yet.")
    assert not page.get().css("[name=_setup]")


def test_progress_brings_the_rows_that_are_done(page: LanguagesPage, done: TranslatorServer, widget: WidgetIntegration) -> None:
    rows = widget.language_maps.order_by("-language")
    for row, fields in zip(rows, ({"state": "ready"}, {"state": "pending"}), strict=True):
        LanguageMap.objects.filter(pk=row.pk).update(**fields)
    answer = page.progress("de,ar,fr,")
    assert {**answer, "rows": [*answer["rows"]]} == {"pending": ["ar"], "done": 1, "said": "1 of 2 languages are done.", "rows": ["de"]}
    assert words(LexborHTMLParser(f"<table>{answer['rows']['de']}</table>").css_first(".cw-words")) == "de Halden"
    later = timezone.now() + timedelta(minutes=4, seconds=30)
    LanguageMap.objects.filter(language="ar").update(cause="DeepL answered 503.", retry_at=later)
    row = words(LexborHTMLParser(f"<table>{page.progress('ar')['rows']['ar']}</table>").body)
    assert "in progress DeepL answered 503. Next attempt in 4 minutes." in row


def test_a_preview_beside_the_table(page: LanguagesPage, widget: WidgetIntegration) -> None:
    assert not page.get().css("iframe")
    assert found(page.get(), "#language-de th a").attributes["href"] == f"{page.path}?preview=de#language-de"
    html = page.get("?preview=de")
    frame = f"/integrations/widget/{widget.pk}/frame?lang=de&only"
    assert found(html, "iframe").attributes["data-src"] == frame
    assert page.browser.get(frame).status_code == 200
    assert html.css_first("#language-de td form").attributes["action"] == f"{page.path}?preview=de#language-de"
    for other in ("fr", "nonsense", "<b>", ""):
        assert not page.get(f"?preview={other}").css("iframe")


@pytest.mark.parametrize(("language", "says"), [(None, "No languages are chosen."), ("de", "German is the only language of this widget.")])
def test_too_few_languages(page: LanguagesPage, widget: WidgetIntegration, language: str | None, says: str) -> None:
    update_widget(widget, language=language)
    panel = found(page.get(), ".cw-panel")
    assert says in words(panel)
    assert found(panel, "a").attributes["href"] == f"{LIST}{widget.pk}/change/#id_language"
    assert not page.get().css("table")
    assert words(LexborHTMLParser(page.browser.get(LIST).content.decode()).css_first(".field-languages")) == "-"


def test_refused_words_are_shown_again(page: LanguagesPage, widget: WidgetIntegration) -> None:
    answer = page.write("de", "intro", "a\x00b <b>")
    assert answer.status_code == 200
    editor = found(LexborHTMLParser(answer.content.decode()), "details[open]")
    assert "must not contain a NUL character" in words(found(editor, ".errorlist"))
    assert found(editor, "textarea").text().strip() == "a\ufffdb <b>", "the parser's sign for what no page can hold"
    assert not LanguageMap.objects.exists()


@pytest.mark.parametrize(("language", "field"), [("fr", "title"), ("en", "title"), ("", "title"), ("de", "name"), ("de", ""), ("de", "origin")])
def test_only_its_texts_are_written(page: LanguagesPage, language: str, field: str) -> None:
    assert page.write(language, field, "Hi").status_code == 404
    assert page.browser.post(page.path).status_code == 404
    assert not LanguageMap.objects.exists()


def test_somebody_elses_widget_is_absent(otto: Operator, page: LanguagesPage) -> None:
    theirs = page.path
    for answer in (otto.browser.get(theirs), otto.browser.post(theirs, {"_setup": "1"}), otto.browser.get(f"{theirs}progress/?pending=de")):
        assert answer.status_code == 404
    otto.browser.post(LIST, {"action": "set_up", "_selected_action": [theirs.split("/")[-3]]})
    assert not LanguageMap.objects.exists()
    assert otto.browser.get(f"{LIST}nonsense/languages/").status_code in (302, 404)


def test_whoever_may_only_look(olive: Operator, page: LanguagesPage, widget: WidgetIntegration) -> None:
    override_texts(widget, "de", title="Haldens")
    olive.user.groups.clear()
    assert page.browser.get(page.path).status_code == 403
    olive.user.user_permissions.add(Permission.objects.get(codename="view_widgetintegration"))
    html = page.get()
    assert not html.css("#content form")
    assert "Show “Title” in German" in words(html.body)
    assert page.write("de", "title", "Hi").status_code == 403
    assert page.browser.post(page.path, {"_setup": "1"}).status_code == 403
    assert LanguageMap.objects.get().overrides["title"]["text"] == "Haldens"


def test_other_ways_in_are_closed(olive: Operator, page: LanguagesPage) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(olive.user)
    assert strict.post(page.path, {"_setup": "1"}).status_code == 403
    assert page.browser.post(f"{page.path}progress/").status_code == 405
    assert Client().get(page.path).status_code == 302
    assert not LanguageMap.objects.exists()


def test_the_page_keeps_the_strict_policy(page: LanguagesPage) -> None:
    answer = page.browser.get(f"{page.path}?preview=de")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert " style=" not in answer.content.decode()


def test_many_languages_cost_no_more_queries(olive: Operator, done: TranslatorServer, widget: WidgetIntegration, django_assert_num_queries: Any) -> None:
    update_widget(widget, language="en, de, ar, fr, es, it, nl, sv, pl, cs")
    page = LanguagesPage(olive.browser, widget)
    with django_assert_num_queries(8):
        page.get()
