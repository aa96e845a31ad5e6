"""Model strings."""

import pytest

from bots.engines.base import EngineError
from bots.engines.knowledge.engine import KnowledgeEngine
from bots.engines.registry import Model, get_engine, parse_model
from bots.engines.scripted import ScriptedEngine

SCRIPTED = {"scripted": "bots.engines.scripted.ScriptedEngine"}


@pytest.fixture
def scripted(settings):
    settings.EXTRA_ENGINES = SCRIPTED


def test_the_knowledge_engine_needs_no_more_than_its_name() -> None:
    assert parse_model("knowledge") == Model("knowledge")
    engine, options = get_engine("knowledge")
    assert isinstance(engine, KnowledgeEngine)
    assert options == {}


@pytest.mark.parametrize("model", ["", "  "])
def test_an_empty_model_is_the_default(model: str) -> None:
    assert parse_model(model).provider == "knowledge"


def test_names_and_options_are_read(scripted) -> None:
    assert parse_model("scripted:burst/tokens=200/delay=0.02") == Model(
        "scripted", "burst", {"tokens": "200", "delay": "0.02"}
    )
    engine, options = get_engine("scripted:burst/tokens=3")
    assert isinstance(engine, ScriptedEngine)
    assert options == {"tokens": "3"}


def test_engines_are_made_once(scripted) -> None:
    assert get_engine("scripted:burst")[0] is get_engine("scripted:echo")[0]


def test_the_scripted_engine_is_off_unless_settings_name_it(settings) -> None:
    settings.EXTRA_ENGINES = {}
    with pytest.raises(EngineError) as refused:
        get_engine("scripted:burst")
    assert (refused.value.code, refused.value.retryable) == ("no_model", False)
    assert refused.value.cause == "There is no engine for the model “scripted:burst”; available: knowledge"


@pytest.mark.parametrize(
    ("model", "provider", "name", "options"),
    [
        ("gpt-9", "gpt-9", "", {}),
        ("meta/llama", "meta/llama", "", {}),
        ("openai:meta/llama-3.1/temperature=0.5", "openai", "meta/llama-3.1", {"temperature": "0.5"}),
    ],
)
def test_models_without_an_engine_are_well_formed_all_the_same(model, provider, name, options) -> None:
    assert parse_model(model) == Model(provider, name, options)


@pytest.mark.parametrize("model", ["gpt-9", "knowledge:large", "scripted:sing", "not a name"])
def test_what_no_engine_takes_is_a_coded_error(scripted, model: str) -> None:
    with pytest.raises(EngineError) as refused:
        get_engine(model)
    assert refused.value.code == "no_model"
    assert refused.value.cause


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("gpt 9", "must be a name, and may have options behind it: name/key=value"),
        ("gpt-9//a=b", "must be a name"),
        ("a=b", "must be a name"),
        ("gpt-9/a=b c", "“a=b c” is not key=value"),
        ("knowledge:large", "knowledge takes no name and no options"),
        ("knowledge/a=b", "knowledge takes no name and no options"),
        ("scripted:burst/tokens=", "“tokens=” is not key=value"),
        ("scripted:burst/tokens=1/x", "“x” is not key=value"),
        ("scripted:burst/tokens=1/tokens=2", "“tokens” is given twice"),
        ("scripted:sing", "unknown script “sing”; allowed: burst, sample, echo"),
        ("scripted:burst/volume=3", "unknown option “volume” of scripted; allowed: tokens, delay, fail_at"),
        ("scripted:burst/tokens=many", "tokens must be a number from 1 to 100000, not “many”"),
        ("scripted:burst/tokens=0", "tokens must be a number from 1"),
        ("scripted:burst/delay=nan", "delay must be a number from 0 to 60"),
        ("scripted:burst/code=No!", "code must be small letters"),
        ("scripted:burst/retryable=perhaps", "retryable must be true or false"),
    ],
)
def test_wrong_models_are_refused_and_the_allowed_named(scripted, model: str, message: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_model(model)
    assert message in str(refused.value)
    assert str(refused.value).startswith("model: ")
