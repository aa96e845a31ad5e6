import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from widgetplatform.site.demo import demo_widget
from widgetplatform.site.docs import pages
from widgetplatform.site.seeding import seed

OWN = ("/", "#", "mailto:")


class _Reader(HTMLParser):
    """Ids, addresses by attribute, and what a strict policy forbids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.forbidden: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids |= {given["id"] or ""} if "id" in given else set()
        self.links += [given["href"] or ""] if tag == "a" and "href" in given else []
        self.loaded += [given[name] or "" for name in ("src", "srcset") if name in given]
        self.loaded += [given["href"] or ""] if tag == "link" else []
        self.forbidden += [name for name in given if name == "style" or name.startswith("on")]
        self.forbidden += ["style element"] if tag == "style" else []
        self.forbidden += ["inline script"] if tag == "script" and "src" not in given else []


def _read(client: Client, path: str) -> _Reader:
    answer = client.get(path)
    assert answer.status_code == 200, path
    body = answer.getvalue() if answer.streaming else answer.content
    return _Reader(body.decode())


@pytest.fixture
def paths() -> list[str]:
    """Every page of the site."""
    return ["/", *(page.url for page in pages())]


@pytest.mark.django_db
def test_every_page_answers_and_asks_only_this_host(client: Client, paths: list[str]) -> None:
    seed()
    for path in paths:
        reader = _read(client, path)
        assert reader.loaded, path
        assert [url for url in reader.loaded if not url.startswith("/") or url.startswith("//")] == [], path
        assert reader.forbidden == [], path


@pytest.mark.django_db
def test_pages_carry_a_strict_policy(client: Client) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_every_link_inside_the_site_leads_somewhere(client: Client, paths: list[str]) -> None:
    seed()
    seen: dict[str, _Reader] = {path: _read(client, path) for path in paths}
    broken = []
    for path, reader in seen.items():
        for link in reader.links:
            target, _, anchor = link.partition("#")
            target = target or path
            if not link.startswith(OWN):
                broken += [] if re.match(r"https?://", link) else [f"{path}: {link}"]
            elif target in seen:
                broken += [f"{path}: {link}"] if anchor and anchor not in seen[target].ids else []
            elif target.startswith("/") and client.get(target).status_code not in (200, 302):
                broken.append(f"{path}: {link}")
    assert broken == []


@pytest.mark.django_db
def test_the_bubble_comes_from_the_real_snippet(client: Client) -> None:
    seed()
    widget: Any = demo_widget()
    assert (
        f'<script src="/widget.js" data-widget="{widget.pk}" async></script>'
        in client.get("/").content.decode()
    )


@pytest.mark.django_db
def test_without_a_demo_the_first_page_is_whole_and_has_no_bubble(client: Client) -> None:
    body = client.get("/").content.decode()
    assert "<h1>" in body
    assert 'src="/widget.js" data-widget=' not in body
    assert "Try it on this page" not in body


@pytest.mark.django_db
def test_the_first_page_costs_one_query(client: Client, django_assert_num_queries: Any) -> None:
    seed()
    with django_assert_num_queries(1):
        client.get("/")


@pytest.mark.django_db
def test_an_unknown_page_is_a_404_in_the_sites_look(client: Client) -> None:
    for path in ("/docs/nothing", "/docs/img/nothing.png", "/docs/img/..%2f..%2fREADME.md", "/nothing"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert b"There is nothing here." in answer.content, path


def test_docs_without_the_slash_are_found(client: Client) -> None:
    assert client.get("/docs").headers["Location"] == "/docs/"


def test_pages_are_only_read(client: Client) -> None:
    assert client.post("/").status_code == 405
