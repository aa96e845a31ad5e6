"""POST conversation/{id}/message/{mid}/synthesize: a message as sound."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from rest_framework import serializers

from accounts.ids import parse_id
from accounts.limits import Bucket
from files.links import download_link
from sessions_api.api.attachments import allow
from sessions_api.api.caller import caller_of
from sessions_api.api.plain import api_view, body_of
from sessions_api.errors import Refused
from sessions_api.speech.service import read_aloud
from widgetplatform.api.described import described


class SpokenOutput(serializers.Serializer[None]):
    """``id`` is the message's; the sound is an attachment, and ``url`` gives it for a few minutes without a token."""

    id = serializers.CharField()
    attachmentId = serializers.CharField()  # noqa: N815 (wire names)
    url = serializers.CharField()


@described("POST", request=None, responses=SpokenOutput)
@api_view("POST")
async def synthesize(request: HttpRequest, conversation_id: str, message_id: str) -> HttpResponseBase:
    """Read a message aloud. Visitors may have it read where the widget's ``voiceOut`` is on. The same text is read once and kept."""
    caller = await caller_of(request, conversation_id)
    body_of(request)
    allow(caller, "voice_out", "this widget does not read aloud")
    pk = parse_id(message_id)
    if pk is None:
        raise Http404("There is no such message")
    if caller.access.session_id:
        wait = Bucket(settings.SENDS_PER_MINUTE, settings.SENDS_BURST).take(f"speech:{caller.access.session_id}")
        if wait:
            raise Refused("rate", "Too many messages are to be read aloud", retry_ms=int(wait * 1000) + 1)
    made = await read_aloud(caller.access.conversation_id, pk, caller.operator)
    return JsonResponse(
        {"id": str(pk), "attachmentId": str(made.pk), "url": download_link(request, made)}
    )
