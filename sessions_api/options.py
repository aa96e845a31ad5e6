"""What a caller gives for one reply: extensions, functions, limits, time zone. Checked here, kept on the reply's row as JSON, so that whichever
process makes the reply has them, and turned into an engine's plain data."""

import re
from dataclasses import replace
from typing import Any

from rest_framework.exceptions import ParseError

from bots.abilities.base import AbilitySpec
from bots.abilities.parameters import parameters_of
from bots.engines.base import Ability, Feature, Function, Limits
from sessions_api import reading

FUNCTION_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]{0,63}")
FUNCTIONS = 64
DATASETS = 10
RECORDS = 100
RECORD_BYTES = 65_536
SKILLSETS = 20
ABILITIES = 100
FEATURES = 50
BACKSTORY_BYTES = 262_144
NAME_BYTES = 191
COUNT = 2**31 - 1
CHANNEL_CHARACTERS = (16, 191)
LIMITS = ("iterations", "continuations", "calls")

Options = dict[str, Any]


def read_options(body: dict[str, Any], *, operator: bool, tools: bool, time_zone: str = "") -> Options:
    """The checked options of a body, those that count for this caller. Raises ParseError (400).

    Extensions are the operator's alone; functions need tools. What does not count is not looked at.
    """
    found: Options = {}
    if operator:
        found["extensions"] = reading.optional(body, "extensions", "", _extensions)
    if operator or tools:
        found["functions"] = reading.optional(body, "functions", "", _functions)
    found["limits"] = reading.optional(body, "limits", "", _limits)
    found["timeZone"] = reading.time_zone(time_zone.strip(), "X-Timezone")
    return {name: value for name, value in found.items() if value}


def channel_name(value: Any, path: str) -> str:
    """The id of a channel."""
    low, high = CHANNEL_CHARACTERS
    name = reading.text(value, path)
    if not low <= len(name) <= high:
        raise ParseError(f"{path}: must have {low} to {high} characters")
    return name


def functions_of(options: Options) -> tuple[Function, ...]:
    """For the engine."""
    return tuple(
        Function(
            name=given["name"], description=given["description"], parameters=given["parameters"], data=given.get("data"),
            channel=given.get("channel", ""), at_start=given.get("start", False), at_end=given.get("end", False),
        )
        for given in options.get("functions", ())
    )


def limits_of(options: Options) -> Limits:
    """Ours, or lower."""
    ours = Limits()
    given = options.get("limits", {})
    return replace(ours, **{name: min(getattr(ours, name), count) for name, count in given.items()})


def abilities_of(options: Options) -> tuple[Ability, ...]:
    """Those that the caller described."""
    return tuple(
        Ability(
            name=given["name"], description=given["description"], instruction=given["instruction"], secret_id=given.get("secretId", ""),
            meta=given.get("meta", {}), parameters=parameters_of(AbilitySpec(given["instruction"])),
        )
        for skillset in options.get("extensions", {}).get("skillsets", ())
        for given in skillset["abilities"]
    )


def features_of(options: Options) -> tuple[Feature, ...]:
    """For the engine."""
    given = options.get("extensions", {}).get("features", ())
    return tuple(Feature(feature["name"], feature.get("options", {})) for feature in given)


def _functions(value: Any, path: str) -> list[dict[str, Any]]:
    functions = [_function(item, here) for item, here in reading.items(value, path, FUNCTIONS, "functions")]
    names = [function["name"] for function in functions]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise ParseError(f"{path}[{number}].name: is the name of another function")
    return functions


def _function(item: dict[str, Any], path: str) -> dict[str, Any]:
    name = item.get("name")
    if not isinstance(name, str) or not FUNCTION_NAME.fullmatch(name):
        raise ParseError(f"{path}.name: must be 1 to 64 letters, digits, _, $ or -, not beginning with a digit")
    call = reading.optional(item, "call", path, reading.mapping, {})
    return {
        "name": name,
        "description": reading.text(item.get("description"), f"{path}.description", most=RECORD_BYTES),
        "parameters": _parameters(item.get("parameters"), f"{path}.parameters"),
        **reading.optional(item, "result", path, _result, {}),
        "start": reading.optional(call, "start", f"{path}.call", reading.flag, False),
        "end": reading.optional(call, "end", f"{path}.call", reading.flag, False),
    }


def _parameters(value: Any, path: str) -> dict[str, Any]:
    """A JSON schema of an object, as far as it must be one to be told to a model."""
    schema = reading.mapping(reading.storable(value, path), path)
    reading.choice(schema.get("type"), f"{path}.type", ["object"])
    for key, property_schema in reading.mapping(schema.get("properties", {}), f"{path}.properties").items():
        if not isinstance(property_schema, dict | bool):
            raise ParseError(f"{path}.properties.{key}: must be a JSON schema")
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        raise ParseError(f"{path}.required: must be a list of names")
    return schema


def _result(value: Any, path: str) -> dict[str, Any]:
    given = reading.mapping(value, path)
    if ("data" in given) == (given.get("channel") is not None):
        raise ParseError(f"{path}: must have either data or channel")
    if "data" in given:
        return {"data": reading.storable(given["data"], f"{path}.data")}
    return {"channel": channel_name(given["channel"], f"{path}.channel")}


def _limits(value: Any, path: str) -> dict[str, int]:
    given = reading.mapping(value, path)
    limits = {name: reading.optional(given, name, path, reading.whole, low=1, high=COUNT) for name in LIMITS}
    return {name: count for name, count in limits.items() if count is not None}


def _extensions(value: Any, path: str) -> dict[str, Any]:
    given = reading.mapping(value, path)
    found = {
        "backstory": reading.optional(given, "backstory", path, reading.text, most=BACKSTORY_BYTES),
        "datasets": reading.optional(given, "datasets", path, _datasets),
        "skillsets": reading.optional(given, "skillsets", path, _skillsets),
        "features": reading.optional(given, "features", path, _features),
    }
    return {name: item for name, item in found.items() if item}


def _datasets(value: Any, path: str) -> list[dict[str, Any]]:
    datasets = [_dataset(item, here) for item, here in reading.items(value, path, DATASETS, "datasets")]
    if sum(len(dataset["records"]) for dataset in datasets) > RECORDS:
        raise ParseError(f"{path}: must have at most {RECORDS} records together")
    return datasets


def _dataset(item: dict[str, Any], path: str) -> dict[str, Any]:
    return {
        **_named(item, path),
        "records": [_record(record, here) for record, here in reading.items(item.get("records"), f"{path}.records", RECORDS, "records")],
    }


def _record(item: dict[str, Any], path: str) -> dict[str, Any]:
    record = {"text": reading.text(item.get("text"), f"{path}.text", most=RECORD_BYTES)}
    return {**record, **_with_meta(item, path)}


def _skillsets(value: Any, path: str) -> list[dict[str, Any]]:
    return [
        {**_named(item, here), "abilities": [
            _ability(ability, there) for ability, there in reading.items(item.get("abilities"), f"{here}.abilities", ABILITIES, "abilities")
        ]}
        for item, here in reading.items(value, path, SKILLSETS, "skillsets")
    ]  # fmt: skip


def _ability(item: dict[str, Any], path: str) -> dict[str, Any]:
    ability = {
        "name": reading.text(item.get("name"), f"{path}.name", most=NAME_BYTES, empty=False),
        "description": reading.text(item.get("description"), f"{path}.description", most=RECORD_BYTES),
        "instruction": reading.text(item.get("instruction"), f"{path}.instruction", most=RECORD_BYTES),
    }
    secret = reading.optional(item, "secretId", path, reading.text, most=128)
    return {**ability, **({"secretId": secret} if secret else {}), **_with_meta(item, path)}


def _features(value: Any, path: str) -> list[dict[str, Any]]:
    features = []
    for item, here in reading.items(value, path, FEATURES, "features"):
        options = reading.optional(item, "options", here, reading.mapping)
        feature = {"name": reading.text(item.get("name"), f"{here}.name", most=NAME_BYTES, empty=False)}
        features.append({**feature, **({"options": reading.storable(options, f"{here}.options")} if options else {})})
    return features


def _named(item: dict[str, Any], path: str) -> dict[str, Any]:
    found = {
        "name": reading.optional(item, "name", path, reading.text, most=NAME_BYTES),
        "description": reading.optional(item, "description", path, reading.text, most=RECORD_BYTES),
    }
    return {name: value for name, value in found.items() if value}


def _with_meta(item: dict[str, Any], path: str) -> dict[str, Any]:
    found = reading.optional(item, "meta", path, reading.mapping)
    return {"meta": reading.storable(found, f"{path}.meta")} if found else {}
