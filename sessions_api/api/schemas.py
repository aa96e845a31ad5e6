"""Shapes of the conversation's routes, for the API's description only: the views read and write plain JSON."""

from rest_framework import serializers


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
    """A message as it travels."""

    id = serializers.UUIDField()
    seq = serializers.IntegerField()
    position = serializers.IntegerField()
    type = serializers.CharField()
    status = serializers.CharField()
    createdAt = serializers.IntegerField()  # noqa: N815
    updatedAt = serializers.IntegerField(required=False)  # noqa: N815
    text = serializers.CharField()
    html = serializers.CharField(required=False)
    hash = serializers.CharField(required=False)
    attempt = serializers.IntegerField(required=False)
    cid = serializers.UUIDField(required=False)
    code = serializers.CharField(required=False)
    vote = serializers.IntegerField(required=False)
    hidden = serializers.BooleanField(required=False)
    sources = SourceOutput(many=True, required=False)
    meta = serializers.DictField(required=False)


class SessionOutput(serializers.Serializer[None]):
    """Answer of session/create."""

    id = serializers.UUIDField()
    conversationId = serializers.UUIDField()  # noqa: N815
    token = serializers.CharField()
    expiresAt = serializers.IntegerField()  # noqa: N815
    messages = RowOutput(many=True)


class MessageListOutput(serializers.Serializer[None]):
    """A page of messages; with ``after`` also the log's epoch and head."""

    items = RowOutput(many=True)
    cursor = serializers.UUIDField(required=False)
    epoch = serializers.CharField(required=False)
    head = serializers.IntegerField(required=False)
    more = serializers.BooleanField(required=False)


class MessageInput(serializers.Serializer[None]):
    """Body of message/create."""

    type = serializers.CharField()
    text = serializers.CharField()
    meta = serializers.DictField(required=False)


class TextInput(serializers.Serializer[None]):
    """Body of complete."""

    text = serializers.CharField()


class VoteInput(serializers.Serializer[None]):
    """Body of a vote."""

    reason = serializers.CharField(required=False)


class UsageOutput(serializers.Serializer[None]):
    """What a reply cost."""

    token = serializers.IntegerField()


class EndOutput(serializers.Serializer[None]):
    """Why a reply ended."""

    reason = serializers.CharField(help_text="stop, length, abort or error")


class ReplyOutput(serializers.Serializer[None]):
    """Answer of complete."""

    id = serializers.UUIDField()
    text = serializers.CharField()
    usage = UsageOutput()
    end = EndOutput()
    status = serializers.CharField()
    html = serializers.CharField()
    sources = SourceOutput(many=True)
    code = serializers.CharField(required=False)


class ConversationOutput(serializers.Serializer[None]):
    """A conversation: what is set on it."""

    id = serializers.UUIDField()
    createdAt = serializers.IntegerField()  # noqa: N815
    updatedAt = serializers.IntegerField()  # noqa: N815
    alias = serializers.CharField(required=False)
    name = serializers.CharField(required=False)
    description = serializers.CharField(required=False)
    meta = serializers.DictField(required=False)
    botId = serializers.UUIDField(required=False)  # noqa: N815
    contactId = serializers.UUIDField(required=False)  # noqa: N815
