"""Our plain data in pydantic-ai's words, and back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic_ai.messages import (
    BinaryContent,
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    SystemPromptPart,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters, OutputObjectDefinition
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from bots.engines.base import Reasoning, Text
from bots.engines.providers.base import Prompt, Request, ToolCall


@dataclass(frozen=True)
class WholeCall(ToolCall):
    """A call with the response that it came in: some services want their signed thoughts back with its result."""

    response: ModelResponse | None = field(default=None, repr=False, compare=False)


def messages_of(prompts: Sequence[Prompt]) -> list[ModelMessage]:
    """The talk; prompts of one side that follow on each other are one message."""
    found: list[ModelMessage] = []
    for prompt in prompts:
        if prompt.role == "assistant":
            found.append(_response(prompt))
            continue
        part = _part(prompt)
        last = found[-1] if found else None
        if isinstance(last, ModelRequest):
            found[-1] = ModelRequest([*last.parts, part])
        else:
            found.append(ModelRequest([part]))
    return found


def parameters_of(request: Request, model: Model) -> ModelRequestParameters:
    """The tools, and the schema of the reply: held to by the service where it can, else only told to the model."""
    tools = [
        ToolDefinition(name=tool.name, description=tool.description, parameters_json_schema=dict(tool.parameters))
        for tool in request.tools
    ]
    if request.schema is None:
        return ModelRequestParameters(function_tools=tools)
    shape = OutputObjectDefinition(json_schema=dict(request.schema), name="reply")
    if model.profile.get("supports_json_schema_output"):
        return ModelRequestParameters(function_tools=tools, output_mode="native", output_object=shape)
    return ModelRequestParameters(function_tools=tools, output_mode="prompted", output_object=shape)


def settings_of(request: Request) -> ModelSettings:
    """Sampling, bounds, and no repetitions of the library's own."""
    names = ("temperature", "top_p", "seed", "presence_penalty", "frequency_penalty")
    found: dict[str, Any] = {name: request.options[name] for name in names if name in request.options}
    if effort := request.options.get("reasoning_effort"):
        found["thinking"] = False if effort == "none" else effort
    if request.max_tokens:
        found["max_tokens"] = request.max_tokens
    if request.tools and not request.calling:
        found["tool_choice"] = "none"  # Anthropic refuses a talk with calls that has no tools
    if request.stop:
        found["stop_sequences"] = list(request.stop)
    return ModelSettings(**found, max_retries=0)  # type: ignore[typeddict-item]


def events_of(event: ModelResponseStreamEvent) -> Iterator[Text | Reasoning]:
    """The text and the thoughts in an event."""
    match event:
        case PartStartEvent(part=TextPart(content=str(text))) if text:
            yield Text(text)
        case PartDeltaEvent(delta=TextPartDelta(content_delta=str(text))) if text:
            yield Text(text)
        case PartStartEvent(part=ThinkingPart(content=str(text))) if text:
            yield Reasoning(text)
        case PartDeltaEvent(delta=ThinkingPartDelta(content_delta=str(text))) if text:
            yield Reasoning(text)


def calls_of(response: ModelResponse) -> list[ToolCall]:
    """What the model wants called."""
    return [
        WholeCall(part.tool_call_id, part.tool_name, part.args_as_json_str(), response)
        for part in response.parts
        if isinstance(part, ToolCallPart)
    ]


def _response(prompt: Prompt) -> ModelResponse:
    first = prompt.calls[0] if prompt.calls else None
    whole = first.response if isinstance(first, WholeCall) else None
    if whole is not None and calls_of(whole) == list(prompt.calls):
        return whole
    said = [TextPart(prompt.text)] if prompt.text else []
    return ModelResponse([*said, *(ToolCallPart(call.name, call.arguments, call.id) for call in prompt.calls)])


def _part(prompt: Prompt) -> ModelRequestPart:
    match prompt.role:
        case "system":
            return SystemPromptPart(prompt.text)
        case "tool":
            return ToolReturnPart(prompt.name, prompt.text, prompt.call_id)
    pictures = [BinaryContent(data=picture.data, media_type=picture.type) for picture in prompt.pictures]
    return UserPromptPart([*pictures, prompt.text] if pictures else prompt.text)
