"""docker-compose.yml as the tests see it: the same commands and variables, with processes in place of containers."""

import re
import secrets
import shlex
from functools import cache
from typing import Any

import yaml

from tests.support.environment import ROOT

VARIABLE = re.compile(r"\$\{(\w+)(?::?([-?])([^}]*))?\}")


@cache
def compose() -> dict[str, Any]:
    """The parsed file."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def command(service: str) -> list[str]:
    """The command of a service, as arguments."""
    value = compose()["services"][service]["command"]
    return shlex.split(value) if isinstance(value, str) else list(value)


def health_command(service: str) -> list[str]:
    """What the service's health check runs."""
    return list(compose()["services"][service]["healthcheck"]["test"][1:])


def variables(service: str, given: dict[str, str]) -> dict[str, str]:
    """The environment that a service gets where the operator's .env holds ``given``; raises ``KeyError`` for a required one."""

    def fill(match: re.Match[str]) -> str:
        name, kind, default = match.groups()
        if name in given:
            return given[name]
        if kind == "-":
            return default
        raise KeyError(name)

    environment = compose()["services"][service]["environment"]
    return {name: VARIABLE.sub(fill, str(value)) for name, value in environment.items()}


def secrets_of_an_operator() -> dict[str, str]:
    """What .env must hold at least."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SESSION_SIGNING_KEYS": f"k1:{secrets.token_urlsafe(48)}",
        "SECRETS_KEYS": f"k1:{secrets.token_urlsafe(48)}",
        "POSTGRES_PASSWORD": secrets.token_urlsafe(16),
        "ALLOWED_HOSTS": "127.0.0.1",
    }
