"""What conversation/create refuses."""

from typing import Any

import pytest

from bots.models import Bot
from sessions_api.models import Conversation
from tests.support.actors import Operator
from tests.support.world import make_world


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"botId": "nonsense"}, "botId"),
        ({"botId": 5}, "botId"),
        ({"botId": "{otto_bot}"}, "botId"),
        ({"contactId": "{otto_contact}"}, "contactId"),
        ({"datasetId": "{otto_dataset}"}, "datasetId"),
        ({"skillsetId": "{otto_skillset}"}, "skillsetId"),
        ({"botId": "{bot}", "model": "scripted:echo"}, "botId: give either a bot or model"),
        ({"botId": "{bot}", "moderation": False}, "botId"),
        ({"model": "nowhere:at all/"}, "model"),
        ({"privacy": "yes"}, "privacy"),
        ({"taskId": "x" * 129}, "taskId"),
        ({"name": "x" * 192}, "name"),
        ({"meta": {"_own": 1}}, "meta"),
        ({"alias": "No"}, "alias"),
        ({"messages": "Hi"}, "messages"),
        ({"messages": ["Hi"]}, "messages[0]"),
        ({"messages": [{"type": "user", "text": "a"}, {"type": "ghost", "text": "a"}]}, "messages[1].type: must be one of user, bot"),
        ({"messages": [{"type": "user"}]}, "messages[0].text"),
        ({"messages": [{"type": "user", "text": 5}]}, "messages[0].text"),
        ({"messages": [{"type": "user", "text": "a\x00"}]}, "messages[0].text"),
        ({"messages": [{"type": "user", "text": "ä" * 16_385}]}, "messages[0].text"),
        ({"messages": [{"type": "user", "text": "a"}] * 1001}, "messages"),
    ],
)
def test_a_wrong_field_is_named(olive: Operator, otto: Operator, body: dict[str, Any], part: str) -> None:
    foreign = make_world(otto.user)
    names = {f"{{otto_{name}}}": foreign[f"{name}_id"] for name in ("bot", "contact", "dataset", "skillset")}
    names["{bot}"] = str(Bot.objects.create(owner=olive.user, name="Guide").pk)
    sent = {key: names.get(value, value) if isinstance(value, str) else value for key, value in body.items()}
    answer = olive.post("conversation/create", sent)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")
    assert part in answer.json()["message"]
    assert not Conversation.objects.filter(owner=olive.user).exists()
