"""Server-sent events, however they are cut and ended."""

import pytest

from bots.engines.providers.sse import EventStream, TooLong

STREAM = b'\xef\xbb\xbf: hello\ndata: {"a": 1}\n\nevent: x\nid: 7\ndata:two\ndata: lines\n\nretry: 5\n\ndata\n\ndata: caf\xc3\xa9\n\n'
EVENTS = [b'{"a": 1}', b"two\nlines", b"caf\xc3\xa9"]


def fed(*chunks: bytes, max_bytes: int = 1_000) -> list[bytes]:
    stream = EventStream(max_bytes)
    return [event for chunk in chunks for event in stream.feed(chunk)] + stream.close()


def test_one_event_in_one_chunk() -> None:
    stream = EventStream(100)
    assert stream.feed(b"data: first\n\n") == [b"first"]
    assert stream.feed(b"data: second\n\n") == [b"second"]
    assert stream.close() == []


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_end_of_line(end: bytes) -> None:
    assert fed(STREAM.replace(b"\n", end)) == EVENTS


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_cut_anywhere(size: int, end: bytes) -> None:
    stream = STREAM.replace(b"\n", end)
    assert fed(*[stream[start : start + size] for start in range(0, len(stream), size)]) == EVENTS


def test_events_come_as_soon_as_they_are_whole() -> None:
    stream = EventStream(100)
    assert stream.feed(b"data: a\n\nda") == [b"a"]
    assert stream.feed(b"ta: b\n") == []
    assert stream.feed(b"\n") == [b"b"]


def test_the_last_event_without_its_blank_line() -> None:
    assert fed(b"data: a\n\ndata: b") == [b"a", b"b"]


def test_other_fields_and_comments_are_no_events() -> None:
    assert fed(b": keep-alive\n\nevent: ping\n\nid: 1\ndatabase: no\n\n") == []


def test_line_separators_of_unicode_are_text() -> None:
    assert fed("data: a\u2028b\x0bc\x85d\n\n".encode()) == ["a\u2028b\x0bc\x85d".encode()]


def test_a_line_has_a_bound() -> None:
    stream = EventStream(100)
    stream.feed(b"data: " + b"x" * 60)
    with pytest.raises(TooLong):
        stream.feed(b"x" * 60)


def test_a_line_in_one_chunk_has_the_same_bound() -> None:
    with pytest.raises(TooLong):
        fed(b"data: a\n\n", b"data: " + b"x" * 200 + b"\n\n", max_bytes=100)


def test_an_event_of_many_lines_has_the_same_bound() -> None:
    with pytest.raises(TooLong):
        fed(b"data: xxxxxxxxxx\n" * 20, max_bytes=100)


def test_events_have_no_bound_together() -> None:
    assert len(fed(*[b"data: xxxxxxxxxx\n\n"] * 50, max_bytes=100)) == 50
