"""Files of a conversation: stored like every other content, told to the bot as text, gone with the conversation."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from bots.engines.base import Attachment as Given
from bots.engines.providers.material import PICTURE_BYTES, PICTURE_TYPES, PICTURES
from files.extract import ExtractError
from files.services import delete_content, extractable
from files.storage import keys_of, open_content, remove_after_commit
from files.text import text_of
from files.uploads import adopt
from sessions_api.models import Attachment, Conversation, Message
from widgetplatform.api.errors import ApiError

SPOKEN = "speech"  # the key in meta of a message that was read aloud
EMPTY = Q(key="", pending__isnull=True)  # what was announced and never came; or is being uploaded just now
ON_ITS_WAY = timedelta(hours=1)
TOLD_TO_BOT = 20  # the newest; an engine cuts by its own budget


def new_attachment(conversation_id: uuid.UUID) -> Attachment:
    """A row to put content into. ``ApiError``: 404 where the conversation is gone, 409 where it has all that it may have."""
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update().filter(pk=conversation_id).first()
        if conversation is None:
            raise ApiError(404, "There is no such conversation")
        limit = settings.ATTACHMENTS_PER_CONVERSATION
        given = conversation.attachments.exclude(meta__has_key=SPOKEN)
        if given.exclude(EMPTY, created_at__lt=timezone.now() - ON_ITS_WAY).count() >= limit:
            raise ApiError(409, f"attachments: a conversation has at most {limit}")
        return Attachment.objects.create(conversation=conversation)


def discard(attachment: Attachment) -> None:
    """Take back a row whose content was refused."""
    delete_content(attachment)


def attachments_of(conversation_id: uuid.UUID, everything: bool) -> QuerySet[Attachment]:
    """Those of a conversation, without their text; ``everything`` also those of messages that visitors do not see."""
    rows = Attachment.objects.filter(conversation_id=conversation_id).exclude(EMPTY).defer("text")
    if everything:
        return rows
    seen = Q(message__type__in=Message.VISIBLE_TYPES, message__hidden=False, message__deleted=False)
    return rows.filter(Q(message=None) | seen)


def settle(attachments: list[Attachment]) -> None:
    """Make content of uploads that arrived by a link meanwhile."""
    for attachment in attachments:
        if attachment.pending:
            adopt(attachment)


def files_of(conversation_id: uuid.UUID, pictures: bool = False) -> list[Given]:
    """What visitors and operators gave, oldest first, its text ``""`` where a kind of file has none; with ``pictures`` their bytes too.

    Text that no task has extracted yet is extracted now, so that a question right after an upload is not answered without it.
    Blocking.
    """
    rows = Attachment.objects.filter(conversation_id=conversation_id).exclude(meta__has_key=SPOKEN)
    newest = list(rows.order_by("-pk")[:TOLD_TO_BOT])
    settle(newest)
    seen = [row for row in newest if row.content_type in PICTURE_TYPES and (row.size or 0) <= PICTURE_BYTES][:PICTURES] if pictures else []
    return [
        Given(shown_name(row), row.content_type, _text(row), _bytes(row) if row in seen else b"") for row in reversed(newest) if row.key
    ]


def shown_name(attachment: Attachment) -> str:
    """What people call it; the name of its file where nobody named it. Empty for what came without."""
    promised: dict[str, Any] = attachment.pending or {}
    return attachment.name or attachment.filename or str(promised.get("name", ""))


def forget_all(conversation: Conversation) -> None:
    """Remove the bytes after the commit; call it in the transaction that deletes the conversation, which takes the rows along."""
    held = [key for row in conversation.attachments.only("key", "pending") for key in keys_of(row)]
    remove_after_commit(*held)


def _bytes(attachment: Attachment) -> bytes:
    try:
        with open_content(attachment) as stream:
            return stream.read()
    except FileNotFoundError:
        return b""


def _text(attachment: Attachment) -> str:
    if not extractable(attachment.content_type):
        return ""
    try:
        return text_of(attachment)
    except ExtractError:
        return ""
