"""What an input gives the arguments of an instruction, and what happens to those that are missing."""

import pytest

from bots.abilities.arguments import fill, names_in, read_input
from bots.abilities.base import AbilityError

ONE = "Tell {{city}} hello"
TWO = "From {{ city }} to ${{to}}, {{city}}"


def test_names():
    assert names_in(TWO) == ["city", "to"]
    assert names_in("{city} $[city] {{}} {{a b}} {{1}}") == []


@pytest.mark.parametrize(
    ("instruction", "text", "arguments"),
    [
        (TWO, '{"city": "Rome", "to": 5}', {"city": "Rome", "to": 5}),
        (TWO, "city: Rome\nto: [a, 2024-01-02]", {"city": "Rome", "to": ["a", "2024-01-02"]}),
        (ONE, "Rome", {"city": "Rome"}),
        (ONE, "Note: buy milk", {"city": "Note: buy milk"}),
        (ONE, "city: Rome", {"city": "Rome"}),
        (ONE, '{"other": 1}', {"other": 1}),
        (ONE, "[1, 2]", {"city": "[1, 2]"}),
        (ONE, '{"city": NaN}', {"city": "NaN"}),
        (TWO, "Rome", {}),
        ("{{input}} in {{city}}", "Rome", {"city": "Rome"}),
        ("{{input}}", '{"a": 1}', {"a": 1}),
        ("Hello", "a: 1", {"a": 1}),
        (ONE, "", {}),
        (ONE, "a: &x [1]\nb: *x", {"city": "a: &x [1]\nb: *x"}),
        (ONE, "[" * 5000, {"city": "[" * 5000}),
        (ONE, '{"a":' * 5000, {"city": '{"a":' * 5000}),
    ],
)
def test_input(instruction, text, arguments):
    assert read_input(instruction, text) == {"input": text, **arguments}


@pytest.mark.parametrize(
    ("value", "text"), [("a", "a"), (5, "5"), (1.5, "1.5"), (True, "true"), (None, ""), (["ä"], '["ä"]'), ({"a": None}, '{"a": null}')]
)
def test_values_as_text(value, text):
    assert fill("<{{x}}>", {"x": value}) == f"<{text}>"


@pytest.mark.parametrize(
    ("text", "arguments", "says"),
    [
        ("{{x}}", {}, "The argument “x” is missing"),
        ("{{input}}", {"input": ""}, "The argument “input” is missing"),
        ("{{x}}", {"x": "\ud800"}, "half of a surrogate pair"),
        ("{{x}}", {"x": ["\ud800"]}, "half of a surrogate pair"),
        ("{{x}}", {"x": object()}, "not JSON data"),
        ("{{x}}", {"x": float("nan")}, "not JSON data"),
        ("{{x}}" * 20, {"x": "a" * 60_000}, "too long"),
    ],
)
def test_refusals(text, arguments, says):
    with pytest.raises(AbilityError, match=says):
        fill(text, arguments)


def test_an_argument_is_not_read_again():
    assert fill("{{x}}", {"x": "{{y}}", "y": "no"}) == "{{y}}"
