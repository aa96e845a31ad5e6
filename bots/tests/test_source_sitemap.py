"""Sitemaps as they come: indexes, packed, broken, hostile; and which of their addresses are taken."""

import gzip
from typing import Any

import pytest

from bots import services, source_sync, sources
from bots.crawling import sitemap
from bots.models import Dataset, DatasetSource
from tests.support.website import XML, Website

NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@pytest.fixture
def dataset(olive: Any) -> Dataset:
    """An empty dataset of Olive."""
    return services.create_dataset(olive.user)


@pytest.fixture
def read(dataset: Dataset) -> Any:
    """Synchronize an address to its end, again where it is known; how it stands then."""

    def do(url: str) -> DatasetSource:
        source = DatasetSource.objects.filter(url=url).first()
        if source:
            sources.sync_source(source)
        else:
            source = sources.create_source(dataset, url, "sitemap")
        while source_sync.step(source.pk) is not None:
            pass
        source.refresh_from_db()
        return source

    return do


def texts(dataset: Dataset) -> set[str]:
    return set(dataset.records.values_list("text", flat=True))


def test_an_index_of_sitemaps(dataset: Dataset, website: Website, read: Any) -> None:
    one = website.sitemap("/1.xml", website.article("/a", "A", "Text a."))
    two = website.sitemap("/2.xml", website.article("/b", "B", "Text b."))
    inner = website.sitemap("/inner.xml", two, website.url("/index.xml"), index=True)
    source = read(website.sitemap("/index.xml", one, inner, one, index=True))
    assert (source.state, source.error) == ("ready", "")
    assert texts(dataset) == {"Text a.", "Text b."}
    assert len(website.asked) == len(set(website.asked))


@pytest.mark.parametrize("header", [{}, {"Content-Encoding": "gzip"}])
def test_gzip(dataset: Dataset, website: Website, read: Any, header: dict[str, str]) -> None:
    website.sitemap("/plain.xml", website.article("/a", "A", "Text."))
    packed = gzip.compress(website.pages["/plain.xml"][2], mtime=0)
    assert read(website.put("/sitemap.xml.gz", packed, "application/x-gzip", **header)).state == "ready"
    assert texts(dataset) == {"Text."}


def test_pictures_videos_and_languages_are_no_pages(dataset: Dataset, website: Website, read: Any) -> None:
    page = website.article("/a?x=1&y=2", "A", "Text.")
    xml = f"""\ufeff<?xml version="1.0" encoding="UTF-8"?><!-- hi --><urlset {NAMESPACE}
      xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml">
      <url><loc> {page.replace("&", "&amp;")}
      </loc><image:image><image:loc>{website.url("/i.png")}</image:loc></image:image>
      <xhtml:link rel="alternate" hreflang="de" href="{website.url("/de")}"/><lastmod>2026-01-01</lastmod></url></urlset>"""
    assert read(website.put("/sitemap.xml", xml, XML)).state == "ready"
    assert website.asked == ["/sitemap.xml", "/a?x=1&y=2"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "not valid XML: no element found, line 1"),
        ("<urlset><url></urlset>", "not valid XML: mismatched tag, line 1"),
        ("<urlset>\n<url>&nbsp;</url></urlset>", "not valid XML: undefined entity, line 2"),
        ("<html><body>Hello</body></html>", "is not a sitemap: its first element is html"),
        ("Just text", "not valid XML: syntax error, line 1"),
        (b"<urlset>\xff\xfe</urlset>", "not valid XML: not well-formed (invalid token), line 1"),
        (
            '<!DOCTYPE u [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>',
            "declares a document type, which is not allowed",
        ),
        (
            '<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>&x;</loc></url></urlset>',
            "declares a document type, which is not allowed",
        ),
        (f"<urlset {NAMESPACE}/>", "names no pages of this site"),
        (gzip.compress(b"<urlset/>", mtime=0)[:-9], "ends too early"),
        (b"\x1f\x8b" + b"x" * 40, "could not be unpacked"),
        (gzip.compress(b" " * (sitemap.MAX_BYTES + 1), mtime=0), "unpacks to more than 10,485,760 bytes"),
        ("<urlset>" * 50_000, "not valid XML"),
    ],
)  # fmt: skip
def test_what_is_no_sitemap_says_why(website: Website, read: Any, body: Any, says: str) -> None:
    source = read(website.put("/sitemap.xml", body, XML))
    assert source.state == "failed"
    assert says in source.error


def test_a_sitemap_that_breaks_later_takes_nothing_away(
    dataset: Dataset, website: Website, read: Any
) -> None:
    url = website.sitemap("/sitemap.xml", website.article("/a", "A", "Text."))
    read(url)
    for body in ("<urlset", f"<urlset {NAMESPACE}/>"):
        assert read(website.put("/sitemap.xml", body, XML)).state == "failed"
        assert texts(dataset) == {"Text."}
    del website.pages["/sitemap.xml"]
    assert read(url).error == "The sitemap answered with status 404"
    assert texts(dataset) == {"Text."}


def test_a_part_that_cannot_be_read_keeps_its_pages(dataset: Dataset, website: Website, read: Any) -> None:
    one = website.sitemap("/1.xml", website.article("/a", "A", "Text a."))
    two = website.sitemap("/2.xml", website.article("/b", "B", "Text b."))
    url = website.sitemap("/index.xml", one, two, index=True)
    read(url)
    website.put("/2.xml", "", status=500)
    website.article("/a", "A", "New a.")
    source = read(url)
    assert source.state == "ready"
    assert source.error == f"Not everything was taken: {two}: The sitemap answered with status 500"
    assert texts(dataset) == {"New a.", "Text b."}


def test_addresses_of_other_sites_are_left_out(dataset: Dataset, website: Website, read: Any) -> None:
    own = website.article("/a", "A", "Text.")
    port = website.address.rpartition(":")[2]
    others = [
        f"http://localhost:{port}/b", f"https://{website.address}/c", "http://127.0.0.1/d", "ftp://127.0.0.1/e", "/f", "", "javascript:alert(1)",
        own + "x" * 2000,
    ]  # fmt: skip
    source = read(website.sitemap("/sitemap.xml", own, f"{own}#part", *others))
    assert (source.state, source.error) == (
        "ready",
        "Not everything was taken: 8 addresses are of other sites",
    )
    assert website.asked == ["/sitemap.xml", "/a"]


@pytest.mark.parametrize(
    ("url", "root", "same"),
    [
        ("https://example.com/a", "https://example.com/sitemap.xml", True),
        ("https://www.example.com/a", "https://example.com/", True),
        ("https://example.com/a", "https://www.example.com/", True),
        ("https://EXAMPLE.com:443/a", "https://example.com/", True),
        ("https://example.com/a", "http://www.example.com/", True),
        ("http://example.com/a", "https://example.com/", False),
        ("https://help.example.com/a", "https://example.com/", False),
        ("https://example.com.evil.example/a", "https://example.com/", False),
        ("https://example.com@evil.example/a", "https://example.com/", False),
        ("https://evil.example/https://example.com/", "https://example.com/", False),
        ("//example.com/a", "https://example.com/", False),
    ],
)
def test_what_one_site_is(url: str, root: str, same: bool) -> None:
    from bots.crawling.sites import same_site

    assert same_site(url, root) is same


def test_at_most_so_many_pages(dataset: Dataset, website: Website, read: Any, settings: Any) -> None:
    settings.SOURCE_PAGES = 3
    urls = [website.article(f"/{n}", f"Page {n}", f"Text {n}.") for n in range(5)]
    source = read(website.sitemap("/sitemap.xml", *urls))
    assert (source.state, source.error) == ("ready", "Not everything was taken: only the first 3 pages")
    assert texts(dataset) == {"Text 0.", "Text 1.", "Text 2."}


def test_sitemaps_are_not_followed_without_end(website: Website, read: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(sitemap, "MAX_SITEMAPS", 4)
    deep = website.sitemap(
        "/3.xml", website.sitemap("/4.xml", website.article("/a", "A", "Text.")), index=True
    )
    for level in (2, 1):
        deep = website.sitemap(f"/{level}.xml", deep, index=True)
    source = read(deep)
    assert (source.state, website.asked) == ("failed", ["/1.xml", "/2.xml", "/3.xml"])
    assert "sitemaps are nested more than 3 deep" in source.error
    wide = [website.sitemap(f"/w{n}.xml", website.article(f"/p{n}", "P", "Text.")) for n in range(6)]
    source = read(website.sitemap("/wide.xml", *wide, index=True))
    assert (source.state, source.pages.count()) == ("ready", 3)
    assert "there are more than 4 sitemaps" in source.error


def test_reading_sitemaps_takes_a_bounded_time(website: Website, read: Any, monkeypatch: Any) -> None:
    inner = website.sitemap("/1.xml", website.article("/a", "A", "Text."))
    monkeypatch.setattr(sitemap, "MAX_SECONDS", -1)
    assert "took too long" in read(website.sitemap("/index.xml", inner, index=True)).error
