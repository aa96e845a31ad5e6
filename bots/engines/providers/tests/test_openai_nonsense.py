"""Whatever a service sends, what comes of it is events or an EngineError."""

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bots.engines.base import EngineError, ProviderAccess, Reasoning, Text
from bots.engines.providers.errors import error_event, refused
from bots.engines.providers.openai_events import Completion
from bots.engines.providers.sse import EventStream

ACCESS = ProviderAccess("shop", "openai", "http://x", "sk-standin-secret")
FIELDS = [
    "choices", "delta", "message", "content", "tool_calls", "function", "name", "arguments", "index", "id", "finish_reason", "usage", "error",
    "prompt_tokens", "completion_tokens", "reasoning", "reasoning_content", "type", "text", "thinking", "code", "detail",
]  # fmt: skip
NAMES = st.sampled_from(FIELDS)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["text", "thinking", "stop", "length", "tool_calls"])
ANY = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=20)
CHUNKS = ANY | st.fixed_dictionaries(
    {"choices": st.lists(ANY | st.fixed_dictionaries({"delta": st.dictionaries(NAMES, ANY)}, optional={"finish_reason": ANY, "message": ANY}))}
)

FEW = settings(max_examples=25, deadline=None, derandomize=True)


@FEW
@given(st.lists(CHUNKS, max_size=6), st.booleans())
@example([{"choices": [{"delta": {"content": "a", "reasoning": ["b"]}}]}], False)
def test_chunks(chunks: list[Any], whole: bool) -> None:
    completion = Completion(ACCESS, [])
    try:
        events = []
        for chunk in chunks:
            data = json.dumps(chunk).encode()
            events += completion.take_whole(data) if whole else completion.take(data)
        events += completion.end()
    except EngineError:
        return
    texts = [event.text for event in events if isinstance(event, Text | Reasoning)]
    assert all(texts) and "\0" not in "".join(texts)
    "".join(texts).encode()  # no half of a surrogate pair
    for event in events:
        hash(event)  # plain values, nothing that the service made up


@FEW
@given(ANY, st.integers(300, 599))
def test_errors(body: Any, status: int) -> None:
    assert refused(status, {}, json.dumps(body).encode(), ACCESS).code
    assert error_event(body, ACCESS).code


@FEW
@given(st.lists(st.sampled_from([b"data: a", b"data:b", b": c", b"event: d", b"", b"data"])), st.sampled_from([b"\n", b"\r\n", b"\r"]), st.data())
def test_where_a_stream_is_cut_makes_no_difference(lines: list[bytes], end: bytes, data: st.DataObject) -> None:
    stream = end.join(lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    parts = [stream[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(stream)], strict=True)]

    def read(*chunks: bytes) -> list[bytes]:
        events = EventStream(1_000)
        return [event for chunk in chunks for event in events.feed(chunk)] + events.close()

    assert read(*parts) == read(stream) == read(*[stream[at : at + 1] for at in range(len(stream))])
