"""docker-compose.yml, .env.example and the settings name the same things."""

import ast
import re

import pytest

from tests.support import compose
from tests.support.environment import ROOT

READERS = ("settings.py", "keys.py", "server.py", "metrics.py")
ELSEWHERE = {"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "PUBLISH"}  # read by compose and the PostgreSQL image


def names_read():
    """The environment variables that the platform reads: arguments of env_…(), _ring() and os.environ."""
    found = set()
    for reader in READERS:
        for node in ast.walk(ast.parse((ROOT / "widgetplatform" / reader).read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                function = ast.unparse(node.func)
                if function.startswith("env_") or function in {"os.environ.get", "_ring"}:
                    found.add(node.args[0].value)
            elif isinstance(node, ast.Compare) and ast.unparse(node).endswith("in os.environ"):
                found.add(node.left.value)
    return found


def ours(service):
    return set(compose.compose()["services"][service].get("environment", ()))


@pytest.mark.parametrize("service", ["setup", "web", "worker"])
def test_every_variable_of_a_service_is_read(service):
    assert ours(service) <= names_read()


def test_all_services_run_one_image_with_the_same_keys():
    services = compose.compose()["services"]
    assert {services[name]["image"] for name in ("setup", "web", "worker")} == {"chatwidget"}
    assert ours("setup") == ours("worker") <= ours("web")


def test_what_must_be_secret_has_no_default():
    given = compose.secrets_of_an_operator()
    for name in given:
        without = {key: value for key, value in given.items() if key != name}
        with pytest.raises(KeyError, match=name):
            compose.variables("web", without)


def test_the_example_names_what_is_required_and_nothing_unknown():
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {match.group(1) for line in lines if (match := re.fullmatch(r"#?([A-Z_]+)=.*", line))}
    required = {match.group(1) for line in lines if (match := re.fullmatch(r"([A-Z_]+)=", line))}
    assert required == set(compose.secrets_of_an_operator())
    assert named <= names_read() | ELSEWHERE


def test_the_image_serves_what_compose_serves():
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert 'CMD ["python", "-m", "widgetplatform.server"]' in dockerfile
    assert compose.command("web") == ["python", "-m", "widgetplatform.server"]
    assert "USER chatwidget" in dockerfile


def test_operating_lists_every_variable():
    text = (ROOT / "docs" / "operating.md").read_text()
    assert not {name for name in names_read() if f"`{name}`" not in text}
