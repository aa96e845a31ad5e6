"""Secrets of the vault in requests of abilities: sent where they may go, shown nowhere."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bots import skills
from bots.models import Ability
from bots.vault import create_secret
from tests.support.actors import Operator

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "k/9-secret-77"


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was sent, slashes escaped as PHP does; /away redirects to another port."""

    def do_GET(self) -> None:
        """Headers and address."""
        if self.path.startswith("/away"):
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{self.server.server_port}/landed")  # type: ignore[attr-defined]
            self.end_headers()
            return
        given = {"key": self.headers.get("X-Key", ""), "path": self.path, "items": [{"price": 5}, {"price": 7}]}
        content = json.dumps(given).replace("/", "\\/").encode()
        self.send_response(403 if self.path.startswith("/refused") else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def host(settings: Any) -> Iterator[str]:
    """Where it answers, as host and port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    port = server.server_address[1]
    settings.FETCH_ALLOWED_HOSTS = [f"127.0.0.1:{port}", f"localhost:{port}"]
    yield f"127.0.0.1:{port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def ability(olive: Operator) -> Ability:
    create_secret(olive.user, alias="shop", new_value=KEY, hosts="127.0.0.1")
    return skills.create_ability(skills.create_skillset(olive.user))


def outcome(olive: Operator, ability: Ability, lines: str, text: str = "", **fields: Any) -> dict[str, Any]:
    skills.update_ability(ability, instruction=f"```fetch\n{lines}\n```", **fields)
    response = olive.post(f"skillset/{ability.skillset_id}/ability/{ability.pk}/execute", {"input": text})
    assert response.status_code == 200 and KEY not in response.content.decode()
    found: dict[str, Any] = response.json()
    return found


def test_a_secret_is_sent_and_not_shown(olive: Operator, ability: Ability, host: str) -> None:
    found = outcome(olive, ability, f"http://{host}/?k={{{{secrets.shop}}}}\nX-Key: {{{{secrets.shop}}}}")
    assert found["result"]["key"] == "•••" and "•••" in found["result"]["path"]
    refused = outcome(olive, ability, f"http://{host}/refused\nX-Key: {{{{secrets.shop}}}}")
    assert refused["error"].startswith("The address answered 403") and "•••" in refused["error"]
    own = outcome(olive, ability, f"http://{host}/\nX-Key: {{{{secret}}}}", secret_id="shop")
    assert own["result"]["key"] == "•••"


def test_a_secret_does_not_follow_to_another_host(olive: Operator, ability: Ability, host: str) -> None:
    found = outcome(olive, ability, f"http://{host}/away\nX-Key: {{{{secrets.shop}}}}")
    assert (found["result"]["key"], found["result"]["path"]) == ("", "/landed")


def test_arguments_never_become_secrets(olive: Operator, ability: Ability, host: str) -> None:
    found = outcome(olive, ability, f"http://{host}/\nX-Key: {{{{name}}}}", '{"name": "{{secrets.shop}}"}')
    assert found["result"]["key"] == "{{secrets.shop}}"
    forged = outcome(olive, ability, f"http://{host}/\nX-Key: {{{{secrets.shop}}}}", '{"secrets.shop": "forged"}')
    assert forged["result"]["key"] == "•••"


def test_picking(olive: Operator, ability: Ability, host: str) -> None:
    def pick(path: str) -> Any:
        found = outcome(olive, ability, f"http://{host}/", pick=path)
        return found.get("result", found.get("error"))

    assert pick("$.items[0].price") == 5
    assert pick("$.items[*].price") == [5, 7]
    assert pick("$.items[?@.price > 5].price") == 7
    assert pick("$.nothing") == "The answer has nothing at $.nothing"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("https://example.com/\nX-Key: {{secrets.shop}}", "The secret “shop” may not be sent to example.com"),
        ("http://example.com/\nX-Key: {{secrets.shop}}", "A secret may only be sent by https"),
        ("https://example.com/\nX-Key: {{secrets.none}}", "There is no secret “none”"),
        ("https://example.com/\nX-Key: {{secrets.theirs}}", "There is no secret “theirs”"),
        ("https://example.com/\nX-Key: {{secret}}", "names no secret"),
        ("{{url}}\nX-Key: {{secrets.shop}}", "must have its host written out"),
        ("https://{{secrets.shop}}/", "host of the address must not hold an argument"),
        ("http://127.0.0.1/\nX-Key: a", "is not on the public internet"),
    ],
)
def test_refusals(olive: Operator, otto: Operator, ability: Ability, lines: str, says: str) -> None:
    create_secret(otto.user, alias="theirs", new_value=KEY, hosts="127.0.0.1")
    assert says in outcome(olive, ability, lines, "https://example.com/")["error"]


def test_arguments_that_do_not_fit(olive: Operator, ability: Ability) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"]}
    skills.update_ability(ability, instruction="Take {{n}}", parameters=schema)
    run = f"skillset/{ability.skillset_id}/ability/{ability.pk}/execute"
    assert olive.post(run, {"input": "n: 2"}).json()["result"] == "Take 2"
    for text, says in (('{"n": 0}', "The arguments do not fit: n: 0 is less than"), ('{"n": "x"}', "do not fit: n: 'x'"), ("", "'n' is a required")):
        assert says in olive.post(run, {"input": text}).json()["error"]
