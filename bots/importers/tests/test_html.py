"""Web pages as records: only their content, as Markdown."""

import re
from html import unescape

import pytest

from bots.importers import ImportRejected, ImportResult, import_file
from bots.importers.html import page_records
from files.extract import PAGE, extract
from files.extract.page import packed, unpacked
from rendering.markdown import parse


def of(body: str, base_url: str = "https://shop.example/help/", head: str = "") -> ImportResult:
    """Read in this process, which is faster."""
    html = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    page = unpacked(extract(packed(html.encode(), base_url), PAGE))
    return page_records(page, base_url or page.canonical, "page")


def text_of(body: str, base_url: str = "https://shop.example/help/") -> str:
    return of(body, base_url).records[0].text


def test_headings_make_records_with_their_anchors() -> None:
    result = of(
        "<h1>Help <a class=headerlink href=#x>¶</a></h1><p>Intro.</p><h2 id=ship>Shipping</h2><p>Two days.</p>"
        "<section id=back><h2>Returns</h2><p>In May.</p></section><h3><a name=old></a>How</h3><p>Pack it.</p><h2>Empty</h2>",
        head="<title>Help – Shop</title>",
    )
    assert [(record.title, record.text, record.url) for record in result.records] == [
        ("Help", "Intro.", "https://shop.example/help/"),
        ("Help › Shipping", "Two days.", "https://shop.example/help/#ship"),
        ("Help › Returns", "In May.", "https://shop.example/help/#back"),
        ("Help › Returns › How", "Pack it.", "https://shop.example/help/#old"),
    ]
    assert [skipped.where for skipped in result.skipped] == ["section Help › Empty"]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title> The\n shop </title>", "The shop"),
        ('<title>A</title><meta property="og:title" content="B &amp; C">', "B & C"),
        ("", "page"),
        ('<title>Returns – My Shop</title><meta property="og:site_name" content="My Shop">', "Returns"),
        ('<title>My Shop | Returns</title><meta property="og:site_name" content="My Shop">', "Returns"),
        ('<title>My Shop</title><meta property="og:site_name" content="My Shop">', "My Shop"),
    ],
)
def test_a_page_without_a_first_heading_has_its_title(head: str, title: str) -> None:
    assert of("<p>Text.</p>", head=head).records[0].title == title


def test_a_heading_that_the_title_begins_with_names_the_page() -> None:
    result = of("<h2>Returns</h2><p>In May.</p><h3>How</h3><p>So.</p>", head="<title>Returns - The Shop</title>")
    assert [record.title for record in result.records] == ["Returns", "Returns › How"]


def test_buttons_beside_a_heading_are_no_part_of_it() -> None:
    result = of("<h2>Hours <button id=copy>Copy link</button></h2><p>At nine.</p><h2><button>Where?</button></h2><p>Here.</p>")
    assert [record.title for record in result.records] == ["page › Hours", "page › Where?"]
    assert result.records[0].url == "https://shop.example/help/"


@pytest.mark.parametrize(
    "around",
    [
        "<nav>No</nav>", "<header>No</header>", "<footer>No</footer>", "<aside>No</aside>", "<script>No</script>", "<style>No</style>",
        "<noscript>No</noscript>", "<template>No</template>", "<p hidden>No</p>", "<p aria-hidden=true>No</p>", "<select><option>No</select>",
        '<p style="color:red; display: none">No</p>', '<p style="VISIBILITY:hidden">No</p>', "<dialog>No</dialog>", "<svg><text>No</text></svg>",
        "<div role=navigation>No</div>", "<div role=dialog>No</div>", "<span class=sr-only>No</span>", "<!-- No -->", "<textarea>No</textarea>",
        "<iframe srcdoc=No>No</iframe>", "<button>No</button>",
    ],
)  # fmt: skip
def test_what_is_around_the_content_is_left_out(around: str) -> None:
    assert [record.text for record in of(f"{around}<p>Yes.</p>{around}").records] == ["Yes."]


def test_the_main_part_counts_where_there_is_one() -> None:
    long = "The text of the page is long enough to be all that matters here, really."
    assert [record.text for record in of(f"<div>Teaser</div><main><p>{long}</p></main><div>More</div>").records] == [long]
    assert [record.text for record in of(f"<div>Teaser</div><article><p>{long}</p></article>").records] == [long]
    assert len(of("<article><h2>A</h2><p>One.</p></article><article><h2>B</h2><p>Two.</p></article>").records) == 2
    assert of(f"<main></main><p>{long}</p>").records[0].text == long


def test_headers_and_callouts_of_the_content_belong_to_it() -> None:
    long = "The text of the page is long enough to be all that matters here, really."
    result = of(f"<main><header><h1>Title</h1></header><p>{long}</p><aside class=note>Mind this.</aside><aside>Ad</aside></main>")
    assert [(record.title, record.text) for record in result.records] == [("Title", f"{long}\n\nMind this.")]


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>A <b>bold </b>and<i> new</i> <code>x = 1</code></p>", "A **bold** and *new* `x = 1`"),
        ("<p>One<br>two</p>", "One  \ntwo"),
        ("<ul><li>One<li>Two<ol><li>a<li><p>b</p><p>c</p></ol></ul>", "- One\n- Two\n  1. a\n  2. b\n\n     c"),
        ("<p>See <a href=../a?b=1&amp;c=(2)>this</a>", "See [this](https://shop.example/a?b=1&c=%282%29)"),
        ("<p><a href=#part>there</a>", "[there](https://shop.example/help/#part)"),
        ('<p><a href="mailto:a@b.example">Write</a> <a href="tel:+491">call</a>', "[Write](mailto:a@b.example) [call](tel:+491)"),
        ('<p><a href="javascript:alert(1)">Run</a> <a href="data:text/html,x">it</a>', "Run it"),
        ("<table><tr><th>A<th>B<tr><td>1 | 2<td><b>x</b><br>y</table>", "| A | B |\n| --- | --- |\n| 1 \\| 2 | **x** y |"),
        ("<table><tr><td><p>Only</p><p>layout</p></table>", "Only\n\nlayout"),
        ('<pre><code class="language-sh">a  b\n  c</code></pre>', "```sh\na  b\n  c\n```"),
        ("<p>Text <a href=/t>ⓘ</a><a href=#x>¶</a></p>", "Text"),
        ("<pre>a```b</pre>", "````\na```b\n````"),
        ("<blockquote><p>One</p><p>Two</p></blockquote>", "> One\n>\n> Two"),
        ("<dl><dt>Term</dt><dd>Meaning.</dd></dl>", "**Term**\n\nMeaning."),
        ("<p>a&nbsp;&nbsp;b\u200bc\u00add</p>", "a bcd"),
        ("Loose <div>and <span>nested <p>text</p></span></div>", "Loose\n\nand\n\nnested\n\ntext"),
    ],
)  # fmt: skip
def test_what_remains_of_the_markup(html: str, markdown: str) -> None:
    assert text_of(html) == markdown


@pytest.mark.parametrize(
    "text",
    [
        "5 * 3 * 2", "snake_case and _under_", "a `tick`", "[link](https://evil.example/)", "[reply]()", "# no heading", "- no list", "1. no list",
        "> no quote", "<img src=x onerror=alert(1)>", "<!-- x -->", "| no | table |", "~~not struck~~", "***", "C:\\new\\*.txt", "---",
    ],
)  # fmt: skip
def test_text_is_text_whatever_it_looks_like(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    html = "".join(block.html for block in parse(text_of(f"<p>{escaped}</p>")))
    assert html.startswith("<p")
    assert "<a" not in html
    assert "<em" not in html
    assert "<strong" not in html
    assert "<code" not in html
    assert plain(html) == text


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


@pytest.mark.parametrize("kind", ["form", "carousel", "card", "button", "buttons"])
def test_a_page_brings_no_components(kind: str) -> None:
    assert text_of(f'<pre><code class="language-{kind}">a: b</code></pre>') == "```\na: b\n```"


def test_identifiers_stay_searchable() -> None:
    assert text_of("<p>Set MAX_BODY_BYTES in /etc/app.conf</p>") == "Set MAX_BODY_BYTES in /etc/app.conf"


def test_questions_that_open_are_records() -> None:
    result = of(
        "<h2>FAQ</h2><p>Ask.</p><details id=q1><summary>Can I swap?</summary>Yes.</details><details><summary><h3>Why?</h3></summary><p>Because.</p>"
        "</details><p>End.</p>",
        head="<title>Shop</title>",
    )
    assert [(record.title, record.text, record.url.partition("#")[2]) for record in result.records] == [
        ("Shop › FAQ", "Ask.\n\nEnd.", ""),
        ("Shop › FAQ › Can I swap?", "Yes.", "q1"),
        ("Shop › FAQ › Why?", "Because.", ""),
    ]


def test_the_canonical_address_is_taken_where_none_is_given() -> None:
    head = '<link rel="canonical" href="https://shop.example/returns#x">'
    assert of("<h2 id=a>A</h2><p>Text.</p>", "", head).records[0].url == "https://shop.example/returns#a"
    assert of("<p>Text.</p>", "https://mine.example/", head).records[0].url == "https://mine.example/"
    assert of("<p>See <a href=/x>x</a>", "").records[0].text == "See x"
    assert of("<p>See <a href=x>x</a>", "", "<base href=https://cdn.example/d/>").records[0].text == "See [x](https://cdn.example/d/x)"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("<p>Größe".encode(), "Größe"),
        ("<meta charset=iso-8859-1><p>Größe – “x”".encode("cp1252"), "Größe – “x”"),
        ("<p>Größe".encode("cp1252"), "Größe"),
        ("\ufeff<p>Größe".encode("utf-16"), "Größe"),
        ('<meta http-equiv=content-type content="text/html; charset=shift_jis"><p>日本'.encode("shift_jis"), "日本"),
        (b"<meta charset=punycode><p>abc-xyz", "abc-xyz"),
    ],
)
def test_encodings_as_browsers_read_them(data: bytes, text: str) -> None:
    assert import_file("a.htm", data).records[0].text == text


@pytest.mark.parametrize("body", ["", "<script>app()</script>", "<nav>Menu</nav><div id=root></div>", "<h1>Title</h1>"])
def test_a_page_without_text_is_refused(body: str) -> None:
    with pytest.raises(ImportRejected, match="There is no text in the page"):
        import_file("a.html", body.encode())


def test_a_long_section_is_divided_between_blocks() -> None:
    records = of("".join(f"<p>{'word ' * 300}</p>" for _ in range(10))).records
    assert len(records) > 1
    assert all(len(record.text) <= 6000 for record in records)


@pytest.mark.parametrize(
    "html", ["<div>" * 20_000, "<b>" * 20_000, "<ul><li>" * 3_000, "<table><tr><td>" * 3_000, "<blockquote>" * 3_000, "<a href=x>" * 5_000, "<a " * 50_000 + ">"]
)
def test_hostile_nesting_ends(html: str) -> None:
    assert import_file("a.html", f"{html}The end".encode()).records[-1].text.strip("*").endswith("The end")


def test_a_page_that_takes_too_long_is_refused(settings) -> None:
    settings.EXTRACT_SECONDS = 1
    with pytest.raises(ImportRejected, match="Reading the file took too long"):
        import_file("a.html", b"<div>" * 200_000 + b"x")
