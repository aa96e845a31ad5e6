"""The documentation says what the code does: variables, fields, commands, frames and links are compared, not trusted."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver

from bots.engines.knowledge.passage import MAX_PASSAGE_CHARS
from bots.importers import import_file
from bots.retrieval.vectors import leaf
from sessions_api.api.plain import STATUS
from sessions_api.wire import CLIENT_FRAMES, SERVER_FRAMES, CloseCode
from widgetplatform.api.urls import urlpatterns
from widgetplatform.site.docs import knowledge_pages, read_page
from widgets.languages import english_name
from widgets.layouts import NAMES as LAYOUTS
from widgets.models import WidgetIntegration
from widgets.strings import catalog_languages
from widgets.themes import NAMES as THEMES

ROOT = Path(settings.BASE_DIR)
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [ROOT / "README.md", *DOCS]
READERS = {"env_str", "env_bool", "env_int", "env_list"}
KEYS = {"SECRET_KEY", "SESSION_SIGNING_KEYS", "SECRETS_KEYS"}  # keys.py reads them itself, to refuse weak ones
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def text_of(name: str) -> str:
    return (ROOT / name).read_text()


def without_code(text: str) -> str:
    return re.sub(r"(?ms)^```.*?^```$|`[^`\n]*`", "", text)


def sections(name: str) -> dict[str, str]:
    """Heading → text below it, for headings of level 2."""
    parts = re.split(r"(?m)^## (.+)$", text_of(name))[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def first_cells(text: str) -> set[str]:
    """The code names in the first column of every table."""
    rows = re.findall(r"(?m)^\|([^|]*)\|", text)
    return {code for row in rows for code in re.findall(r"`([^`]+)`", row)}


def variables_read() -> set[str]:
    nodes = ast.walk(ast.parse(text_of("widgetplatform/settings.py")))
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in READERS]
    return {str(ast.literal_eval(call.args[0])) for call in calls}


def _patterns(patterns: Sequence[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        yield from _patterns(pattern.url_patterns) if isinstance(pattern, URLResolver) else [pattern]


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    documented: set[str] = set()
    for heading, text in sections("docs/operating.md").items():
        if heading.startswith("Environment variables"):
            documented |= first_cells(text)
    assert documented == variables_read() | KEYS


def test_the_documented_defaults_of_limits_are_those_of_the_settings() -> None:
    wrong = {}
    for heading, text in sections("docs/operating.md").items():
        if heading.startswith("Environment variables for"):
            for name, default in re.findall(r"(?m)^\| `([A-Z_]+)` \| ([0-9]+) \|", text):
                source = re.search(rf'env_int\("{name}", ([0-9_]+)\)', text_of("widgetplatform/settings.py"))
                if source is None or int(source[1]) != int(default):
                    wrong[name] = default
    assert wrong == {}


def test_every_widget_field_has_its_place() -> None:
    text = text_of("docs/widget-settings.md")
    headings = " ".join(sections("docs/widget-settings.md"))
    fields = {
        re.sub(r"_(\w)", lambda match: match[1].upper(), field.attname)
        for field in WidgetIntegration._meta.concrete_fields
        if field.name != "owner"
    }
    assert {name for name in fields if f"`{name}`" not in text} == set()
    assert {name for name in fields if not re.search(rf"\b{name}\b", headings)} == set()


def test_now_and_later_name_every_field_once() -> None:
    parts = sections("docs/widget-settings.md")
    now = set(re.findall(r"`([a-zA-Z]+)`", parts["Settings that take effect now"])) - {*THEMES, *LAYOUTS, "accent"}
    later = first_cells(parts["Settings whose effect comes later"]) - {"theme", "language", "css"}
    fields = {
        re.sub(r"_(\w)", lambda match: match[1].upper(), field.attname)
        for field in WidgetIntegration._meta.concrete_fields
        if field.editable and field.name != "owner"
    }
    assert now & later == set()
    assert now | later == fields


def test_layouts_and_themes_are_named() -> None:
    text = text_of("docs/widget-settings.md")
    assert {name for name in (*LAYOUTS, *THEMES) if f"`{name}`" not in text} == set()


def test_languages_of_the_interface_are_those_with_a_catalog() -> None:
    listed = re.search(r"in (Arabic.+?)\. ", sections("docs/languages.md")["Languages of the interface"])
    assert listed is not None
    assert re.split(r", | and ", listed[1]) == sorted(map(english_name, catalog_languages()))


@pytest.mark.parametrize(("heading", "frames"), [("Frames that a client sends", CLIENT_FRAMES), ("Frames that the server sends", SERVER_FRAMES)])
def test_frames_of_the_socket_are_documented(heading: str, frames: tuple[str, ...]) -> None:
    documented = {cell.split(" ")[0] for cell in first_cells(sections("docs/protocol.md")[heading])}
    assert documented == set(frames)


def test_close_codes_are_documented() -> None:
    documented = set(re.findall(r"\b(\d{4})\b", sections("docs/protocol.md")["Close codes of the socket"]))
    codes = {str(value) for name, value in vars(CloseCode).items() if name.isupper()}
    assert codes <= documented


def test_messages_of_page_and_frame_are_documented() -> None:
    listed = re.search(r"Messages from the embed: ([a-zA-Z ]+)\. To it: ([a-zA-Z ]+)\.", text_of("static/widget/frame/bridge.js"))
    assert listed is not None
    to_frame, to_page = sections("docs/protocol.md")["Messages between the page and the frame"].split("| to the page |")
    for names, table in ((listed[1], to_frame), (listed[2], to_page)):
        assert {f"cw:{name}" for name in names.split()} == first_cells(table)


def test_events_and_methods_of_the_element_are_documented() -> None:
    loader = text_of("static/widget/loader.js")
    methods = set(re.findall(r"(?m)^    ([a-z]\w+)\([^)]*\) \{", loader)) - {"constructor"}
    public = {name for name in methods if not name.endswith("Callback")}
    embedding = text_of("docs/embedding.md")
    assert "show" in public
    assert {name for name in public if f"{name}(" not in embedding} == set()
    events = re.search(r"Events: ([a-z ]+)", loader)
    assert events is not None
    assert set(events[1].split()) == first_cells(sections("docs/embedding.md")["Events: get notified when a message arrives"])


def test_attributes_of_the_snippet_are_documented() -> None:
    listed = re.search(r"ATTRIBUTES = \[([^\]]+)\]", text_of("static/widget/loader.js"))
    assert listed is not None
    assert set(re.findall(r'"(\w+)"', listed[1])) == first_cells(sections("docs/embedding.md")["Attributes of the snippet"])


def test_nack_codes_are_documented() -> None:
    assert set(STATUS) <= first_cells(sections("docs/protocol.md")["Codes of nack"])


def test_every_route_is_documented_under_its_verb() -> None:
    api = "".join(text_of(f"docs/{name}.md") for name in ("api", "api-objects", "api-conversations", "protocol"))
    paths = {str(pattern.pattern) for pattern in _patterns(urlpatterns)} - {"schema", "docs"}
    verbs = {path.rsplit("/", 1)[-1] for path in paths if not path.endswith(">")}
    nouns = {part for path in paths for part in path.split("/")[:-1] if not part.startswith("<")}
    assert {word for word in verbs | nouns if not re.search(rf"\b{word}\b", api)} == set()


def test_commands_of_the_readme_are_in_the_makefile() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", text_of("Makefile")))
    named = {match for page in PAGES for match in re.findall(r"\bmake ([a-z]+)\b", "\n".join(re.findall(r"`[^`]+`|(?ms:^```.*?^```$)", page.read_text())))}
    assert {"run", "test"} <= named
    assert named <= targets


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=lambda page: page.name)
def test_relative_links_lead_somewhere(page: Path) -> None:
    broken = []
    for url in LINK.findall(without_code(page.read_text())):
        parts = urlsplit(url)
        if not parts.scheme and parts.path and not (page.parent / unquote(parts.path)).exists():
            broken.append(url)
    assert broken == []


def test_links_to_a_section_find_it() -> None:
    anchors = {ROOT / page.path: {heading.anchor for heading in read_page(page).contents} for page in knowledge_pages()}
    broken = []
    for page in PAGES:
        for url in LINK.findall(without_code(page.read_text())):
            parts = urlsplit(url)
            if not parts.scheme and parts.fragment:
                target = (page.parent / parts.path).resolve() if parts.path else page
                broken += [] if parts.fragment in anchors[target] else [f"{page.name}: {url}"]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_section_is_an_answer_of_its_own(page: Path) -> None:
    result = import_file(page.name, page.read_bytes())
    assert result.skipped == ()
    cut = {record.title for record in result.records if len(record.text) > MAX_PASSAGE_CHARS}
    assert cut == set()


def test_no_two_sections_have_the_same_heading() -> None:
    """Headings become reply buttons; a tap must lead to one section."""
    headings = [leaf(record.title) for page in PAGES for record in import_file(page.name, page.read_bytes()).records]
    assert sorted(set(headings)) == sorted(headings)
