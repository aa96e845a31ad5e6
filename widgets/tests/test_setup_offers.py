"""Where the admin offers a setup: after saving a widget or a blueprint, on the widget's page, and in the list."""

from typing import Any

import pytest

from bots.models import Blueprint, Bot
from bots.services import create_blueprint
from tests.support.actors import Operator
from tests.support.forms import form_of
from tests.support.translators import TranslatorServer
from widgets.models import LanguageMap, WidgetIntegration
from widgets.services import create_widget, update_widget
from widgets.setup import start_setup

pytestmark = pytest.mark.usefixtures("operators")
LIST = "/admin/widgets/widgetintegration/"


@pytest.fixture
def widget(olive: Operator, bot: Bot) -> WidgetIntegration:
    return create_widget(olive.user, name="Shop", bot=bot, language="en, de", title="Halden")


@pytest.fixture
def group(olive: Operator) -> Blueprint:
    return create_blueprint(olive.user, name="Group", widget_defaults={"language": "en, de", "title": "Halden"})


def save(operator: Operator, address: str, **changes: str) -> list[str]:
    """Save the page with these changes; what is said of it, but for Django's own words."""
    answer = operator.browser.post(address, {**form_of(operator.browser.get(address)), **changes}, follow=True)
    assert answer.redirect_chain, answer.context["errors"]
    return [said for each in answer.context["messages"] if "successfully" not in (said := str(each))]


def change(widget: WidgetIntegration) -> str:
    return f"{LIST}{widget.pk}/change/"


def link(widget: WidgetIntegration) -> str:
    return f'<a href="{LIST}{widget.pk}/languages/">{widget}</a>'


def offered(widget: WidgetIntegration) -> str:
    way = f'<a href="{LIST}{widget.pk}/languages/">Set up the languages of {widget}</a>'
    return f"Texts or languages have changed. Until they are translated, visitors with other languages read what you wrote. {way}"


@pytest.mark.parametrize("changed", [{"title": "Halden shop"}, {"language": "en, de, fr"}, {"intro": "Hello"}])
def test_changed_texts_are_offered(olive: Operator, widget: WidgetIntegration, deepl: TranslatorServer, changed: dict[str, str]) -> None:
    assert save(olive, change(widget), **changed) == [offered(widget)]
    assert not LanguageMap.objects.exists(), "it is only offered"
    assert save(olive, change(widget)) == [], "nothing has changed since"


def test_a_new_widget_is_offered(olive: Operator, deepl: TranslatorServer) -> None:
    said = save(olive, f"{LIST}add/", name="Shop", title="Halden", language="en, de")
    assert said == [offered(WidgetIntegration.objects.get())]


@pytest.mark.parametrize("changed", [{"name": "Other"}, {"language": "en"}, {"title": ""}, {"layout": "inline"}])
def test_nothing_is_offered_where_there_is_nothing_to_translate(
    olive: Operator, widget: WidgetIntegration, deepl: TranslatorServer, changed: dict[str, str]
) -> None:
    assert save(olive, change(widget), **changed) == []


def test_nothing_is_offered_without_a_translator(olive: Operator, widget: WidgetIntegration) -> None:
    assert save(olive, change(widget), title="Other") == []


def test_what_is_done_without_asking_is_said(olive: Operator, widget: WidgetIntegration, deepl: TranslatorServer, settings: Any) -> None:
    settings.SETUP_ON_CHANGE = True
    assert save(olive, change(widget), title="Other") == [f"Texts or languages have changed and are being translated: {link(widget)}."]


def test_a_blueprint_offers_it_for_its_widgets(olive: Operator, bot: Bot, group: Blueprint, deepl: TranslatorServer) -> None:
    names = ["A<b>", "B", "Own title"]
    first, second, own = (create_widget(olive.user, name=name, bot=bot, blueprint=group, title="Own" if "Own" in name else None) for name in names)
    page = f"/admin/bots/blueprint/{group.pk}/change/"
    (said,) = save(olive, page, title="Another")
    assert said.endswith(f"Set up the languages of these widgets: {link(second)}, {link(first).replace('A<b>', 'A&lt;b&gt;')}.")
    assert save(olive, page, name="Other", layout="inline") == []
    (said,) = save(olive, page, language="en, de, fr")
    assert link(own) in said
    for _ in range(4):
        create_widget(olive.user, name="More", blueprint=group)
    (said,) = save(olive, page, title="Last")
    assert said.count("<a ") == 6
    assert f'<a href="{LIST}?blueprint__id__exact={group.pk}">1 more</a>' in said


def test_the_action_sets_up_the_chosen_ones(olive: Operator, widget: WidgetIntegration, deepl: TranslatorServer) -> None:
    def act(*chosen: WidgetIntegration) -> str:
        sent = {"action": "set_up", "_selected_action": [str(each.pk) for each in chosen]}
        answer = olive.browser.post(LIST, sent, follow=True)
        (said,) = map(str, answer.context["messages"])
        return said

    single = create_widget(olive.user, name="Single", language="en")
    assert act(widget, single) == "The setup of Shop has begun."
    assert LanguageMap.objects.get().state == LanguageMap.State.PENDING
    assert act(single) == "There is nothing to translate: no second language is chosen."
    assert act(create_widget(olive.user, language="en, fr")) == "There are no texts to translate yet: no title, intro, first message or placeholder."
    assert act(widget, create_widget(olive.user, language="en, fr")) == "The setup of 2 widgets has begun."


def test_the_action_without_a_translator(olive: Operator, widget: WidgetIntegration) -> None:
    answer = olive.browser.post(LIST, {"action": "set_up", "_selected_action": [str(widget.pk)]}, follow=True)
    assert "no translator is set" in str(*answer.context["messages"])


def test_the_list_shows_states_in_one_query_more(olive: Operator, widget: WidgetIntegration, deepl: TranslatorServer, django_assert_max_num_queries: Any) -> None:
    def listed() -> list[str]:
        page = olive.browser.get(LIST)
        return [str(page.context["cl"].model_admin.languages(each)).partition(">")[2].removesuffix("</a>") for each in page.context["cl"].result_list]

    assert listed() == ["2: to be set up"]
    start_setup(widget)
    assert listed() == ["2: 1 in progress"]
    for _ in range(10):
        create_widget(olive.user, language="en, de, fr", title="T")
    with django_assert_max_num_queries(9):
        assert listed() == [*["3: to be set up"] * 10, "2: 1 in progress"]
    update_widget(widget, language="en")
    assert listed()[-1] == ""


def test_the_widgets_page_leads_to_its_languages(olive: Operator, widget: WidgetIntegration) -> None:
    assert f'<a href="{LIST}{widget.pk}/languages/">Languages</a>' in olive.browser.get(change(widget)).content.decode()
