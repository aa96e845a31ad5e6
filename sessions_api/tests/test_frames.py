import json
import uuid
from typing import Any

import pytest

from sessions_api.frames import FIELDS, BadFrame, TooBig, read_frame
from sessions_api.wire import CLIENT_FRAMES

CID = "01a20cc4-74ba-754d-8397-800317293a4b"
ID = uuid.UUID(CID)
GOOD: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"type": "hello", "token": "a.b.c"}, {"token": "a.b.c"}),
    (
        {"type": "hello", "token": "t", "tab": "1", "resume": {"epoch": "e", "seq": 3, "open": {"reply": CID, "attempt": 1, "rev": 0, "x": 1}}},
        {"token": "t", "tab": "1", "resume": {"epoch": "e", "seq": 3, "open": {"reply": CID, "attempt": 1, "rev": 0}}},
    ),
    ({"type": "hello", "token": "t", "resume": {"epoch": None, "open": None}}, {"token": "t", "resume": {"seq": 0}}),
    ({"type": "send", "cid": CID, "text": "Hi"}, {"cid": ID, "text": "Hi"}),
    (
        {"type": "send", "cid": CID, "text": "", "files": [], "hidden": True, "respond": False, "form": {}},
        {"cid": ID, "text": "", "files": [], "hidden": True, "respond": False, "form": {}},
    ),
    ({"type": "start"}, {}),
    ({"type": "stop", "reply": CID}, {"reply": ID}),
    ({"type": "retry", "reply": CID}, {"reply": ID}),
    ({"type": "regenerate", "reply": CID}, {"reply": ID}),
    ({"type": "edit", "id": CID, "cid": CID, "text": "Hi"}, {"id": ID, "cid": ID, "text": "Hi"}),
    ({"type": "set"}, {}),
    ({"type": "set", "language": "de", "timeZone": "Europe/Berlin", "page": {"url": "x"}}, {"language": "de", "timeZone": "Europe/Berlin", "page": {"url": "x"}}),
    (
        {"type": "set", "functions": [{"name": "look", "result": {"channel": "x" * 20}}]},
        {"functions": [{"name": "look", "description": "", "parameters": {"type": "object", "properties": {}}}]},
    ),
    ({"type": "set", "functions": []}, {"functions": []}),
    ({"type": "result", "call": CID, "result": {"a": [1]}}, {"call": ID, "outcome": {"result": {"a": [1]}}}),
    ({"type": "result", "call": CID, "result": None}, {"call": ID, "outcome": {"result": None}}),
    ({"type": "result", "call": CID, "result": None, "error": "No"}, {"call": ID, "outcome": {"error": "No"}}),
    ({"type": "result", "call": CID, "abort": True, "error": None}, {"call": ID, "outcome": {"abort": True}}),
    (
        {"type": "result", "call": CID, "result": "x" * 70_000},
        {"call": ID, "outcome": {"error": "result: must have at most 65536 bytes as JSON"}},
    ),
    ({"type": "resume", "seq": 4, "epoch": "e"}, {"seq": 4, "epoch": "e"}),
    ({"type": "hb", "future": 1}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "fields"), GOOD)
def test_frames_of_the_protocol(frame: dict[str, Any], fields: dict[str, Any]) -> None:
    assert read_frame(json.dumps(frame)) == (frame["type"], fields)


def test_every_type_is_read_here() -> None:
    assert {frame["type"] for frame, _ in GOOD} == set(CLIENT_FRAMES) == set(FIELDS)


def test_null_is_absent() -> None:
    assert read_frame(
        json.dumps({"type": "send", "cid": CID, "text": "Hi", "files": None, "hidden": None})
    ) == ("send", {"cid": ID, "text": "Hi"})


def bad(**changes: Any) -> str:
    """A send with changes."""
    return json.dumps({"type": "send", "cid": CID, "text": "Hi"} | changes)


@pytest.mark.parametrize(
    "text",
    [
        None, "", " ", "x", "[]", "7", '"hb"', "null", "{}", '{"type":null}', '{"type":["hb"]}', '{"type":"HB"}', '{"type":"welcome"}',
        '{"type":"hb"', '{"type":"hb"}{}', "[" * 100_000, '{"type":"hb","a":NaN}', '{"type":"hb","a":' + "9" * 5000 + "}",
        bad(cid=None), bad(cid="x"), bad(cid=5), bad(text=None), bad(text=["Hi"]), bad(files={}), bad(hidden="yes"), bad(respond=0), bad(form=[]),
        '{"type":"hello"}', '{"type":"hello","token":5}', '{"type":"hello","token":"t","tab":"' + "x" * 65 + '"}',
        '{"type":"hello","token":"t","resume":[]}', '{"type":"hello","token":"t","resume":{"seq":"1"}}',
        '{"type":"hello","token":"t","resume":{"epoch":1}}', '{"type":"hello","token":"t","resume":{"open":{"reply":"x"}}}',
        '{"type":"resume","seq":true}', '{"type":"resume","seq":1.5}', '{"type":"resume","seq":9007199254740992}', '{"type":"resume","open":{}}',
        '{"type":"stop","reply":null}', '{"type":"retry","reply":"1"}', '{"type":"regenerate"}', '{"type":"edit","id":1,"cid":2,"text":"Hi"}',
        '{"type":"set","language":"' + "x" * 65 + '"}', '{"type":"set","language":"\\u0000"}', '{"type":"set","timeZone":"\\udc00"}',
        '{"type":"set","page":[]}', '{"type":"set","page":{"a":"\\u0000"}}', '{"type":"set","page":{"\\ud800":1}}', '{"type":"set","page":{"a":[1e999]}}',
        '{"type":"set","page":{"a":"' + "x" * 8200 + '"}}',
        '{"type":"set","functions":{}}', '{"type":"set","functions":[5]}', '{"type":"set","functions":[{"name":"a b"}]}',
        '{"type":"set","functions":[{"name":"a"},{"name":"a"}]}', '{"type":"set","functions":[{"name":"a","description":5}]}',
        '{"type":"set","functions":[{"name":"a","parameters":{"type":"array"}}]}', '{"type":"set","functions":[{"name":"a","parameters":[]}]}',
        '{"type":"set","functions":[{"name":"a","description":"' + "x" * 4097 + '"}]}',
        json.dumps({"type": "set", "functions": [{"name": f"a{number}"} for number in range(65)]}),
        json.dumps({"type": "set", "functions": [{"name": f"a{number}", "description": "x" * 4000} for number in range(20)]}),
        '{"type":"set","functions":[{"name":"a","parameters":{"type":"object","x":' + "[" * 40 + "]" * 40 + "}}]}",
        '{"type":"result"}', '{"type":"result","call":"1","result":1}', f'{{"type":"result","call":"{CID}"}}',
        f'{{"type":"result","call":"{CID}","result":1,"error":"a"}}', f'{{"type":"result","call":"{CID}","error":5}}',
        f'{{"type":"result","call":"{CID}","abort":false}}', f'{{"type":"result","call":"{CID}","error":"' + "x" * 2001 + '"}',
    ],
)  # fmt: skip
def test_anything_else(text: str | None) -> None:
    with pytest.raises(BadFrame) as refused:
        read_frame(text)
    assert not isinstance(refused.value, TooBig)


def test_size_is_counted_in_bytes(settings: Any) -> None:
    settings.FRAME_BYTES = 40
    assert read_frame('{"type":"hb","x":"' + "x" * 20 + '"}')
    for text in (
        "x" * 41,
        '{"type":"hb","x":"' + "ä" * 11 + '"}',
        '{"type":"hb","x":"' + "\ud800" * 11 + '"}',
    ):
        with pytest.raises(TooBig):
            read_frame(text)


def test_texts_of_messages_are_left_as_they_are() -> None:
    assert read_frame(bad(text="a\x00\ud800"))[1]["text"] == "a\x00\ud800", (
        "the domain cleans them, and its limits count"
    )
