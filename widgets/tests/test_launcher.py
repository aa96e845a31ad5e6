"""launcher.json and widget.js."""

import pytest
from django.test import Client

from accounts.ids import new_id
from widgets.models import LanguageMap, WidgetIntegration
from widgets.services import update_widget
from widgets.strings import strings_of


def path(widget: WidgetIntegration) -> str:
    return f"/integrations/widget/{widget.pk}/launcher.json"


def test_any_page_reads_an_open_widget(client: Client, widget: WidgetIntegration) -> None:
    answer = client.get(path(widget), headers={"origin": "https://any.example"})
    assert answer.status_code == 200
    assert answer.json()["id"] == str(widget.pk)
    assert answer["Access-Control-Allow-Origin"] == "https://any.example"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Cache-Control"] == "no-cache"
    assert "Origin" in answer["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("origin", ["https://a.example", "http://testserver"])
def test_an_allowed_page_gets_its_own_origin_back(
    client: Client, widget: WidgetIntegration, origin: str
) -> None:
    update_widget(widget, origin="https://a.example")
    answer = client.get(path(widget), headers={"origin": origin})
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, origin)


@pytest.mark.parametrize(
    "origin", ["https://b.example", "null", "https://a.example.evil.example", "nonsense"]
)
def test_another_page_is_refused(client: Client, widget: WidgetIntegration, origin: str) -> None:
    update_widget(widget, origin="https://a.example")
    answer = client.get(path(widget), headers={"origin": origin})
    assert answer.status_code == 403
    assert answer.json()["code"] == "NOT_AUTHORIZED"
    assert "origin" in answer.json()["message"]
    assert "Access-Control-Allow-Origin" not in answer
    assert "Origin" in answer["Vary"]


def test_the_platform_s_own_pages_send_no_origin(client: Client, widget: WidgetIntegration) -> None:
    update_widget(widget, origin="https://a.example")
    assert client.get(path(widget)).status_code == 200


def test_who_has_it_gets_304_with_the_origin(client: Client, widget: WidgetIntegration) -> None:
    etag = client.get(path(widget))["ETag"]
    again = client.get(path(widget), headers={"if-none-match": etag, "origin": "https://any.example"})
    assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "https://any.example")


@pytest.mark.django_db
def test_an_unknown_widget_is_a_404_that_any_page_can_read(client: Client) -> None:
    answer = client.get(
        f"/integrations/widget/{new_id()}/launcher.json", headers={"origin": "https://any.example"}
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("query", "accepted", "language", "peek"), [
    ("?lang=de-CH", "ar", "de", "Hallo du"), ("?lang=xx,de", "", "de", "Hallo du"), ("", "ar;q=0.5, de-AT", "de", "Hallo du"), ("", "", "en", "Hello you"),
    ("?lang=ar", "de", "ar", "Hello you"),
])  # fmt: skip
def test_it_speaks_the_visitor_s_language(
    client: Client, widget: WidgetIntegration, query: str, accepted: str, language: str, peek: str
) -> None:
    update_widget(widget, initial="Hello **you**", language="en, de, ar")
    LanguageMap.objects.create(widget=widget, language="de", overrides={"initial": {"text": "Hallo **du**", "hash": ""}})
    config = client.get(path(widget) + query, headers={"accept-language": accepted}).json()
    assert (config["language"], config["peek"]) == (language, [peek])
    assert config["strings"]["open"] == strings_of(language)["launcher.open"]


@pytest.mark.parametrize("loader", ["/widget.js", "/integrations/widget/v2.js"])
def test_the_loader_is_for_every_page(client: Client, loader: str) -> None:
    answer = client.get(loader)
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Cache-Control"] == "no-cache"
    assert b"customElements.define" in answer.content
    assert client.get(loader, headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert client.get(loader, headers={"accept-encoding": "br"})["Content-Encoding"] == "br"
