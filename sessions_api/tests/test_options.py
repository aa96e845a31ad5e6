"""What callers give for one reply: every rule, and what an engine gets of it."""

from typing import Any

import pytest
from rest_framework.exceptions import ParseError

from bots.engines.base import Ability, Feature, Function, Limits
from sessions_api.options import abilities_of, features_of, functions_of, limits_of, read_options

FUNCTION = {"name": "weather", "description": "Of a city", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
ABILITY = {"name": "note", "description": "Writes", "instruction": "Write it", "secretId": "s1", "meta": {"a": 1}}
EXTENSIONS = {
    "backstory": "Be brief",
    "datasets": [{"name": "Prices", "description": "All", "records": [{"text": "It costs 5.", "meta": {"title": "Price"}}]}],
    "skillsets": [{"name": "S", "abilities": [ABILITY]}],
    "features": [{"name": "rag", "options": {"deep": True}}, {"name": "plain"}],
}


def read(body: Any, **who: Any) -> dict[str, Any]:
    """As the operator, unless told otherwise."""
    return read_options(body, **{"operator": True, "tools": True, **who})


def test_everything_reaches_the_engine() -> None:
    options = read(
        {
            "extensions": EXTENSIONS,
            "functions": [
                {**FUNCTION, "call": {"start": True}},
                {**FUNCTION, "name": "$known", "result": {"data": None}},
                {**FUNCTION, "name": "_asked", "result": {"channel": "c" * 16}, "call": {"end": True}},
            ],
            "limits": {"calls": 2, "iterations": 10_000},
        },
        time_zone=" Europe/Berlin ",
    )
    assert options["timeZone"] == "Europe/Berlin"
    assert options["extensions"] == EXTENSIONS
    first, second, third = functions_of(options)
    assert first == Function("weather", "Of a city", FUNCTION["parameters"], at_start=True)
    assert (second.data, second.channel) == (None, "")
    assert (third.channel, third.at_end) == ("c" * 16, True)
    assert limits_of(options) == Limits(calls=2), "they can only lower"
    nothing = {"type": "object", "properties": {}}
    assert abilities_of(options) == (Ability("note", "Writes", "Write it", "s1", {"a": 1}, parameters=nothing),)
    assert features_of(options) == (Feature("rag", {"deep": True}), Feature("plain"))


def test_nothing_is_nothing() -> None:
    assert read({"extensions": None, "functions": None, "limits": None, "unknown": 1}) == {}
    assert read({"extensions": {"backstory": ""}, "functions": [], "limits": {}}) == {}
    assert (functions_of({}), abilities_of({}), features_of({}), limits_of({})) == ((), (), (), Limits())


def test_visitors_give_functions_where_tools_are_on_and_never_extensions() -> None:
    body = {"extensions": 5, "functions": [FUNCTION], "limits": {"calls": 1}}
    assert set(read(body, operator=False)) == {"functions", "limits"}
    assert set(read({**body, "functions": 5}, operator=False, tools=False)) == {"limits"}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"functions": {}}, "functions"),
        ({"functions": ["x"]}, "functions[0]"),
        ({"functions": [FUNCTION] * 65}, "functions"),
        ({"functions": [FUNCTION, FUNCTION]}, "functions[1].name"),
        *[({"functions": [{**FUNCTION, "name": name}]}, "functions[0].name") for name in ("", "1a", "a b", "a" * 65, 5, None)],
        ({"functions": [{**FUNCTION, "description": None}]}, "functions[0].description"),
        ({"functions": [{**FUNCTION, "parameters": None}]}, "functions[0].parameters"),
        ({"functions": [{**FUNCTION, "parameters": {"type": "string"}}]}, "functions[0].parameters.type"),
        ({"functions": [{**FUNCTION, "parameters": {"type": "object", "properties": []}}]}, "functions[0].parameters.properties"),
        ({"functions": [{**FUNCTION, "parameters": {"type": "object", "properties": {"a": 5}}}]}, "functions[0].parameters.properties.a"),
        ({"functions": [{**FUNCTION, "parameters": {"type": "object", "required": ["a", 5]}}]}, "functions[0].parameters.required"),
        ({"functions": [{**FUNCTION, "parameters": {"type": "object", "x": "\x00"}}]}, "functions[0].parameters"),
        ({"functions": [{**FUNCTION, "result": {}}]}, "functions[0].result"),
        ({"functions": [{**FUNCTION, "result": {"data": 1, "channel": "c" * 16}}]}, "functions[0].result"),
        ({"functions": [{**FUNCTION, "result": {"channel": "short"}}]}, "functions[0].result.channel"),
        ({"functions": [{**FUNCTION, "result": {"data": "\ud800"}}]}, "functions[0].result.data"),
        ({"functions": [{**FUNCTION, "result": {"data": 2**64}}]}, "functions[0].result.data"),
        ({"functions": [{**FUNCTION, "call": {"start": 1}}]}, "functions[0].call.start"),
        *[({"limits": {"calls": count}}, "limits.calls") for count in (0, -1, 1.5, "1", True, 2**40)],
        ({"limits": 5}, "limits"),
        ({"extensions": []}, "extensions"),
        ({"extensions": {"backstory": 5}}, "extensions.backstory"),
        ({"extensions": {"backstory": "\ud800"}}, "extensions.backstory"),
        ({"extensions": {"datasets": {}}}, "extensions.datasets"),
        ({"extensions": {"datasets": [{}]}}, "extensions.datasets[0].records"),
        ({"extensions": {"datasets": [{"records": [{}]}]}}, "extensions.datasets[0].records[0].text"),
        ({"extensions": {"datasets": [{"records": [{"text": "a" * 65_537}]}]}}, "extensions.datasets[0].records[0].text"),
        ({"extensions": {"datasets": [{"records": [{"text": "a"}] * 60}] * 2}}, "extensions.datasets"),
        ({"extensions": {"datasets": [{"records": [{"text": "a", "meta": 5}]}]}}, "extensions.datasets[0].records[0].meta"),
        ({"extensions": {"skillsets": [{"abilities": [{**ABILITY, "name": ""}]}]}}, "extensions.skillsets[0].abilities[0].name"),
        ({"extensions": {"skillsets": [{"abilities": [{**ABILITY, "instruction": 5}]}]}}, "extensions.skillsets[0].abilities[0].instruction"),
        ({"extensions": {"features": [{}]}}, "extensions.features[0].name"),
        ({"extensions": {"features": [{"name": "a", "options": []}]}}, "extensions.features[0].options"),
    ],
)  # fmt: skip
def test_what_is_refused(body: dict[str, Any], named: str) -> None:
    with pytest.raises(ParseError) as error:
        read(body)
    assert str(error.value.detail).startswith(f"{named}:")


def test_depth_is_bounded() -> None:
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    with pytest.raises(ParseError, match="levels deep"):
        read({"functions": [{**FUNCTION, "result": {"data": deep}}]})


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "x" * 500, "\x00"])
def test_time_zones_that_are_refused(zone: str) -> None:
    with pytest.raises(ParseError, match="X-Timezone"):
        read({}, time_zone=zone)
