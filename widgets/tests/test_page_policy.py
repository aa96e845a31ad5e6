"""The policy of the site's and the admin's pages, and static files."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from tests.support.actors import Operator
from widgetplatform.csp import PagePolicyMiddleware
from widgetplatform.static import static_app
from widgets.tests.test_hotpath import Passed, ask

POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; frame-src 'self'; connect-src 'self' ws://testserver"
)
IMPORT = re.compile(r"""(?:from|import)\s*["'](\./[^"']+)["']""")


def answered(response: HttpResponse, **extra: Any) -> HttpResponse:
    return PagePolicyMiddleware(lambda _request: response)(RequestFactory(**extra).get("/"))  # type: ignore[return-value]


def test_a_page_without_a_policy_gets_the_strict_one() -> None:
    assert answered(HttpResponse("<p>"))["Content-Security-Policy"] == POLICY


def test_a_page_with_its_own_keeps_it() -> None:
    own = HttpResponse("<p>", headers={"Content-Security-Policy": "default-src 'none'"})
    assert answered(own)["Content-Security-Policy"] == "default-src 'none'"


def test_what_is_no_page_gets_none() -> None:
    assert "Content-Security-Policy" not in answered(HttpResponse("{}", content_type="application/json"))


def test_a_wrong_host_breaks_nothing() -> None:
    assert answered(HttpResponse("<p>"), SERVER_NAME="evil.example")["Content-Security-Policy"].endswith(
        "connect-src 'self'"
    )


async def test_it_works_in_an_async_stack() -> None:
    async def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("<p>")

    response = await PagePolicyMiddleware(view)(RequestFactory().get("/"))  # type: ignore[misc]
    assert response["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize(
    "page",
    ["", "widgets/widgetintegration/", "widgets/widgetintegration/add/", "bots/bot/add/", "auth/user/"],
)
def test_the_admin_needs_nothing_that_the_policy_forbids(root: Operator, page: str) -> None:
    answer = root.browser.get(f"/admin/{page}")
    assert answer.status_code == 200
    assert answer["Content-Security-Policy"] == POLICY
    html = answer.content.decode()
    assert not re.search(r"<style|<[^>]+\sstyle=|<[^>]+\son[a-z]+=", html)
    scripts = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", html)
    assert all('type="application/json"' in attributes for attributes in scripts)


def test_modules_import_each_other_by_hashed_names(static_files: None) -> None:
    folder = Path(settings.STATIC_ROOT) / "widget" / "frame"
    hashed = [path for path in folder.glob("*.js") if re.search(r"\.[0-9a-f]{12}\.js$", path.name)]
    assert hashed
    imported = {(folder / name).resolve() for path in hashed for name in IMPORT.findall(path.read_text())}
    assert imported
    assert imported <= set(hashed)


@pytest.mark.asyncio
async def test_static_files_are_for_every_site_and_forever(static_files: None) -> None:
    app = static_app(Passed())
    path = next((Path(settings.STATIC_ROOT) / "widget").glob("panel.*.js"))
    status, headers, _ = await ask(app, f"/static/widget/{path.name}", accept_encoding="br")
    assert (status, headers["content-encoding"]) == (200, "br")
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert "immutable" in headers["cache-control"]
    _, headers, _ = await ask(app, "/static/widget/panel.js")
    assert headers["cache-control"] == "max-age=0, public"
    assert (await ask(app, "/static/../settings.py"))[2] == b"django"
