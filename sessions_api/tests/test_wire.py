import json
from typing import Any

import pytest
from django.utils import timezone

from rendering import Change, Splice
from sessions_api.models import Message
from sessions_api.wire import Followed, delta_frame, dumps, row, text_hash, visible

COMMON = {"id", "seq", "position", "type", "status", "createdAt", "text"}
ALLOWED = COMMON | {"attempt", "html", "hash", "sources", "code", "vote", "cid", "rev", "length"}


def message(**fields: Any) -> Message:
    """A row in memory with everything set that no visitor may see."""
    secrets: dict[str, Any] = {
        "cause": "secret",
        "meta": {"secret": 1},
        "usage": {"secret": 1},
        "body": "secret",
        "lease_until": timezone.now(),
    }
    base: dict[str, Any] = {
        "type": "bot",
        "position": 2,
        "seq": 3,
        "created_at": timezone.now(),
        "text": "a",
        "blocks": ["<p>", "a</p>"],
    }
    return Message(**{**secrets, **base, **fields})


@pytest.mark.parametrize("kind", Message.VISIBLE_TYPES)
@pytest.mark.parametrize("status", Message.Status.values)
def test_a_row_has_only_what_visitors_may_see(kind: str, status: str) -> None:
    shape = row(
        message(
            type=kind,
            status=status,
            code="x",
            vote=1,
            sources=[{"title": "A", "url": "b"}],
            cid="01a20cc4-74ba-754d-8397-800317293a4b",
        )
    )
    assert COMMON <= set(shape) <= ALLOWED
    assert "secret" not in json.dumps(shape)
    assert ("html" in shape) == (kind == "bot" and status in ("done", "stopped", "failed"))


def test_a_closed_reply_has_html_text_and_hash() -> None:
    shape = row(message())
    assert (shape["html"], shape["text"], shape["hash"]) == ("<p>a</p>", "a", text_hash("a"))
    assert shape["hash"] == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


@pytest.mark.parametrize("status", ["open", "queued"])
def test_an_unfinished_reply_says_nothing_of_its_text(status: str) -> None:
    shape = row(message(status=status))
    assert shape["text"] == ""
    assert not {"html", "hash"} & set(shape)


def test_the_row_that_closes_a_stream_is_small() -> None:
    closing = message()
    closing.followed = Followed(rev=7, length=8)
    shape = row(closing)
    assert (shape["rev"], shape["length"]) == (7, 8)
    assert not {"html", "text"} & set(shape)


def test_a_deleted_row_is_a_tombstone() -> None:
    assert set(row(message(deleted=True))) == {"id", "seq", "position", "deleted"}


@pytest.mark.parametrize("kind", Message.Type.values)
def test_who_may_be_seen(kind: str) -> None:
    assert visible(message(type=kind)) == (kind in ("user", "bot"))
    assert not visible(message(type=kind, hidden=True))


def test_deltas() -> None:
    long = delta_frame(Change(rev=1, start=0, sealed=1, blocks=("<p>a</p>", "<p>b</p>")), 2, 1)
    assert long == {
        "type": "delta",
        "to": "2.1",
        "rev": 1,
        "from": 0,
        "sealed": 1,
        "blocks": ["<p>a</p>", "<p>b</p>"],
    }
    grown = Change(rev=2, start=1, sealed=1, blocks=(), splice=Splice(5, 0, "c"), before="<p>😀b</p>")
    assert delta_frame(grown, 2, 1) == {"type": "delta", "to": "2.1", "rev": 2, "at": 6, "ins": "c"}, (
        "counted as browsers do"
    )
    replaced = Change(rev=3, start=1, sealed=1, blocks=(), splice=Splice(3, 1, "d"), before="<p>😀bc</p>")
    assert delta_frame(replaced, 2, 3) == {
        "type": "delta",
        "to": "2.3",
        "rev": 3,
        "at": 3,
        "del": 2,
        "ins": "d",
    }


def test_frames_are_compact_and_readable() -> None:
    assert dumps({"type": "hb", "text": "ä"}) == '{"type":"hb","text":"ä"}'
