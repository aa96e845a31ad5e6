"""Votes on messages, conversations and bots; and the list of all ratings."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.ids import parse_id
from bots.models import Bot
from sessions_api.api.caller import caller_of
from sessions_api.api.narrowing import WITHOUT_META, Narrowing
from sessions_api.api.person_serializers import DownvoteSerializer, RatingSerializer, UpvoteSerializer
from sessions_api.api.plain import api_view, body_of
from sessions_api.models import Contact, Conversation
from sessions_api.ratings import rate_bot, rate_conversation, rate_message, read_opinion
from sessions_api.threads import in_thread
from widgetplatform.api.described import described
from widgetplatform.api.lookup import find_or_404, owned
from widgetplatform.api.serializers import IdSerializer
from widgetplatform.api.views import Resource, VerbView

NARROWING = Narrowing({"botId": ("bot", Bot), "conversationId": ("conversation", Conversation), "contactId": ("contact", Contact)})
LIST = extend_schema(parameters=[*NARROWING.parameters, WITHOUT_META])
UP, DOWN = 1, -1


@extend_schema_view(list=LIST)
class RatingResource(Resource):
    """All ratings of an operator's messages, conversations and bots."""

    serializer_class = RatingSerializer
    lookup = "rating_id"

    def filter_list(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By bot, conversation and contact."""
        return NARROWING.of(queryset, self.request.user, self.request.query_params)


class BotUpvote(VerbView):
    """A good opinion of a bot."""

    sign = UP

    @extend_schema(request=UpvoteSerializer, responses=IdSerializer)
    def post(self, request: Request, bot_id: str) -> Response:
        """Each call stores one rating; ``{id}`` of the bot."""
        bot = find_or_404(owned(Bot, request.user), bot_id)
        body: Any = request.data
        rate_bot(bot, read_opinion(body, self.sign))
        return Response({"id": str(bot.pk)})


class BotDownvote(BotUpvote):
    """A bad opinion of a bot."""

    sign = DOWN

    @extend_schema(request=DownvoteSerializer, responses=IdSerializer)
    def post(self, request: Request, bot_id: str) -> Response:
        """Each call stores one rating; ``{id}`` of the bot."""
        return super().post(request, bot_id)


@described("POST", request=UpvoteSerializer, responses=IdSerializer, operation_id="upvoteConversationMessage")
@api_view("POST")
async def upvote_message(request: HttpRequest, conversation_id: str, message_id: str) -> HttpResponseBase:
    """A good answer. There is one rating a message: a repeat replaces it."""
    return await _vote_on_message(request, conversation_id, message_id, UP)


@described("POST", request=DownvoteSerializer, responses=IdSerializer, operation_id="downvoteConversationMessage")
@api_view("POST")
async def downvote_message(request: HttpRequest, conversation_id: str, message_id: str) -> HttpResponseBase:
    """A bad answer, with a ``reason`` if there is one."""
    return await _vote_on_message(request, conversation_id, message_id, DOWN)


@described("POST", request=UpvoteSerializer, responses=IdSerializer, operation_id="upvoteConversation")
@api_view("POST")
async def upvote_conversation(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """A good conversation. There is one rating of the whole conversation: a repeat replaces it."""
    return await _vote_on_conversation(request, conversation_id, UP)


@described("POST", request=DownvoteSerializer, responses=IdSerializer, operation_id="downvoteConversation")
@api_view("POST")
async def downvote_conversation(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """A bad conversation, with a ``reason`` if there is one."""
    return await _vote_on_conversation(request, conversation_id, DOWN)


async def _vote_on_message(request: HttpRequest, conversation_id: str, message_id: str, sign: int) -> HttpResponseBase:
    caller = await caller_of(request, conversation_id)
    opinion = read_opinion(body_of(request), sign)
    pk = parse_id(message_id)
    if pk is None:
        raise Http404("There is no such message")
    await rate_message(caller.access, pk, opinion)
    return JsonResponse({"id": str(pk)})


async def _vote_on_conversation(request: HttpRequest, conversation_id: str, sign: int) -> HttpResponseBase:
    caller = await caller_of(request, conversation_id)
    opinion = read_opinion(body_of(request), sign)
    try:
        await in_thread(rate_conversation)(caller.access.conversation_id, opinion)
    except Conversation.DoesNotExist:
        raise Http404("There is no such conversation") from None
    return JsonResponse({"id": str(caller.access.conversation_id)})
