"""What the tests of translators share."""

import uuid
from typing import Any

import pytest

from widgets.translating import translate_texts
from widgets.translators.base import TranslatorError

OWNER, WIDGET = 1, uuid.UUID(int=7)
INTRO = """## Welcome to **Halden**

Ask about orders, {{name}}, or read [our docs](https://halden.example/docs) at https://halden.example today.

[Where is my order?]() [Talk to a person]()
"""


async def translated(text: str = INTRO, target: str = "de", *, name: str = "intro", source: str = "en") -> str:
    """One text of a widget that nobody has."""
    found = await translate_texts({name: text}, source, target, OWNER, WIDGET)
    assert [*found] == [name]
    return found[name]


async def refusal(text: str = INTRO, target: str = "de", **wanted: Any) -> TranslatorError:
    """The error that it ends with."""
    with pytest.raises(TranslatorError) as caught:
        await translated(text, target, **wanted)
    assert str(caught.value) == caught.value.cause
    return caught.value
