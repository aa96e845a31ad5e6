"""POST /api/v1/skillset/{id}/ability/{id}/execute: every kind of ability, as JSON and as lines, and what is refused."""

import io
import json

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from accounts.ids import new_id
from bots import services, skills
from bots.api import execute as execute_module
from files.models import File
from files.services import create_file, store_content

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def skillset(transactional_db, olive):
    return skills.create_skillset(olive.user, alias="shop")


@pytest.fixture
def ability(skillset):
    return skills.create_ability(skillset, name="Greet", instruction="Hello {{name}}")


def execute(operator, ability, **body):
    return operator.post(f"skillset/{ability.skillset_id}/ability/{ability.pk}/execute", body)


def result(operator, ability, **body):
    response = execute(operator, ability, **body)
    assert response.status_code == 200, response.content
    return response.json()


def test_text(olive, ability):
    assert result(olive, ability, input="Vera") == {"usage": {"token": 0}, "result": "Hello Vera"}
    assert result(olive, ability, input='{"name": "Otto"}')["result"] == "Hello Otto"
    assert result(olive, ability, input=None, contactId=None, more=1) == {"usage": {"token": 0}, "error": "The argument “name” is missing"}
    assert olive.post(f"skillset/shop/ability/{ability.pk}/execute", {"input": "Vera"}).json()["result"] == "Hello Vera"


def test_search(olive, otto, skillset):
    dataset = services.create_dataset(olive.user, alias="docs")
    services.create_record(dataset, title="Opening hours", text="The shop opens at nine.", url="https://example.com/h")
    services.create_dataset(otto.user, alias="theirs")
    ability = skills.create_ability(skillset, instruction="```search\ndocs\n{{query}}\n```")
    found = result(olive, ability, input="opening hours of the shop")["result"]
    assert found[0] == {"title": "Opening hours", "text": "The shop opens at nine.", "source": "https://example.com/h", "score": found[0]["score"]}
    skills.update_ability(ability, instruction="```search\ntheirs\n```")
    assert result(olive, ability, input="x")["error"] == "There is no such dataset: theirs"


def test_file(olive, skillset):
    file = create_file(olive.user)
    ability = skills.create_ability(skillset, file=file, instruction="Today: {{file}}")
    assert result(olive, ability)["error"] == "The file cannot be read: There is no content yet"
    store_content(file, io.BytesIO(b"The menu: soup."), "menu.txt", "text/plain")
    assert result(olive, ability)["result"] == "Today: The menu: soup."
    File.objects.update(text_state=File.TextState.FAILED, text_error="It is encrypted")
    assert result(olive, ability)["error"] == "The file cannot be read: It is encrypted"


def test_bot(olive, skillset):
    bot = services.create_bot(olive.user, model="scripted:echo")
    ability = skills.create_ability(skillset, bot=bot, instruction="Be short.")
    answer = result(olive, ability, input="one two")
    assert answer.pop("usage")["token"] > 0
    messages = [{"type": "user", "text": "one two"}, {"type": "bot", "text": "one two"}]
    assert answer == {"result": "one two", "messages": messages}
    services.update_bot(bot, model="scripted:echo/fail_at=0")
    assert result(olive, ability, input="one") == {"usage": {"token": 0}, "error": "The bot did not answer (unavailable)"}
    services.update_bot(bot, model="knowledge")
    assert result(olive, ability, input="hello")["result"]


def test_a_request_to_an_address_that_is_not_public(olive, skillset):
    ability = skills.create_ability(skillset, instruction="```fetch\nhttp://127.0.0.1:1/{{x}}\n```")
    answer = result(olive, ability, input="a")
    assert set(answer) == {"usage", "error"}


def test_lines(olive, skillset):
    bot = services.create_bot(olive.user, model="scripted:echo")
    ability = skills.create_ability(skillset, bot=bot)
    lines = streamed(olive, ability, input="hello")
    assert [line["type"] for line in lines] == ["message", "message", "result"]
    assert all(isinstance(line["createdAt"], int) for line in lines)
    assert lines[1]["data"] == {"type": "bot", "text": "hello"}
    assert lines[-1]["data"]["result"] == "hello"
    failed = streamed(olive, ability)
    assert [line["type"] for line in failed] == ["error", "result"]
    assert failed[0]["data"]["message"] == failed[1]["data"]["error"] == "The argument “input” is missing"


def test_a_ping_while_there_is_nothing_to_say(olive, skillset, monkeypatch):
    monkeypatch.setattr(execute_module, "PING_SECONDS", 0.01)
    bot = services.create_bot(olive.user, model="scripted:echo/delay=0.1")
    ability = skills.create_ability(skillset, bot=bot)
    kinds = [line["type"] for line in streamed(olive, ability, input="a b")]
    assert kinds[0] == "ping"
    assert kinds[-1] == "result"


def streamed(operator, ability, **body):
    async def read():
        response = await AsyncClient().post(
            f"/api/v1/skillset/{ability.skillset_id}/ability/{ability.pk}/execute", body,
            content_type="application/json", headers={"accept": "application/jsonl", "authorization": f"Bearer {operator.token}"},
        )  # fmt: skip
        assert response.status_code == 200
        assert response["Content-Type"] == "application/jsonl"
        return b"".join([chunk async for chunk in response.streaming_content])

    return [json.loads(line) for line in async_to_sync(read)().decode().splitlines()]


def test_contact(olive, otto, skillset):
    ability = skills.create_ability(skillset, instruction="For {{contactId}}")
    mine, theirs = (operator.post("contact/create", {"alias": "vera"}).json()["id"] for operator in (olive, otto))
    for name in (mine, "vera"):
        assert result(olive, ability, contactId=name, input='{"contactId": "forged"}')["result"] == f"For {mine}"
    assert result(olive, ability)["error"] == "The argument “contactId” is missing"
    response = execute(olive, ability, contactId=theirs)
    assert (response.status_code, response.json()["message"]) == (400, "contactId: no such contact")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"input": 5}, "input: must be a text"),
        ({"input": {"a": 1}}, "input: must be a text"),
        ({"input": "a\0"}, "input: must not contain a NUL character"),
        ({"input": "\ud800"}, "input: must not contain half of a surrogate pair"),
        ({"input": "ü" * 32_769}, "input: must have at most 65536 bytes"),
        ({"contactId": 5}, "contactId: must be a text"),
        ({"contactId": "a\0"}, "contactId: must not contain a NUL character"),
        ({"contactId": str(new_id())}, "contactId: no such contact"),
    ],
)
def test_refused_fields(olive, ability, body, says):
    response = execute(olive, ability, **body)
    assert (response.status_code, response.json()) == (400, {"message": says, "code": "BAD_REQUEST"})


def test_refused_callers_and_bodies(olive, otto, ability, client):
    path = f"/api/v1/skillset/{ability.skillset_id}/ability/{ability.pk}/execute"
    assert client.post(path, {}, content_type="application/json").status_code == 401
    assert client.post(path, {}, content_type="application/json", headers={"authorization": "Bearer sk-no"}).status_code == 401
    assert olive.client.get(path).status_code == 405
    assert olive.client.post(path, b"a=b", content_type="application/x-www-form-urlencoded").status_code == 415
    assert olive.client.post(path, b"[1]", content_type="application/json").status_code == 400
    foreign, missing = execute(otto, ability), otto.post(f"skillset/{new_id()}/ability/{new_id()}/execute")
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    other = skills.create_skillset(otto.user)
    assert otto.post(f"skillset/{other.pk}/ability/{ability.pk}/execute").json()["message"] == "There is no such ability"
