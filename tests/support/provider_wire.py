"""OpenAI's chat completions as they look on the wire: what a request must be, chunks of a stream, whole answers, errors."""

import itertools
import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

Body = dict[str, Any]
TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
PIECE = re.compile(r"\s*\S+\s*")
ARGUMENT_PIECE = 5  # characters of a tool call's arguments in each delta
DONE = b"data: [DONE]\n\n"
KNOWN = {
    "model", "messages", "stream", "stream_options", "tools", "tool_choice", "parallel_tool_calls", "response_format", "stop", "max_tokens",
    "max_completion_tokens", "temperature", "top_p", "frequency_penalty", "presence_penalty", "seed", "n", "reasoning_effort", "verbosity",
    "user", "logit_bias", "metadata", "service_tier", "store", "top_k", "min_p", "repetition_penalty", "logprobs", "top_logprobs",
    "prompt_cache_key", "safety_identifier",
}  # fmt: skip
NOT_CALLED = "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
NOT_ANSWERED = "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'."
_numbers = itertools.count(1)


@dataclass
class Answer:
    """One scripted answer.

    ``pieces`` are the deltas of the text, in place of the words of ``text``; ``tools`` what the model calls: (name, arguments as JSON).
    ``deltas`` are sent as they are, before the text.
    ``reasoning`` comes before the text, in the field ``reasoning_field``. ``usage`` is (in, out), None for a service that counts nothing.
    ``delay`` are seconds between pieces, ``first`` those before the first; with ``hold`` the answer waits after so many pieces until
    ``server.release()``. ``status`` other than 200 makes an error of ``message`` and ``code``, with ``retry_after`` as that header.
    ``fault`` is one of ``provider_http.FAULTS``; ``cuts`` sends everything in writes of so many bytes.
    """

    text: str = ""
    pieces: Sequence[str] = ()
    tools: Sequence[tuple[str, str]] = ()
    deltas: Sequence[Body] = ()
    reasoning: str = ""
    reasoning_field: str = "reasoning_content"
    usage: tuple[int, int] | None = (11, 7)
    finish: str = ""
    delay: float = 0.0
    first: float = 0.0
    hold: int | None = None
    status: int = 200
    message: str = ""
    code: str | None = None
    retry_after: str | int | None = None
    fault: str = ""
    cuts: int = 0
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A request that OpenAI would refuse: status and error object."""

    def __init__(self, status: int, message: str, *, code: str | None = None, param: str | None = None, kind: str = "invalid_request_error"):
        super().__init__(message)
        self.status = status
        self.body = error(message, code=code, param=param, kind=kind)


def error(message: str, *, code: str | None = None, param: str | None = None, kind: str = "invalid_request_error") -> Body:
    """An error's body."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def check_key(header: str, key: str) -> None:
    """Raise Refused as OpenAI does for a missing or wrong key, which it shows; an empty key lets everybody in."""
    if not key:
        return
    if not header.startswith("Bearer "):
        raise Refused(401, "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.")
    if header != f"Bearer {key}":
        wrong = header.removeprefix("Bearer ")
        raise Refused(401, f"Incorrect API key provided: {wrong}. You can find your API key at https://platform.openai.com.", code="invalid_api_key")


def check_chat(body: Body, models: Sequence[str]) -> None:
    """Raise Refused for a chat request that is none."""
    unknown = set(body) - KNOWN
    if unknown:
        raise Refused(400, f"Unrecognized request argument supplied: {', '.join(sorted(unknown))}")
    if body.get("model") not in models:
        message = f"The model `{body.get('model')}` does not exist or you do not have access to it."
        raise Refused(404, message, code="model_not_found")
    if not isinstance(body.get("messages"), list) or not body["messages"]:
        raise Refused(400, "Invalid 'messages': empty array. Expected an array with minimum length 1.", param="messages", code="empty_array")
    if "stream_options" in body and not body.get("stream"):
        raise Refused(400, "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options")
    _check_messages(body["messages"])
    for number, tool in enumerate(body.get("tools", ())):
        if tool["type"] != "function" or not TOOL_NAME.fullmatch(tool["function"]["name"]):
            raise Refused(400, f"Invalid 'tools[{number}].function.name': string does not match pattern.", code="invalid_value")
        if tool["function"]["parameters"].get("type") != "object":
            raise Refused(400, f"Invalid schema for function '{tool['function']['name']}'", code="invalid_function_parameters")
    if "tools" in body and not body["tools"]:
        raise Refused(400, "Invalid 'tools': empty array. Expected an array with minimum length 1.", param="tools", code="empty_array")
    wanted = body.get("response_format", {"type": "text"})
    if wanted["type"] == "json_schema" and not ({"name", "schema"} <= set(wanted["json_schema"])):
        raise Refused(400, "Missing required parameter: 'response_format.json_schema'.", param="response_format")
    if len(body["stop"] if isinstance(body.get("stop"), list) else []) > 4:
        raise Refused(400, "Invalid 'stop': array too long.", param="stop", code="array_above_max_length")


def _check_messages(messages: list[Body]) -> None:
    waiting: set[str] = set()
    for number, message in enumerate(messages):
        where = f"messages.[{number}].role"
        if message["role"] not in {"system", "developer", "user", "assistant", "tool"}:
            raise Refused(400, f"Invalid value: '{message['role']}'.", param=where)
        if message["role"] == "tool":
            if message.get("tool_call_id") not in waiting:
                raise Refused(400, f"Invalid parameter: {NOT_CALLED}", param=where)
            waiting.discard(message["tool_call_id"])
        elif waiting:
            raise Refused(400, NOT_ANSWERED, param=where)
        for call in message.get("tool_calls", ()):
            if call["type"] != "function" or not isinstance(call["function"]["arguments"], str):
                raise Refused(400, "Invalid type for 'tool_calls'", param=where)
            waiting.add(call["id"])
        if message.get("content") is None and not message.get("tool_calls"):
            raise Refused(400, f"Invalid value for 'content': expected a string, got null. ({where})", param=where)
    if waiting:
        raise Refused(400, NOT_ANSWERED, param="messages")


def words(text: str) -> list[str]:
    """A text in pieces of a word each, with the spaces around it."""
    return PIECE.findall(text) or ([text] if text else [])


def said(body: Body) -> str:
    """The text of the last message of the user."""
    for message in reversed(body["messages"]):
        if message["role"] == "user":
            content = message["content"]
            return content if isinstance(content, str) else " ".join(part.get("text", "") for part in content).strip()
    return ""


class Stream:
    """The chunks of one streamed answer, all with the same beginning."""

    def __init__(self, answer: Answer, body: Body) -> None:
        self._answer = answer
        self._usage = bool(body.get("stream_options", {}).get("include_usage")) and answer.usage is not None
        head = {
            "id": f"chatcmpl-{next(_numbers):024}", "object": "chat.completion.chunk", "created": int(time.time()), "model": body["model"],
            "service_tier": "default", "system_fingerprint": None,
        }  # fmt: skip
        self._head = b"data: " + json.dumps(head, separators=(",", ":")).encode()[:-1]
        self._tail = b',"usage":null}\n\n' if self._usage else b"}\n\n"

    def delta(self, delta: Body, finish: str | None = None) -> bytes:
        """An event with one choice."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return self._head + b',"choices":[' + _json(choice) + b"]" + self._tail

    def begin(self) -> bytes:
        """The event that names the role."""
        return self.delta({"role": "assistant", "content": None if self._answer.tools else "", "refusal": None})

    def pieces(self) -> Iterator[bytes]:
        """Events with reasoning, text and calls of tools."""
        for piece in words(self._answer.reasoning):
            yield self.delta({self._answer.reasoning_field: piece})
        for delta in self._answer.deltas:
            yield self.delta(delta)
        for piece in self._answer.pieces or words(self._answer.text):
            yield self._head + _content(piece) + self._tail
        for index, (name, arguments) in enumerate(self._answer.tools):
            call = {"index": index, "id": f"call_{next(_numbers):020}", "type": "function", "function": {"name": name, "arguments": ""}}
            yield self.delta({"tool_calls": [call]})
            for start in range(0, len(arguments), ARGUMENT_PIECE):
                piece = {"index": index, "function": {"arguments": arguments[start : start + ARGUMENT_PIECE]}}
                yield self.delta({"tool_calls": [piece]})

    def finish(self) -> bytes:
        """The event that says why it ends."""
        return self.delta({}, reason(self._answer))

    def usage(self) -> bytes:
        """The event with the tokens, where they were asked for."""
        if not self._usage:
            return b""
        counted = json.dumps(usage(self._answer), separators=(",", ":")).encode()
        return self._head + b',"choices":[],"usage":' + counted + b"}\n\n"


@lru_cache(maxsize=1024)
def _content(piece: str) -> bytes:
    return b',"choices":[' + _json({"index": 0, "delta": {"content": piece}, "logprobs": None, "finish_reason": None}) + b"]"


def _json(value: Any) -> bytes:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text).encode()


def reason(answer: Answer) -> str:
    """Why an answer ends."""
    return answer.finish or ("tool_calls" if answer.tools else "stop")


def usage(answer: Answer) -> Body:
    """The tokens of an answer."""
    prompt, completion = answer.usage or (0, 0)
    return {
        "prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }  # fmt: skip


def whole(answer: Answer, body: Body) -> Body:
    """The answer where no stream was asked for."""
    message: Body = {"role": "assistant", "content": "".join(answer.pieces) or answer.text or None, "refusal": None, "annotations": []}
    if answer.reasoning:
        message[answer.reasoning_field] = answer.reasoning
    if answer.tools:
        message["tool_calls"] = [
            {"id": f"call_{next(_numbers):020}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for name, arguments in answer.tools
        ]
    completion: Body = {
        "id": f"chatcmpl-{next(_numbers):024}", "object": "chat.completion", "created": int(time.time()), "model": body["model"],
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": reason(answer)}],
    }  # fmt: skip
    return completion | ({"usage": usage(answer)} if answer.usage else {})
