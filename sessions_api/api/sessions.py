"""Sessions that an operator hands to a browser: of a conversation that is there, or of a new one with a bot."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from bots.models import Bot
from sessions_api.api.conversation_serializers import (
    BotSessionInput,
    BotSessionOutput,
    ConversationSessionOutput,
    DurationInput,
    read_seeds,
)
from sessions_api.api.plain import api_view, body_of
from sessions_api.api.shapes import message_item
from sessions_api.conversations import create_conversation
from sessions_api.creation import CreatedSession, open_conversation
from sessions_api.models import Conversation
from sessions_api.seeds import say
from sessions_api.session_request import read_meta, read_seconds
from sessions_api.threads import in_thread
from sessions_api.wire import ms
from widgetplatform import metrics
from widgetplatform.api.described import described
from widgetplatform.api.lookup import find_or_404, owned
from widgetplatform.api.operators import operator_of
from widgetplatform.api.views import VerbView
from widgets.config import effective_of


class ConversationSession(VerbView):
    """A session of a conversation."""

    @extend_schema(request=DurationInput, responses=ConversationSessionOutput)
    def post(self, request: Request, conversation_id: str) -> Response:
        """POST conversation/{id}/session/create: a token that opens just this conversation, for a browser. In a conversation of a
        widget it has what the widget has; elsewhere everything, and it is good on every page."""
        conversation = find_or_404(owned(Conversation, request.user), conversation_id)
        widget = effective_of(conversation.widget_id) if conversation.widget_id else None
        body: Any = request.data
        created = open_conversation(conversation, widget, read_seconds(body))
        metrics.count("sessions")
        return Response({"id": str(conversation.pk), **_token(created)})


@described("POST", request=BotSessionInput, responses=BotSessionOutput, operation_id="createBotSession")
@api_view("POST")
async def create_bot_session(request: HttpRequest, bot_id: str) -> HttpResponseBase:
    """A new conversation with a bot, and a session of it for a browser. Messages are stored as they are; a user's message that none of
    the bot's follows is answered before this returns, and the answer is among ``messages``."""
    bot = await in_thread(_bot)(request, bot_id)
    body = body_of(request)
    seconds, meta = read_seconds(body), read_meta(body)
    serializer = BotSessionInput(data={**body, "durationInSeconds": seconds})
    serializer.is_valid(raise_exception=True)
    seeds = read_seeds(dict(serializer.validated_data))
    created = await in_thread(_open)(bot, seconds, meta)
    metrics.count("sessions")
    await say(created.conversation.pk, seeds, bool(bot.privacy))
    return JsonResponse(
        {
            "id": str(bot.pk),
            "conversationId": str(created.conversation.pk),
            **_token(created),
            "messages": await in_thread(_rows)(created.conversation),
        }
    )


def _bot(request: HttpRequest, bot_id: str) -> Bot:
    return find_or_404(owned(Bot, operator_of(request)), bot_id)


def _open(bot: Bot, seconds: int | None, meta: dict[str, Any]) -> CreatedSession:
    return open_conversation(create_conversation(bot.owner, bot=bot, meta=meta), None, seconds)


def _rows(conversation: Conversation) -> list[dict[str, Any]]:
    return [message_item(row) for row in conversation.messages.order_by("position")]


def _token(created: CreatedSession) -> dict[str, Any]:
    return {"token": created.token, "expiresAt": ms(created.session.expires_at)}
