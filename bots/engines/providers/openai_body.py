"""What is sent to an OpenAI-compatible service."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from .base import Prompt, Request

OWN_HOSTS = (".openai.com", ".openai.azure.com")  # know only the newer name of the bound, and the older ones only elsewhere
STOPS = 4
NEWER, OLDER = "max_completion_tokens", "max_tokens"
Body = dict[str, Any]


def body_of(request: Request, host: str) -> Body:
    """The body of a chat request to a host."""
    body: Body = {
        **request.options,
        "model": request.model,
        "messages": [_message(prompt) for prompt in request.prompts],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.tools and request.calling:  # not every service knows tool_choice
        body["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": {"type": "object", "properties": {}, **tool.parameters},
                },
            }
            for tool in request.tools
        ]
    if request.max_tokens:
        body[NEWER if f".{host}".endswith(OWN_HOSTS) else OLDER] = request.max_tokens
    if request.stop:
        body["stop"] = list(request.stop[:STOPS])
    if request.schema is not None:
        wanted = {"name": "reply", "schema": request.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": wanted | ({"strict": True} if _strict(request.schema) else {})}
    return body


def encoded(body: Body) -> bytes:
    """A body as JSON; half a surrogate pair, which a visitor may send, becomes a question mark."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=dict).encode("utf-8", "replace")


def without(body: Body, message: str) -> Body | None:
    """The same request for a service that complains about a field that others want; None where there is nothing to leave out."""
    if "stream_options" in message and "stream_options" in body:
        return {name: value for name, value in body.items() if name != "stream_options"}
    if OLDER in body and NEWER in message:
        return {NEWER if name == OLDER else name: value for name, value in body.items()}
    if NEWER in body and (OLDER in message or NEWER in message):
        return {OLDER if name == NEWER else name: value for name, value in body.items()}
    return None


def _message(prompt: Prompt) -> Body:
    if prompt.role == "tool":
        return {"role": "tool", "tool_call_id": prompt.call_id, "content": prompt.text}
    if prompt.calls:
        calls = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": _arguments(call.arguments)}}
            for call in prompt.calls
        ]
        return {"role": prompt.role, "content": prompt.text or None, "tool_calls": calls}
    if not prompt.pictures:
        return {"role": prompt.role, "content": prompt.text}
    pictures = [
        {"type": "image_url", "image_url": {"url": f"data:{picture.type};base64,{base64.b64encode(picture.data).decode()}"}}
        for picture in prompt.pictures
    ]
    return {"role": prompt.role, "content": [*([{"type": "text", "text": prompt.text}] if prompt.text else []), *pictures]}


def _arguments(text: str) -> str:
    """Arguments that were broken are sent back empty: many services parse them, and would refuse the whole talk from then on."""
    try:
        return text if isinstance(json.loads(text), dict) else "{}"
    except (ValueError, RecursionError):
        return "{}"


def _strict(schema: Any) -> bool:
    """Whether a schema keeps OpenAI's rule for exact following: every object names all that it may hold, and requires it."""
    if isinstance(schema, list | tuple):
        return all(map(_strict, schema))
    if not isinstance(schema, Mapping):
        return True
    if schema.get("type") == "object" or "properties" in schema:
        properties = schema.get("properties", {})
        if schema.get("additionalProperties") is not False or set(schema.get("required", ())) != set(properties):
            return False
    return all(_strict(part) for name, part in schema.items() if name not in {"enum", "const", "default", "examples"})
