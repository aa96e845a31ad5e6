"""Options of model strings of language models."""

import pytest

from bots.engines.providers.options import OPTIONS, ModelOptions, read_options
from bots.engines.registry import parse_model


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("gpt-5.4", ModelOptions()),
        ("openai:gpt/temperature=0", ModelOptions({"temperature": 0.0})),
        ("gpt/temperature=1.25/topP=0.5/seed=0", ModelOptions({"temperature": 1.25, "top_p": 0.5, "seed": 0})),
        ("gpt/presence_penalty=-2/frequencyPenalty=2", ModelOptions({"presence_penalty": -2.0, "frequency_penalty": 2.0})),
        ("gpt/reasoningEffort=minimal", ModelOptions({"reasoning_effort": "minimal"})),
        ("gpt/maxTokens=800/context=8000/interactionMaxMessages=10", ModelOptions(max_tokens=800, context=8000, messages=10)),
        ("gpt/stop=END,%2F,%0A", ModelOptions(stop=("END", "/", "\n"))),
    ],
)
def test_they_are_read(model: str, options: ModelOptions) -> None:
    assert read_options(parse_model(model).options) == options


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("volume=3", "model: unknown option “volume”; allowed: " + ", ".join(OPTIONS)),
        ("temperature=2.1", "model: temperature must be a number from 0 to 2, not “2.1”"),
        ("temperature=nan", "model: temperature must be a number from 0 to 2, not “nan”"),
        ("temperature=1e0", "model: temperature must be a number from 0 to 2"),
        ("topP=-0.1", "model: top_p must be a number from 0 to 1, not “-0.1”"),
        ("max_tokens=0", "model: max_tokens must be a whole number from 1 to 1,000,000, not “0”"),
        ("maxTokens=1.5", "model: max_tokens must be a whole number"),
        ("seed=-1", "model: seed must be a whole number from 0"),
        ("seed=" + "9" * 40, "model: seed must be a whole number from 0"),
        ("context=10", "model: context must be a whole number from 256 to 2,000,000, not “10”"),
        ("messages=٣", "model: messages must be a whole number from 1 to 1,000"),
        ("effort=much", "model: effort must be one of none, minimal, low, medium, high, xhigh, not “much”"),
        ("stop=a,b,c,d,e", "model: stop must be 1 to 4 texts of 1 to 64 characters, separated by commas"),
        ("stop=a,,b", "model: stop must be 1 to 4 texts"),
        ("topP=0.1/top_p=0.2", "model: the option “top_p” is given twice"),
        ("effort=low/reasoning_effort=low", "model: the option “effort” is given twice"),
    ],
)
def test_wrong_ones_are_refused_and_the_allowed_named(option: str, message: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_model(f"openai:gpt/{option}")
    assert str(refused.value).startswith(message)
