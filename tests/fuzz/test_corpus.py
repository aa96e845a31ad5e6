"""The bad input that everybody tries: each operation that writes refuses it, says which field, and changes nothing."""

import re
from typing import Any

import pytest

from accounts.ids import new_id
from accounts.models import create_api_token
from tests.contract.calls import CALLS
from tests.contract.copy import operations, route_of
from tests.support.inprocess import Answer, InProcess
from tests.support.world import Ids, everything, fill, make_user, make_world, path_of
from widgetplatform.api.names import camel

REFUSED = {400, 404, 409, 413, 415, 422}
JSON = "application/json"
HUGE = 10**400
DEEP = 100_000
LARGE_BYTES = 5_000_000
UNSTORABLE = ("a\0b", "a\ud800b")
WRONG = {
    "string": [7, True, [], {}, *UNSTORABLE],
    "number": ["7", True, [], {}, HUGE],
    "integer": ["7", True, [], {}, HUGE, 1.5],
    "boolean": ["true", 1, [], {}],
    "array": ["a", 7, True, {}, [7], ["a"]],
    "object": ["a", 7, True, []],
}
BODIES: dict[str, tuple[bytes, int]] = {
    "no JSON": (b"{", 400),
    "a list": (b"[]", 400),
    "null": (b"null", 400),
    "a number": (b"1e308", 400),
    "not UTF-8": (b'{"name": "\xff"}', 400),
    "UTF-16": ('{"name": "a"}'.encode("utf-16"), 400),
    "NaN": (b'{"x": NaN}', 400),
    "infinite": (b'{"x": 1e999}', 400),
    "a huge number": (b'{"x": ' + b"9" * 5000 + b"}", 400),
    "deep": (b'{"x": ' + b"[" * DEEP + b"]" * DEEP + b"}", 400),
    "deep objects": (b'{"x":' * DEEP + b"1" + b"}" * DEEP, 400),
    "a key twice": (b'{"name": "a", "name": "b"}', 400),
    "an inner key twice": (b'{"x": [{"a": 1, "a": 2}]}', 400),
    "5 MB": (b'{"x": "' + b"a" * LARGE_BYTES + b'"}', 413),
}
TYPES = (
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "application/json-seq",
    "nonsense",
)
UPLOADS = re.compile(r"/upload$")  # takes every type: the body is the file
CLEANED = {"text", "reason"}  # of messages: what a database cannot keep is taken out, as on the socket
OPERATIONS = {name: operation for name, operation in operations().items() if operation.method == "POST"}


class Olive:
    """An operator who sends bad bodies, and what another operator has."""

    def __init__(self, app: InProcess, outside: str) -> None:
        self.app = app
        user = make_user()
        self.token = create_api_token(user)[1]
        self.ids = make_world(user, outside)
        self.foreign = {camel(name): value for name, value in make_world(make_user()).items()}

    def send(self, name: str, body: Any, ids: Ids | None = None, **headers: str) -> Answer:
        """POST a body to an operation."""
        path = path_of(route_of(OPERATIONS[name].path), ids or self.ids)
        lines = CALLS[name].enough_lines
        return self.app.request(
            "POST", path, token=self.token, body=body, headers=headers, enough_lines=lines, patience=5
        )


@pytest.fixture
def olive(app: InProcess, outside: str) -> Olive:
    """One with everything."""
    return Olive(app, outside)


def good_body(name: str, olive: Olive, field: str) -> dict[str, Any]:
    """A body that the operation takes, but for the field that a test spoils."""
    bodies = [body for body in CALLS[name].bodies if isinstance(body, dict)]
    body = fill(next((body for body in bodies if field in body), bodies[0]), olive.ids)
    tied = {"alias", "entities" if field == "text" else ""}  # to other objects, or to what the field says
    return {key: value for key, value in body.items() if key not in tied}


def is_spoken(name: str) -> bool:
    """Whether it is about messages and votes."""
    return "/conversation/" in OPERATIONS[name].path or "vote" in name


def wrong_values(name: str, field: str, schema: dict[str, Any]) -> list[Any]:
    """What the field must not be."""
    cleaned = field in CLEANED and is_spoken(name)
    return [value for value in WRONG.get(schema.get("type", ""), []) if not (cleaned and value in UNSTORABLE)]


def fields(name: str) -> dict[str, dict[str, Any]]:
    """The fields of an operation's body, the alternatives' too."""
    schema = OPERATIONS[name].body_schema or {}
    found: dict[str, dict[str, Any]] = {}
    for part in (schema, *schema.get("oneOf", ())):
        found |= part.get("properties", {})
    return found


@pytest.mark.parametrize("name", [name for name in OPERATIONS if fields(name)])
def test_wrong_values_are_refused_by_name(olive: Olive, name: str) -> None:
    before, faults = everything(), []
    for field, schema in fields(name).items():
        for value in wrong_values(name, field, schema):
            answer = olive.send(name, {**good_body(name, olive, field), field: value})
            if fault := fault_of(answer, field):
                faults.append(f"{field}={str(value)[:20]!r}: {fault}")
    assert not faults, "\n".join(faults)
    assert everything() == before


@pytest.mark.parametrize(
    "name", [name for name in OPERATIONS if CLEANED & set(fields(name)) and is_spoken(name)]
)
def test_texts_of_messages_are_cleaned(olive: Olive, name: str) -> None:
    for field in CLEANED & set(fields(name)):
        for value in UNSTORABLE:
            assert olive.send(name, {**good_body(name, olive, field), field: value}).status == 200


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in OPERATIONS
        if set(fields(name)) & {"botId", "datasetId", "skillsetId", "blueprintId", "fileId", "contactId"}
    ],
)
def test_other_peoples_ids_are_refused_as_missing_ones(olive: Olive, name: str) -> None:
    before = everything()
    for field in set(fields(name)) & olive.foreign.keys() - {"language"}:  # a code, nobody's own
        answers = []
        for value in (olive.foreign[field], str(new_id())):
            answer = olive.send(name, {**good_body(name, olive, field), field: value})
            assert answer.status in REFUSED, (field, answer.content)
            assert answer.status == 404 or field in answer.json()["message"], (field, answer.content)
            answers.append(answer.content)
        assert answers[0] == answers[1], field
    assert everything() == before


@pytest.mark.parametrize("name", OPERATIONS)
def test_bodies_that_are_none_are_refused(olive: Olive, name: str) -> None:
    before, faults = everything(), []
    upload = UPLOADS.search(OPERATIONS[name].path)
    for what, (body, status) in BODIES.items():
        if upload and status == 413:
            continue  # within what a file may have
        answer = olive.send(name, body, **{"content-type": JSON})
        if answer.status != status or set(answer.json()) != {"message", "code"}:
            faults.append(f"{what}: {answer.status} {answer.content[:100]!r}")
    for kind in TYPES if not upload else ():
        answer = olive.send(name, b'{"name": "a"}', **{"content-type": kind})
        if answer.status != 415:
            faults.append(f"{kind}: {answer.status} {answer.content[:100]!r}")
    assert not faults, "\n".join(faults)
    assert everything() == before


@pytest.mark.parametrize(
    "name", [name for name, operation in operations().items() if "cursor" in operation.parameters]
)
def test_wrong_queries_are_refused_by_name(app: InProcess, olive: Olive, name: str) -> None:
    operation = operations()[name]
    path = path_of(route_of(operation.path), olive.ids)
    wrong = [
        ("cursor", value)
        for value in (
            "nonsense",
            "1",
            "%00",
            "%F0%9F%92%A9",
            "00000000-0000-0000-0000-000000000000",
            "'; --",
            "a" * 2000,
        )
    ]
    if "order" in operation.parameters:
        wrong += [("order", value) for value in ("up", "%00", "DESC;")]
    for field, value in wrong:
        answer = app.request("GET", path, token=olive.token, query=f"{field}={value}")
        assert answer.status == 400, (field, value, answer.content[:200])
        assert field in answer.json()["message"]
    for take in ("0", "-5", "x", "1e9", "9" * 400, "%00", "1.5"):
        assert app.request("GET", path, token=olive.token, query=f"take={take}").status == 200, take


def fault_of(answer: Answer, field: str) -> str:
    """What is wrong with the refusal of a field; empty where nothing is."""
    if answer.status not in REFUSED:
        return f"{answer.status} {answer.content[:100]!r}"
    body = answer.json()
    if set(body) != {"message", "code"}:
        return f"not an error's body: {answer.content[:100]!r}"
    return "" if field in body["message"] else f"does not name the field: {body['message'][:100]}"
