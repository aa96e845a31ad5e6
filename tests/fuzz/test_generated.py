"""The API's own description, taken at its word: generated requests, good and bad, never find a 5xx or an answer that it does not describe.

FUZZ_EXAMPLES asks for more than the default run has time for, and for others each time.
"""

import os
import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.errors import InvalidSchema
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as openapi

from accounts.ids import new_id
from accounts.models import create_api_token
from tests.fuzz.transport import BASE, session_of
from tests.support.inprocess import InProcess
from tests.support.world import Ids, make_user, make_world
from widgetplatform.api.names import camel

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
OPTIONS: dict[str, Any] = {
    "deadline": None, "database": None, "derandomize": not EXAMPLES, "suppress_health_check": list(HealthCheck),
    "phases": [Phase.generate], "max_examples": EXAMPLES or 8,
}  # fmt: skip
CHECKS = [
    not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
]


class Olive:
    """An operator whose objects the generated paths and bodies name."""

    def __init__(self, app: InProcess, outside: str) -> None:
        self.outside = outside
        self.user = make_user()
        self.session = session_of(app, create_api_token(self.user)[1])
        self.ids = self.fresh()

    def fresh(self) -> Ids:
        """New objects, by the names of the API."""
        return {camel(name): value for name, value in make_world(self.user, self.outside).items()}


@pytest.fixture
def olive(app: InProcess, outside: str) -> Olive:
    """One with everything."""
    return Olive(app, outside)


@pytest.fixture
def described(app: InProcess, olive: Olive) -> dict[str, Any]:
    """The description, with paths that lead to Olive's objects or to nothing."""
    raw = app.request("GET", "/api/v1/schema", query="format=json").json()
    for path in raw["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and parameter["name"] in olive.ids:
                    parameter["schema"] = {
                        "type": "string",
                        "enum": [olive.ids[parameter["name"]], str(new_id())],
                    }
    return raw


@pytest.mark.timeout(600 if EXAMPLES else 120)
def test_generated_requests_find_nothing(olive: Olive, described: dict[str, Any]) -> None:
    load_all_checks()
    schema, found = schemathesis.openapi.from_dict(described), []
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in GenerationMode:
            try:
                run(olive, operation, mode)
            except (InvalidSchema, AssertionError, BaseExceptionGroup) as error:
                found.append(f"{operation.label} ({mode}): {describe(error)}")
    assert not found, "\n".join(found)


def run(olive: Olive, operation: Any, mode: GenerationMode) -> None:
    """Some examples of one operation."""

    @settings(**OPTIONS)
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        aim(olive, case)
        case.call_and_validate(base_url=BASE, session=olive.session, checks=CHECKS)

    check()


def aim(olive: Olive, case: Any) -> None:
    """Name real objects in the body, now and then, and give what deletes something of its own to delete."""
    if case.path.endswith("/delete"):
        ids = olive.fresh()
        case.path_parameters = {
            name: ids.get(name, value) if value == olive.ids.get(name) else value
            for name, value in (case.path_parameters or {}).items()
        }
    if isinstance(case.body, dict):
        for name, value in case.body.items():
            if name in olive.ids and isinstance(value, str) and len(value) % 2 == 0:
                case.body[name] = olive.ids[name]


def describe(error: BaseException) -> str:
    """What went wrong, and with which request."""
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else [error]
    return " | ".join(" ".join(str(item).split())[:400] for item in inner)


@pytest.mark.timeout(600 if EXAMPLES else 120)
def test_sequences_of_requests_find_nothing(app: InProcess, outside: str) -> None:
    load_all_checks()
    raw = app.request("GET", "/api/v1/schema", query="format=json").json()
    link(raw["paths"])
    schema = schemathesis.openapi.from_dict(raw)
    schema.config.generation.update(modes=[GenerationMode.POSITIVE])
    answered: set[tuple[str, int]] = set()

    class Workflow(schema.as_state_machine()):  # type: ignore[misc]
        """Objects that one request made are what the next ones name. Each sequence is an operator's who has nothing yet, because
        what it finds must not depend on the sequences before."""

        def setup(self) -> None:
            super().setup()
            self.http = session_of(app, create_api_token(make_user())[1])

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"base_url": BASE, "session": self.http}

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            answered.add((case.operation.label, response.status_code))
            case.validate_response(response, checks=CHECKS)

    Workflow.run(settings=settings(**{**OPTIONS, "max_examples": EXAMPLES or 40, "stateful_step_count": 10}))
    assert any("{" in label and status == 200 for label, status in answered), "the links lead somewhere"


def link(paths: dict[str, Any]) -> None:
    """Say of each ``<prefix>/create`` that its answer's id is the one that paths below that prefix name."""
    for path, operations in paths.items():
        prefix, _, verb = path.rpartition("/")
        if verb != "create":
            continue
        parents = {name: f"$request.path.{name}" for name in re.findall(r"{(\w+)}", prefix)}
        targets = {
            operation["operationId"]: {**parents, names[-1]: "$response.body#/id"}
            for other, methods in paths.items()
            for operation in methods.values()
            if other.startswith(f"{prefix}/{{")
            and len(names := re.findall(r"{(\w+)}", other)) == len(parents) + 1
        }
        links = {name: {"operationId": name, "parameters": known} for name, known in targets.items()}
        operations["post"]["responses"]["200"]["links"] = links
