"""Shapes of the conversation's routes, for the API's description only: the views read and write plain JSON."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from sessions_api.models import Message
from widgetplatform.api.streams import JSON, JSONL


class ContactInput(serializers.Serializer[None]):
    """What a visitor says of themselves."""

    name = serializers.CharField(required=False, allow_null=True)
    email = serializers.EmailField(required=False, allow_null=True)
    phone = serializers.CharField(required=False, allow_null=True)


class SeedInput(serializers.Serializer[None]):
    """A first message of the visitor."""

    type = serializers.CharField(help_text="user")
    text = serializers.CharField()


class SessionInput(serializers.Serializer[None]):
    """Body of session/create."""

    durationInSeconds = serializers.IntegerField(required=False, allow_null=True)  # noqa: N815 (wire names)
    contact = ContactInput(required=False, allow_null=True)
    messages = SeedInput(many=True, required=False, allow_null=True)
    meta = serializers.DictField(required=False, allow_null=True)
    conversationId = serializers.UUIDField(required=False, allow_null=True)  # noqa: N815
    language = serializers.CharField(required=False, allow_null=True)


class SourceOutput(serializers.Serializer[None]):
    """Where an answer was taken from."""

    title = serializers.CharField()
    url = serializers.CharField()


class RowOutput(serializers.Serializer[None]):
    """A message as it travels; of a deleted one id, seq, position and ``deleted`` alone."""

    id = serializers.UUIDField()
    seq = serializers.IntegerField()
    position = serializers.IntegerField()
    type = serializers.ChoiceField(Message.Type.values, required=False)
    status = serializers.ChoiceField(Message.Status.values, required=False)
    createdAt = serializers.IntegerField(required=False)  # noqa: N815
    updatedAt = serializers.IntegerField(required=False)  # noqa: N815
    text = serializers.CharField(required=False)
    name = serializers.CharField(required=False)
    description = serializers.CharField(required=False)
    deleted = serializers.BooleanField(required=False, help_text="True where only this is left of the message.")
    html = serializers.CharField(required=False)
    hash = serializers.CharField(required=False)
    attempt = serializers.IntegerField(required=False)
    cid = serializers.UUIDField(required=False)
    code = serializers.CharField(required=False)
    vote = serializers.IntegerField(required=False)
    hidden = serializers.BooleanField(required=False)
    sources = SourceOutput(many=True, required=False)
    meta = serializers.DictField(required=False)
    entities = serializers.ListField(child=serializers.DictField(), required=False, help_text="What the bot did not get to read; operators only.")


class SessionOutput(serializers.Serializer[None]):
    """Answer of session/create."""

    id = serializers.UUIDField()
    conversationId = serializers.UUIDField()  # noqa: N815
    token = serializers.CharField()
    expiresAt = serializers.IntegerField()  # noqa: N815
    messages = RowOutput(many=True)


class MessageListOutput(serializers.Serializer[None]):
    """A page of messages; with ``after`` the log's epoch and head instead of a cursor."""

    items = RowOutput(many=True)
    cursor = serializers.UUIDField(required=False)
    epoch = serializers.CharField(required=False)
    head = serializers.IntegerField(required=False)
    more = serializers.BooleanField(required=False)


class ReplacementShape(serializers.Serializer[None]):
    """What the bot reads instead, and where it is in the text that the bot reads."""

    begin = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=0)
    text = serializers.CharField(allow_blank=True)


class EntityShape(serializers.Serializer[None]):
    """A part of a text that the bot does not get to read. Offsets are UTF-16 code units, as JavaScript counts."""

    type = serializers.CharField()
    begin = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=1)
    text = serializers.CharField(help_text="What the message's text has from begin to end.")
    replacement = ReplacementShape(required=False)


class MessageInput(serializers.Serializer[None]):
    """Body of message/create."""

    type = serializers.ChoiceField(Message.Type.values, help_text="Visitors: user only.")
    text = serializers.CharField(allow_blank=True)
    name = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    description = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    meta = serializers.DictField(required=False, allow_null=True)
    entities = EntityShape(many=True, required=False, allow_null=True)


class MessageUpdate(MessageInput):
    """Body of message/update."""

    type = serializers.ChoiceField(Message.Type.values, required=False, allow_null=True)
    text = serializers.CharField(required=False, allow_null=True, allow_blank=True)


class MessageEdit(serializers.Serializer[None]):
    """Body of message/edit."""

    text = serializers.CharField()


class SentOutput(serializers.Serializer[None]):
    """A stored message, and what the bot does not get to read of it."""

    id = serializers.CharField()
    entities = EntityShape(many=True)


PARAMETERS = inline_serializer(  # a JSON schema of an object; "required" and "data" are names that a class cannot give
    "ParametersShape",
    {
        "type": serializers.ChoiceField(["object"]),
        "properties": serializers.DictField(),
        "required": serializers.ListField(child=serializers.CharField(), required=False),
    },
)
FUNCTION_RESULT = inline_serializer(  # either data, known beforehand, or the channel on which it will be published
    "FunctionResultShape",
    {"data": serializers.JSONField(required=False), "channel": serializers.CharField(required=False)},
    required=False, allow_null=True,
)  # fmt: skip


class FunctionCallShape(serializers.Serializer[None]):
    """When it is called without the model's wish."""

    start = serializers.BooleanField(required=False, allow_null=True)
    end = serializers.BooleanField(required=False, allow_null=True)


class FunctionShape(serializers.Serializer[None]):
    """What the caller's program can do for the bot."""

    name = serializers.CharField(max_length=64)
    description = serializers.CharField(allow_blank=True)
    parameters = PARAMETERS
    result = FUNCTION_RESULT
    call = FunctionCallShape(required=False, allow_null=True)


class PageFunctionShape(serializers.Serializer[None]):
    """What the visitor's page can do for the bot; without ``parameters`` it takes none."""

    name = serializers.CharField(max_length=64)
    description = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    parameters = serializers.DictField(required=False, allow_null=True, help_text="A JSON schema of an object.")


class SurroundingsInput(serializers.Serializer[None]):
    """Body of set."""

    language = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    timeZone = serializers.CharField(required=False, allow_null=True, allow_blank=True)  # noqa: N815
    page = serializers.DictField(required=False, allow_null=True, help_text="Told to the bot as data.")
    functions = PageFunctionShape(many=True, required=False, allow_null=True)


class OutcomeInput(serializers.Serializer[None]):
    """Body of call/result: exactly one of these."""

    result = serializers.JSONField(required=False, help_text="Any JSON, at most 64 KiB; for what the visitor is asked, true or false.")
    error = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=2_000)
    abort = serializers.BooleanField(required=False, allow_null=True)


class InlineRecordShape(serializers.Serializer[None]):
    """A record of a request; ``title`` and ``url`` in its meta are shown with it."""

    text = serializers.CharField(allow_blank=True)
    meta = serializers.DictField(required=False, allow_null=True)


class InlineDatasetShape(serializers.Serializer[None]):
    """Knowledge for this reply."""

    name = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    description = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    records = InlineRecordShape(many=True)


class InlineAbilityShape(serializers.Serializer[None]):
    """What the bot can do by itself in this reply."""

    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    instruction = serializers.CharField(allow_blank=True)
    secretId = serializers.CharField(required=False, allow_null=True)  # noqa: N815
    meta = serializers.DictField(required=False, allow_null=True)


class InlineSkillsetShape(serializers.Serializer[None]):
    """Abilities for this reply."""

    name = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    description = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    abilities = InlineAbilityShape(many=True)


class FeatureShape(serializers.Serializer[None]):
    """Something that is switched on for this reply."""

    name = serializers.CharField()
    options = serializers.DictField(required=False, allow_null=True)


class ExtensionsShape(serializers.Serializer[None]):
    """What is added to the bot for this reply; a visitor's is not looked at."""

    backstory = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    datasets = InlineDatasetShape(many=True, required=False, allow_null=True)
    skillsets = InlineSkillsetShape(many=True, required=False, allow_null=True)
    features = FeatureShape(many=True, required=False, allow_null=True)


class LimitsShape(serializers.Serializer[None]):
    """How far the reply may go; they can only lower ours."""

    iterations = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    continuations = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    calls = serializers.IntegerField(min_value=1, required=False, allow_null=True)


class ReceiveInput(serializers.Serializer[None]):
    """Body of receive: what is given for the reply."""

    functions = FunctionShape(many=True, required=False, allow_null=True)
    extensions = ExtensionsShape(required=False, allow_null=True)
    limits = LimitsShape(required=False, allow_null=True)


class SendInput(ReceiveInput):
    """Body of send."""

    text = serializers.CharField()
    entities = EntityShape(many=True, required=False, allow_null=True)


class CompleteInput(SendInput):
    """Body of complete; without a text it is ``receive``."""

    text = serializers.CharField(required=False, allow_null=True)


class TalkShape(serializers.Serializer[None]):
    """A message of a talk that is not stored."""

    type = serializers.ChoiceField(Message.Type.values)
    text = serializers.CharField(allow_blank=True)
    meta = serializers.DictField(required=False, allow_null=True)


class AddressShape(serializers.Serializer[None]):
    """A file by its address."""

    url = serializers.CharField(required=False)


class StatelessInput(ReceiveInput):
    """Body of conversation/complete: who answers, and the talk so far."""

    botId = serializers.CharField(required=False, allow_null=True)  # noqa: N815
    model = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    backstory = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    datasetId = serializers.CharField(required=False, allow_null=True)  # noqa: N815
    skillsetId = serializers.CharField(required=False, allow_null=True)  # noqa: N815
    privacy = serializers.BooleanField(required=False, allow_null=True)
    moderation = serializers.BooleanField(required=False, allow_null=True)
    messages = TalkShape(many=True)
    attachments = AddressShape(many=True, required=False, allow_null=True)
    contactId = serializers.JSONField(  # noqa: N815
        required=False, allow_null=True, help_text="The id of a contact, or an object with its fingerprint, which makes or updates one."
    )


class PublishInput(serializers.Serializer[None]):
    """Body of channel/publish."""

    message = serializers.DictField(help_text="Any object.")


class SubscribeInput(serializers.Serializer[None]):
    """Body of channel/subscribe."""

    historyLength = serializers.IntegerField(min_value=0, max_value=10_000, required=False, allow_null=True)  # noqa: N815


CHANNEL_LINE = inline_serializer(  # ping every ten seconds of silence
    "ChannelLine",
    {
        "type": serializers.ChoiceField(["message", "ping"]),
        "data": serializers.DictField(),
        "id": serializers.CharField(required=False),
        "createdAt": serializers.IntegerField(),
    },
)


class UsageOutput(serializers.Serializer[None]):
    """What a reply cost."""

    token = serializers.IntegerField()


class EndOutput(serializers.Serializer[None]):
    """Why a reply ended."""

    reason = serializers.ChoiceField(["stop", "length", "iteration", "activity", "abort", "error"])


class ReplyOutput(serializers.Serializer[None]):
    """A finished reply."""

    id = serializers.UUIDField()
    text = serializers.CharField(allow_blank=True)
    usage = UsageOutput()
    end = EndOutput()
    status = serializers.CharField()
    html = serializers.CharField()
    sources = SourceOutput(many=True)
    code = serializers.CharField(required=False)


class EndedOutput(serializers.Serializer[None]):
    """A reply that is not stored."""

    text = serializers.CharField(allow_blank=True)
    usage = UsageOutput()
    end = EndOutput()
    code = serializers.CharField(required=False)


EVENT_LINE = inline_serializer(
    "EventLine",
    {
        "type": serializers.CharField(
            help_text="sendResult, token, reasoningToken, activity, usage, message, waitForChannelMessageBegin, waitForChannelMessageEnd, "
            "call, callEnd, ping, error, receiveResult; result is the last"
        ),
        "data": serializers.DictField(),
        "createdAt": serializers.IntegerField(),
    },
)


def streamed(shape: Any) -> dict[tuple[int, str], Any]:
    """The answers of an operation that gives its result whole, or as the last of some JSON lines."""
    return {(200, JSON): shape, (200, JSONL): EVENT_LINE}


def itemized(page: Any, item: Any) -> dict[tuple[int, str], Any]:
    """The answers of a list."""
    line = inline_serializer(f"{item.__name__}Line", {"type": serializers.ChoiceField(["item"]), "data": item()})
    return {(200, JSON): page, (200, JSONL): line}


KEY_HEADERS = [
    OpenApiParameter("Idempotency-Key", OpenApiTypes.UUID, OpenApiParameter.HEADER, description="The message's client id: a repeat stores nothing.")
]
TIME_ZONE_HEADERS = [
    OpenApiParameter("X-Timezone", str, OpenApiParameter.HEADER, description="The visitor's time zone, such as Europe/Berlin; kept with the conversation.")
]
SEND_HEADERS = [*KEY_HEADERS, *TIME_ZONE_HEADERS]
