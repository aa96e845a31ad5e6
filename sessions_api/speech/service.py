"""Reading one message aloud: the sound becomes an attachment of its conversation, made once for a text and a voice."""

import hashlib
import uuid
from io import BytesIO

from django.conf import settings
from django.db import transaction
from django.http import Http404

from files.errors import FileRefused
from files.services import delete_content, store_content
from rendering import Features, plain_text
from sessions_api.attachments import SPOKEN
from sessions_api.models import Attachment, Conversation, Message
from sessions_api.speech.base import Audio, SpeechError
from sessions_api.speech.registry import speaker
from sessions_api.threads import in_thread
from widgetplatform.api.errors import ApiError

UNFINISHED = (Message.Status.OPEN, Message.Status.QUEUED)
STATUS = {"unconfigured": 409, "unavailable": 502}
NAME_CHARACTERS = 40


async def read_aloud(conversation_id: uuid.UUID, message_id: uuid.UUID, everything: bool) -> Attachment:
    """The attachment with the sound. Without ``everything`` only of messages that visitors see.

    Http404; ``ApiError``: 409 (not set up, still being written), 422 (nothing to say, too long), 502 (the provider failed).
    """
    text, language = await in_thread(_text)(conversation_id, message_id, everything)
    try:
        reader = speaker()
        digest = hashlib.sha256(f"{reader.voice}\n{language}\n{text}".encode()).hexdigest()
        made = await in_thread(_made)(message_id, digest)
        return made or await in_thread(_store)(
            conversation_id, message_id, digest, text, await reader.speak(text, language)
        )
    except SpeechError as error:
        raise ApiError(STATUS[error.code], error.message) from None


def _text(conversation_id: uuid.UUID, message_id: uuid.UUID, everything: bool) -> tuple[str, str]:
    """What is to be said, without markup, and in which language."""
    rows = Message.objects.filter(conversation_id=conversation_id, pk=message_id, deleted=False)
    if not everything:
        rows = rows.filter(type__in=Message.VISIBLE_TYPES, hidden=False)
    message = rows.select_related("conversation").first()
    if message is None:
        raise Http404("There is no such message")
    if message.status in UNFINISHED:
        raise ApiError(409, "This message is still being written")
    text = plain_text(message.text, Features()).strip()
    if not text:
        raise ApiError(422, "text: this message has nothing to read aloud")
    if len(text) > settings.SPEECH_CHARACTERS:
        raise ApiError(422, f"text: at most {settings.SPEECH_CHARACTERS} characters are read aloud, this message has {len(text)}")
    return text, message.conversation.language


def _made(message_id: uuid.UUID, digest: str) -> Attachment | None:
    kept = Attachment.objects.filter(message_id=message_id, meta__has_key=SPOKEN).exclude(key="").defer("text")
    return next((row for row in kept if row.meta[SPOKEN] == digest), None)


def _store(conversation_id: uuid.UUID, message_id: uuid.UUID, digest: str, text: str, audio: Audio) -> Attachment:
    """Sounds of an earlier text of the message go. Http404 where the conversation or the message went meanwhile."""
    with transaction.atomic():
        found = Conversation.objects.select_for_update().filter(pk=conversation_id, messages=message_id).first()
        if found is None:
            raise Http404("There is no such message")
        for old in Attachment.objects.filter(message_id=message_id, meta__has_key=SPOKEN):
            delete_content(old)
        row = Attachment.objects.create(conversation=found, message_id=message_id, meta={SPOKEN: digest})
    try:
        name = " ".join(text.split())[:NAME_CHARACTERS].rstrip(" .")
        store_content(row, BytesIO(audio.data), f"{name}.{audio.extension}", audio.media_type)
    except BaseException as error:
        delete_content(row)
        if isinstance(error, FileRefused) and error.status_code == 400:
            raise SpeechError("unavailable", f"The sound cannot be stored: {error.message}") from None
        raise
    return row
