"""The catalogs of interface texts: whole, translated, in their script and short enough; the English one holds only what is read."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from widgets.languages import language_code
from widgets.strings import CATALOGS, FALLBACK, SAME, catalog_languages
from widgets.tests.catalogs import catalog_faults, family

ENGLISH = CATALOGS / f"{FALLBACK}.json"
LANGUAGES = [code for code in catalog_languages() if code != FALLBACK]
# Keys whose text is spelled as in English, and in which languages: these took over the English word or share its origin.
SPELLED_ALIKE = {
    "launcher.chat": "cs da de es fi fil fr hr id it nb nl pt pt-BR ro sk",
    "menu": "da fil fr id it ms nl pl pt pt-BR vi",
    "status.offline": "cs da de fil id it nl sk sv",
    "contactEmail": "fil it",
    "contactName": "de",
    "conversation": "fr",
    "fileName": "fr",
    "message": "fr",
    "optional": "de",
    "send": "da nb",
    "sources": "fr",
}
Texts = dict[str, str]


def alike(code: str) -> list[str]:
    return [key for key, codes in SPELLED_ALIKE.items() if code in codes.split()]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_catalog_says_everything_in_its_language(code: str) -> None:
    assert catalog_faults(CATALOGS / f"{code}.json", ENGLISH, alike(code)) == []


def test_there_are_catalogs_for_many_languages() -> None:
    assert len(catalog_languages()) >= 45
    assert {"ar", "he", "fa", "ur"} <= set(LANGUAGES)
    assert [code for code in LANGUAGES if language_code(code) != code] == []
    assert {code for codes in SPELLED_ALIKE.values() for code in codes.split()} <= set(LANGUAGES)


def _set(key: str, text: object) -> Callable[[Texts], object]:
    return lambda texts: texts.update({key: text})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("code", "spoil", "fault"),
    [
        ("de", lambda texts: texts.pop("send"), "send: missing"),
        ("pl", lambda texts: texts.pop("newMessages.few"), "newMessages.few: missing"),
        ("pl", _set("newMessages.other", "{count} wiadomości"), "newMessages.other: unknown"),
        ("ja", _set("newMessages.one", "新着メッセージ {count} 件"), "newMessages.one: unknown"),
        ("de", _set("farewell", "Tschüss"), "farewell: unknown"),
        ("de", _set("broke.empty", " "), "broke.empty: empty"),
        ("de", _set("broke.empty", None), "broke.empty: empty"),
        ("de", _set("writingName", "Schreibt"), "writingName: placeholders"),
        ("de", _set("writingName", "{Name} schreibt"), "writingName: placeholders"),
        ("de", _set("contact.thanks", "Danke, {email} {email}"), "contact.thanks: placeholders"),
        ("de", _set("newMessages.other", "Neue Nachrichten"), "newMessages.other: placeholders"),
        ("ru", _set("newMessages.one", "Новое сообщение"), "newMessages.one: placeholders"),
        ("de", _set("send", "Senden "), "send: stray whitespace"),
        ("de", _set("broke.empty", "Keine  Antwort."), "broke.empty: stray whitespace"),
        ("de", _set("send", "Sen\u00adden"), "send: invisible character"),
        ("he", _set("writingName", "\u2068{name} כותב"), "writingName: isolate"),
        ("de", _set("broke.empty", "<b>Keine</b> Antwort."), "broke.empty: html"),
        ("de", _set("writing", "Schreibt..."), "writing: three dots"),
        ("de", _set("writing", "Schreibt"), "writing: ellipsis"),
        ("de", _set("sent", "Gesendet…"), "sent: ellipsis"),
        ("de", _set("broke.empty", 'Keine "Antwort".'), "broke.empty: straight"),
        ("de", _set("sent", "Gesendet."), "sent: ends as a sentence"),
        ("de", _set("close", "Schlie\u00dfen O\u0308"), "close: not composed"),
        ("ru", _set("send", "Otpravit"), "send: no letter in Cyrl"),
        ("zh", _set("send", "Fasong"), "send: no letter in Hans"),
        ("de", _set("send", "Сенден"), "send: letters of another script"),
        ("ru", _set("send", "Отпрaвить"), "send: a word of two scripts"),
        ("de", _set("send", "Send"), "send: English"),
        ("fr", _set("message", "Le message"), "message: not English, but listed so"),
        ("de", _set("send", "Jetzt die Nachricht absenden"), "send: too long"),
        ("ja", _set("send", "このメッセージを送信する"), "send: too long"),
    ],
)
def test_a_broken_catalog_is_found(
    tmp_path: Path, code: str, spoil: Callable[[Texts], object], fault: str
) -> None:
    path = tmp_path / f"{code}.json"
    texts = json.loads((CATALOGS / path.name).read_text("utf-8"))
    spoil(texts)
    path.write_text(json.dumps(texts, ensure_ascii=False, indent=2), "utf-8")
    assert [found for found in catalog_faults(path, ENGLISH, alike(code)) if found.startswith(fault)]


@pytest.mark.parametrize(
    ("written", "rewritten", "fault"),
    [
        ('"menu"', '"menu": "Menü",\n  "menu"', "json: a key is there twice"),
        ('"Chat",', '"Chat"', "json: "),
        (",\n\n", ",\n", "layout: "),
        ('"menu": "Menü",\n  "language": "Sprache"', '"language": "Sprache",\n  "menu": "Menü"', "layout: "),
    ],
)
def test_a_badly_written_file_is_found(tmp_path: Path, written: str, rewritten: str, fault: str) -> None:
    path = tmp_path / "de.json"
    path.write_text((CATALOGS / path.name).read_text("utf-8").replace(written, rewritten, 1), "utf-8")
    assert [found.startswith(fault) for found in catalog_faults(path, ENGLISH, alike("de"))] == [True]


def test_a_form_for_one_number_need_not_name_it(tmp_path: Path) -> None:
    path = tmp_path / "de.json"
    path.write_text(
        (CATALOGS / path.name).read_text("utf-8").replace('{count} neue Nachricht"', 'Eine neue Nachricht"'),
        "utf-8",
    )
    assert '"Eine neue Nachricht"' in path.read_text("utf-8")
    assert catalog_faults(path, ENGLISH, alike("de")) == []


def unread_keys(keys: list[str], scripts: dict[str, str], pages: str, code: str) -> list[str]:
    """The keys that nothing reads: no script by a literal (``"sent"``) or its begin (```broke.${…}``), no page, no Python code.

    ``scripts`` are texts by file name; those of the page around the frame leave ``launcher.`` out.
    """
    literals, begins = set(), set()
    for name, script in scripts.items():
        outside = "launcher." if name in ("loader.js", "panel.js") else ""
        words = re.findall(r'"([\w.]+)"', script) + re.findall(r"\bstrings\.(\w+)", script)
        literals |= {outside + word for word in words}
        begins |= {outside + begin for begin in re.findall(r"`([a-zA-Z]+\.)\$\{", script)}
    literals |= set(re.findall(r"\bstrings\.(\w+)", pages)) | set(
        re.findall(r'\bstrings\["([\w.]+)"\]', code)
    )
    names = {key: {family(key)[0]} | {alias for alias, meant in SAME.items() if meant == key} for key in keys}
    return [
        key
        for key in keys
        if not names[key] & literals
        and not any(name.startswith(tuple(begins)) for name in {key} | names[key])
    ]


def _sources() -> tuple[dict[str, str], str, str]:
    root = Path(settings.BASE_DIR)
    scripts = {path.name: path.read_text("utf-8") for path in (root / "static" / "widget").rglob("*.js")}
    pages = "".join(path.read_text("utf-8") for path in (root / "templates" / "widget").rglob("*.html"))
    return scripts, pages, "".join(path.read_text("utf-8") for path in (root / "widgets").glob("*.py"))


def test_every_english_text_is_read_somewhere() -> None:
    keys = list(json.loads(ENGLISH.read_text("utf-8")))
    assert unread_keys(keys, *_sources()) == []


def test_a_text_that_nothing_reads_is_found() -> None:
    forgotten = ["farewell", "launcher.farewell", "farewells.one", "farewells.other", "offline.bar"]
    assert unread_keys([*forgotten, "sent", "newMessages.one", "broke.unheard"], *_sources()) == forgotten
