"""Contacts of an operator, with their conversations and ratings; and what a conversation's visitor says of themselves."""

from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from sessions_api import contact_book
from sessions_api.api.caller import Caller, caller_of
from sessions_api.api.conversation_serializers import ConversationSerializer
from sessions_api.api.narrowing import WITHOUT_META
from sessions_api.api.person_serializers import (
    ClaimSerializer,
    ContactSerializer,
    EnsureContactSerializer,
    RatingSerializer,
)
from sessions_api.api.plain import api_view, body_of
from sessions_api.contacts import CHECKS, KEYS, claim_contact
from sessions_api.models import Contact, Conversation
from sessions_api.threads import in_thread
from widgetplatform.api.described import described
from widgetplatform.api.errors import ApiError
from widgetplatform.api.serializers import IdSerializer
from widgetplatform.api.validation import django_detail
from widgetplatform.api.views import ChildResource, Resource
from widgets.config import effective_of


class ContactResource(Resource):
    """People, known by a fingerprint."""

    serializer_class = ContactSerializer
    lookup = "contact_id"
    create_item = staticmethod(contact_book.create_contact)
    update_item = staticmethod(contact_book.update_contact)
    delete_item = staticmethod(contact_book.delete_contact)

    @extend_schema(request=EnsureContactSerializer, responses=IdSerializer)
    def ensure(self, request: Request, **_: Any) -> Response:
        """POST contact/ensure: the contact with this fingerprint, made where there is none; the fields given are written in both cases."""
        serializer = EnsureContactSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        contact = self._call(contact_book.ensure_contact, request.user, **serializer.validated_data)
        return Response({"id": str(contact.pk)})


@extend_schema_view(list=extend_schema(parameters=[WITHOUT_META]))
class ContactConversations(ChildResource):
    """The conversations of one contact."""

    serializer_class = ConversationSerializer
    lookup = "conversation_id"
    parent = Contact
    parent_lookup = "contact_id"
    parent_field = "contact"


@extend_schema_view(list=extend_schema(parameters=[WITHOUT_META]))
class ContactRatings(ChildResource):
    """The ratings that one contact gave."""

    serializer_class = RatingSerializer
    lookup = "rating_id"
    parent = Contact
    parent_lookup = "contact_id"
    parent_field = "contact"


@described("POST", request=ClaimSerializer, responses=IdSerializer)
@api_view("POST")
async def upsert(request: HttpRequest, conversation_id: str) -> HttpResponseBase:
    """Who the visitor of this conversation is; ``{id}`` of the contact.

    A visitor's own words find or make a contact and fill what it lacks, where the widget collects contacts. An operator's are written
    as they are, with a ``fingerprint`` to the contact that has it.
    """
    caller = await caller_of(request, conversation_id)
    contact = await in_thread(_upsert)(caller, body_of(request))
    return JsonResponse({"id": str(contact.pk)})


def _upsert(caller: Caller, body: dict[str, Any]) -> Contact:
    conversation = Conversation.objects.select_related("contact").filter(pk=caller.access.conversation_id).first()
    if conversation is None:
        raise ApiError(404, "There is no such conversation")
    serializer = ClaimSerializer(data=body)
    serializer.is_valid(raise_exception=True)
    fields = dict(serializer.validated_data)
    try:
        return _written(conversation, fields) if caller.operator else _claimed(caller, conversation, fields)
    except Invalid as error:
        raise ValidationError(django_detail(error)) from None


def _written(conversation: Conversation, fields: dict[str, Any]) -> Contact:
    fingerprint = fields.pop("fingerprint", None)
    if fingerprint:
        contact = contact_book.ensure_contact(conversation.owner, fingerprint, **fields)
    elif conversation.contact:
        contact = contact_book.merge_contact(conversation.contact, **fields)
    else:
        contact = contact_book.create_contact(conversation.owner, **fields)
    Conversation.objects.filter(pk=conversation.pk).update(contact=contact)
    return contact


def _claimed(caller: Caller, conversation: Conversation, fields: dict[str, Any]) -> Contact:
    widget = effective_of(caller.access.widget_id) if caller.access.widget_id else None
    if caller.access.widget_id and not (widget and widget.contact_collection):
        raise ApiError(409, "contactCollection: this widget does not ask visitors who they are")
    given = {name: value for name, value in fields.items() if value}
    for name in KEYS:
        if name in CHECKS and name in given:
            try:
                given[name] = CHECKS[name](given[name].strip())
            except Invalid as error:
                raise ValidationError({name: error.messages}) from None
    return claim_contact(conversation, given)
