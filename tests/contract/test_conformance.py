"""Each operation of the contract: it is there, takes what its schema allows and answers what its schema allows."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import create_api_token
from tests.contract.calls import CALLS, Raw
from tests.contract.copy import (
    Operation,
    complaints,
    line_kinds,
    operations,
    property_paths,
    route_of,
    value_paths,
    without_cursor,
)
from tests.support.inprocess import Answer, InProcess
from tests.support.world import META, Ids, fill, make_user, make_world, path_of

OPERATIONS = operations()
NOUNS = [name.removeprefix("fetch") for name in OPERATIONS if name.startswith("fetch")]
JSON, JSONL, CSV, ANY = "application/json", "application/jsonl", "text/csv", "*/*"
OUR_LINES = {"sendResult", "receiveResult", "activity", "ping"}  # beside those of the contract
WRITES = [(verb + noun, "fetch" + noun) for verb in ("create", "update") for noun in NOUNS]


def test_every_operation_has_its_call() -> None:
    assert CALLS.keys() == OPERATIONS.keys()
    assert len(CALLS) == 95


@pytest.mark.parametrize("name", CALLS)
def test_bodies_are_allowed_and_use_every_property(name: str) -> None:
    schema, bodies = (
        OPERATIONS[name].body_schema,
        [body for body in CALLS[name].bodies if isinstance(body, dict)],
    )
    if schema is None:
        assert not [body for body in bodies if body]
        return
    for body in bodies:
        assert complaints(schema, body) == []
    assert set(property_paths(schema)) <= {path for body in bodies for path in value_paths(body)}


@pytest.fixture
def olive(app: InProcess, outside: str) -> tuple[str, Ids]:
    """An operator's token, and one of everything that is theirs."""
    user = make_user()
    return create_api_token(user)[1], make_world(user, outside)


@pytest.mark.parametrize("name", CALLS)
def test_it_conforms(app: InProcess, olive: tuple[str, Ids], outside: str, name: str) -> None:
    operation = OPERATIONS[name]
    for body, kind in cases(operation):
        token, ids = olive if body is CALLS[name].bodies[0] and kind == JSON else another(outside)
        answer = call(app, operation, token, ids, body, kind)
        assert answer.status == 200, answer.content[:500]
        check(operation, kind, answer)


@pytest.mark.parametrize(
    ("write", "fetch"), [(write, fetch) for write, fetch in WRITES if write in OPERATIONS]
)
def test_what_is_written_is_there_to_fetch(
    app: InProcess, olive: tuple[str, Ids], write: str, fetch: str
) -> None:
    token, ids = olive
    for sent in CALLS[write].bodies:
        body = fill(sent, ids)
        made = call(app, OPERATIONS[write], token, ids, sent, JSON).json()["id"]
        last = re.findall(r"{(\w+)}", route_of(OPERATIONS[fetch].path))[-1]
        found = call(app, OPERATIONS[fetch], token, {**ids, last: made}, None, JSON).json()
        told = {
            **body,
            **({"meta": {**META, **body["meta"]}} if "meta" in body and write.startswith("update") else {}),
        }
        shown = set(property_paths(OPERATIONS[fetch].answers[JSON])) & body.keys()
        assert {name: found.get(name) for name in shown} == {name: told[name] for name in shown}


def another(outside: str) -> tuple[str, Ids]:
    """Somebody else's: what the call before changed or used up is there again."""
    user = make_user()
    return create_api_token(user)[1], make_world(user, outside)


def cases(operation: Operation) -> Iterator[tuple[Any, str]]:
    """Each body with each form of the answer."""
    return ((body, kind) for body in CALLS[operation.id].bodies for kind in operation.answers)


def call(app: InProcess, operation: Operation, token: str, ids: Ids, body: Any, kind: str) -> Answer:
    """Send it."""
    how = CALLS[operation.id]
    headers = {"accept": kind, **how.headers}
    if isinstance(body, Raw):
        headers |= {"content-type": body.content_type, **body.headers}
    sent = body.content if isinstance(body, Raw) else fill(body, ids)
    return app.request(
        operation.method, path_of(route_of(operation.path), ids), token=token, query=how.query, headers=headers, body=sent,
        enough_lines=how.enough_lines,
    )  # fmt: skip


def check(operation: Operation, kind: str, answer: Answer) -> None:
    """The answer has the form that was asked for, and is what the schema allows."""
    schema = operation.answers[kind]
    match kind:
        case "application/json":
            assert answer.media_type == JSON
            value = answer.json()
            empty = isinstance(value, dict) and value.get("items") == []
            assert complaints(without_cursor(schema) if empty else schema, value) == []
        case "application/jsonl":
            assert answer.media_type == JSONL
            lines = answer.lines()
            assert lines
            known = line_kinds(schema)
            for line in lines:
                if line["type"] in known or line["type"] not in OUR_LINES:
                    assert complaints(schema, line) == []
        case "text/csv":
            assert answer.media_type == CSV
            assert answer.content.decode().startswith("id,") or b",id," in answer.content.splitlines()[0]
            assert len(answer.content.splitlines()) > 1
