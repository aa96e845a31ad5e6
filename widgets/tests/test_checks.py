"""What is set wrongly for translators is refused at start."""

from typing import Any

import pytest

from widgets import checks
from widgets.checks import POSITIVE, check_translator


def ids() -> list[str]:
    return [str(message.id) for message in check_translator()]


@pytest.mark.parametrize(
    "right",
    [
        {},
        {"TRANSLATOR": "deepl", "DEEPL_API_KEY": "abc:fx"},
        {"TRANSLATOR": "deepl", "DEEPL_API_KEY": "abc", "DEEPL_URL": "https://deepl.internal"},
        {"TRANSLATOR": "libretranslate", "LIBRETRANSLATE_URL": "http://10.0.0.7:5000"},
        {"TRANSLATOR": "llm", "TRANSLATOR_MODEL": "openai:gpt-5-mini/temperature=0.2"},
        {"TRANSLATOR": "llm", "TRANSLATOR_MODEL": "gpt-5-mini"},
        {"TRANSLATOR": "fast", "SETUP_ON_CHANGE": True},
    ],
)
def test_settings_that_work_pass(settings: Any, right: dict[str, Any]) -> None:
    for name, value in right.items():
        setattr(settings, name, value)
    assert ids() == []


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ({"TRANSLATOR": "babelfish"}, "widgets.E001"),
        *(({name: 0}, "widgets.E002") for name in POSITIVE),
        ({"TRANSLATOR": "deepl"}, "widgets.E003"),
        ({"TRANSLATOR": "libretranslate"}, "widgets.E003"),
        ({"TRANSLATOR": "libretranslate", "LIBRETRANSLATE_URL": "localhost:5000"}, "widgets.E004"),
        ({"TRANSLATOR": "libretranslate", "LIBRETRANSLATE_URL": "http://me:pw@x.example"}, "widgets.E004"),
        ({"TRANSLATOR": "deepl", "DEEPL_API_KEY": "a", "DEEPL_URL": "ftp://x.example"}, "widgets.E004"),
        ({"TRANSLATOR": "llm"}, "widgets.E005"),
        ({"TRANSLATOR": "llm", "TRANSLATOR_MODEL": "knowledge"}, "widgets.E005"),
        ({"TRANSLATOR": "llm", "TRANSLATOR_MODEL": "openai:gpt/heat=9"}, "widgets.E005"),
        ({"SETUP_ON_CHANGE": True}, "widgets.W001"),
    ],
)
def test_settings_that_cannot_work_are_told(settings: Any, wrong: dict[str, Any], found: str) -> None:
    for name, value in wrong.items():
        setattr(settings, name, value)
    assert ids() == [found]
    assert not any("pw@" in message.msg for message in check_translator())


def test_a_missing_package_is_told(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRANSLATOR = "fast"
    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    assert ids() == ["widgets.E006"]
