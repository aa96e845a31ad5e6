"""The frame page and the full page."""

import json
import re
from typing import Any

import brotli
import pytest
from django.test import Client

from tests.support.actors import Operator
from widgets.models import WidgetIntegration
from widgets.services import update_widget
from widgets.strings import strings_of

CSP = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src http://testserver/api/v1/ ws://testserver/ws/; require-trusted-types-for 'script'; trusted-types chat-widget"
)
HEADERS = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
    "Content-Type": "text/html; charset=utf-8",
}


def path(widget: WidgetIntegration, end: str = "/frame") -> str:
    return f"/integrations/widget/{widget.pk}{end}"


def config_of(answer: Any) -> dict[str, Any]:
    match = re.search(
        r'<script type="application/json" id="config">(.*?)</script>', answer.content.decode(), re.DOTALL
    )
    assert match
    config: dict[str, Any] = json.loads(match[1])
    return config


def test_the_frame_carries_its_config_and_modules(client: Client, widget: WidgetIntegration) -> None:
    answer = client.get(path(widget))
    assert answer.status_code == 200
    config = config_of(answer)
    assert (config["id"], config["enabled"]) == (str(widget.pk), True)
    page = answer.content.decode()
    assert re.search(r'<link rel="modulepreload" href="/static/widget/frame/main\.[0-9a-f]{12}\.js">', page)
    assert re.search(r'<script type="module" src="/static/widget/frame/main\.[0-9a-f]{12}\.js">', page)
    assert '<html lang="en" dir="ltr"' in page


def test_its_headers_are_strict(client: Client, widget: WidgetIntegration) -> None:
    answer = client.get(path(widget))
    assert answer["Content-Security-Policy"] == CSP
    assert {name: answer[name] for name in HEADERS} == HEADERS
    assert "microphone=()" in answer["Permissions-Policy"]
    assert "X-Frame-Options" not in answer
    assert not answer.cookies
    assert "Accept-Language" in answer["Vary"]


def test_no_inline_script_style_or_handler_is_in_the_page(client: Client, widget: WidgetIntegration) -> None:
    page = client.get(path(widget)).content.decode()
    inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", page)
    assert inline == [' type="application/json" id="config"']
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)


def test_only_the_origins_may_frame_it(client: Client, widget: WidgetIntegration) -> None:
    update_widget(widget, origin="https://a.example, https://*.b.example")
    answer = client.get(path(widget))
    assert (
        answer["Content-Security-Policy"]
        == f"{CSP}; frame-ancestors 'self' https://a.example https://*.b.example"
    )
    assert config_of(answer)["origins"] == ["https://a.example", "https://*.b.example"]


def test_behind_https_the_policy_names_secure_addresses(client: Client, widget: WidgetIntegration) -> None:
    policy = client.get(path(widget), secure=True)["Content-Security-Policy"]
    assert "connect-src https://testserver/api/v1/ wss://testserver/ws/;" in policy


def test_a_voice_widget_may_ask_for_the_microphone(client: Client, widget: WidgetIntegration) -> None:
    update_widget(widget, voice_in=True)
    assert "microphone=(self)" in client.get(path(widget))["Permissions-Policy"]


def test_operator_text_cannot_leave_the_config(client: Client, widget: WidgetIntegration) -> None:
    title = '</script><img src=x onerror=alert(1)>"&\u2028'
    update_widget(widget, title=title)
    answer = client.get(path(widget))
    assert config_of(answer)["title"] == title
    assert "<img src=x" not in answer.content.decode()


def test_it_is_compressed_where_that_is_accepted(client: Client, widget: WidgetIntegration) -> None:
    plain = client.get(path(widget))
    small = client.get(path(widget), headers={"accept-encoding": "gzip, deflate, br"})
    assert small["Content-Encoding"] == "br"
    assert brotli.decompress(small.content) == plain.content


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("?lang=de-CH", "fr", "de"),
        ("?lang=xx", "ar", "ar"),
        ("?lang=fr,de-CH,ar", "ar", "de"),
        ("?lang=fr%2Car-EG", "de", "ar"),
        ("?lang=de&lang=ar", "de", "ar"),
        ("?lang=Arabic", "de", "ar"),
        ("", "ar;q=0.5, de", "de"),
        ("", "", "en"),
        ("?lang=", "ja", "en"),
    ],
)
def test_it_speaks_the_visitor_s_language(
    client: Client, widget: WidgetIntegration, query: str, accepted: str, language: str
) -> None:
    update_widget(widget, language="en, German, ar")
    answer = client.get(path(widget) + query, headers={"accept-language": accepted})
    assert config_of(answer)["language"] == language
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in answer.content.decode()


@pytest.mark.parametrize(("query", "accepted", "language"), [
    ("", "de-AT, en", "de"), ("?lang=xx,ja", "de", "ja"), ("?lang=zh-TW", "", "zh-Hant"), ("?lang=nn", "", "nb"), ("?lang=iw", "", "he"),
    ("?lang=pt-AO", "", "pt"), ("?lang=tlh,xx", "", "en"), ("", "", "en"),
])  # fmt: skip
def test_a_widget_that_names_no_language_speaks_every_catalog_s(
    client: Client, widget: WidgetIntegration, query: str, accepted: str, language: str
) -> None:
    answer = client.get(path(widget) + query, headers={"accept-language": accepted})
    config = config_of(answer)
    assert (config["language"], config["languages"]) == (language, [])
    assert config["strings"].items() <= strings_of(language).items()
    assert (language == "en") == (config["strings"].items() <= strings_of("en").items())


def test_what_may_be_chosen_is_called_as_its_speakers_do_and_begins_with_a_capital(client: Client, widget: WidgetIntegration) -> None:
    update_widget(widget, language="English, Portuguese (Brazil), zh_hant, he")
    answer = client.get(path(widget) + "?lang=iw")
    assert config_of(answer)["languages"] == [
        {"code": "en", "name": "English"}, {"code": "pt-BR", "name": "Português (Brasil)"}, {"code": "zh-Hant", "name": "繁體中文"},
        {"code": "he", "name": "עברית"},
    ]  # fmt: skip
    assert '<html lang="he" dir="rtl"' in answer.content.decode()


def test_a_disabled_widget_is_served_and_says_so(client: Client, widget: WidgetIntegration) -> None:
    update_widget(widget, enabled=False)
    assert config_of(client.get(path(widget)))["enabled"] is False


def test_the_full_page_is_the_same(client: Client, widget: WidgetIntegration) -> None:
    answer = client.get(path(widget, ""))
    assert answer.content == client.get(path(widget)).content
    assert answer["Content-Security-Policy"] == CSP


@pytest.mark.django_db
@pytest.mark.parametrize("unknown", ["nonsense", "x' OR 1=1", "01890000-0000-7000-8000-000000000000"])
@pytest.mark.parametrize("end", ["", "/frame"])
def test_an_unknown_widget_is_a_small_page_without_scripts(client: Client, unknown: str, end: str) -> None:
    answer = client.get(f"/integrations/widget/{unknown}{end}")
    assert answer.status_code == 404
    assert b"<script" not in answer.content
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")


def test_only_reading_is_possible(client: Client, widget: WidgetIntegration) -> None:
    assert client.post(path(widget)).status_code == 405


def test_a_wrong_host_is_refused(client: Client, widget: WidgetIntegration) -> None:
    assert client.get(path(widget), headers={"host": "evil.example"}).status_code == 400


def test_the_alias_is_not_public(client: Client, widget: WidgetIntegration, olive: Operator) -> None:
    update_widget(widget, alias="shop")
    assert client.get("/integrations/widget/shop/frame").status_code == 404
