"""The examples of docs/api.md do what they say: Python is run, curl is read and sent, both by operators of their own."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from tests.support.processes import Server

HOST = "https://chat.example.com"
EXAMPLE = re.compile(r"(?ms)^## (Example: .+?)\n(.*?)(?=^## |\Z)")
GUIDE = b"# Guide\n\nTurn it on."


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """(heading, code) of each example."""
    text = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text()
    for heading, section in EXAMPLE.findall(text):
        for code in re.findall(rf"(?ms)^```{language}\n(.*?)^```", section):
            yield heading, code


def operator(server: Server, name: str) -> str:
    """A token of a new operator."""
    server.environment["DJANGO_SUPERUSER_PASSWORD"] = "examples-only"
    server.manage("createsuperuser", "--noinput", "--username", name, "--email", "")
    return server.api_token(name)


def test_there_are_three_forms_of_each() -> None:
    forms = [[heading for heading, _ in blocks(language)] for language in ("sh", "js", "python")]
    assert len(forms[0]) >= 6
    assert forms[0] == forms[1] == forms[2]


def test_python(server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TOKEN", operator(server, "python-examples"))
    known: dict[str, object] = {}
    for _, code in blocks("python"):
        exec(code.replace(HOST, server.url), known)
    assert capsys.readouterr().out.count("9 to 17") == 2, "asked once, and streamed"
    known["api"].close()  # type: ignore[attr-defined]


def test_curl(server: Server) -> None:
    token = operator(server, "curl-examples")
    commands = [line for _, code in blocks("sh") for line in code.replace("\\\n", " ").splitlines()]
    answers = [send(shlex.split(command.replace(HOST, server.url).replace("$TOKEN", token))) for command in commands]
    assert [answer.status_code for answer in answers] == [200] * len(answers), [answer.text for answer in answers]
    assert "9 to 17" in " ".join(answer.text for answer in answers)


def send(words: list[str]) -> httpx.Response:
    """What curl would send."""
    assert words.pop(0) == "curl"
    method, url, headers = "GET", "", {}
    body: dict[str, object] = {}
    while words:
        match words.pop(0):
            case "-X":
                method = words.pop(0)
            case "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            case "-d":
                body = {"json": json.loads(words.pop(0))}
            case "-F":
                body = {"files": {"file": (words.pop(0).partition("@")[2], GUIDE)}}
            case word:
                assert not url and word.startswith("http"), word
                url = word
    return httpx.request(method, url, headers=headers, timeout=30, **body)  # type: ignore[arg-type]
