"""One of everything that an operator can have, made without HTTP: what tests over all routes put into paths and bodies."""

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from accounts.meta import index_meta
from accounts.objects import OwnedObject
from bots.models import Ability, Blueprint, Bot, Dataset, DatasetFile, DatasetRecord, DatasetSource, Skillset
from files.models import File
from sessions_api.models import (
    Attachment,
    Call,
    ChannelMessage,
    Contact,
    Conversation,
    Message,
    Rating,
    Session,
)
from sessions_api.tokens import SessionClaims, issue_token
from tests.support.outside import TEXT
from widgets.models import WidgetFile, WidgetIntegration

META = {"plan": {"name": "pro"}}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
FEATURES = (
    "stream",
    "verbose",
    "tools",
    "unfurl",
    "math",
    "carousel",
    "form",
    "attachments",
    "voice_in",
    "voice_out",
)
Ids = dict[str, str]
_numbers = count(1)


def make_user() -> User:
    """An operator nobody has met."""
    return User.objects.create_user(f"operator-{next(_numbers)}", is_staff=True)


@transaction.atomic
def make_world(owner: User, outside: str = "") -> Ids:
    """The ids of new objects by the names that routes give them; every link between them is there. The bot repeats what it hears.

    ``outside`` is where the file came from. ``image_id`` is the file that the widget has.
    """
    blueprint = Blueprint.objects.create(owner=owner, name="Shop")
    dataset = Dataset.objects.create(owner=owner, blueprint=blueprint, name="Handbook")
    record = DatasetRecord.objects.create(
        dataset=dataset, title="Hours", text="Open from nine to five.", meta={"n": 1}
    )
    skillset = Skillset.objects.create(owner=owner, blueprint=blueprint, name="Skills")
    ability = Ability.objects.create(
        skillset=skillset, name="hours", description="When it is open", instruction="Nine to five."
    )
    bot = Bot.objects.create(
        owner=owner,
        blueprint=blueprint,
        name="Echo",
        model="scripted:echo",
        dataset=dataset,
        skillset=skillset,
    )
    file = File.objects.create(
        owner=owner,
        blueprint=blueprint,
        name="Hours",
        source_url=outside,
        **stored("file", TEXT, "text/plain", "notes.txt"),
    )
    image = File.objects.create(owner=owner, name="Dot", **stored("file", PNG, "image/png", "dot.png"))
    DatasetFile.objects.create(dataset=dataset, file=file)
    source = DatasetSource.objects.create(dataset=dataset, url="https://example.com/sitemap.xml", kind="sitemap")
    widget = WidgetIntegration.objects.create(
        owner=owner,
        blueprint=blueprint,
        bot=bot,
        name="Shop",
        language="en, de",
        contact_collection=True,
        **dict.fromkeys(FEATURES, True),
    )
    WidgetFile.objects.create(widget=widget, file=image, type="bar")
    contact = Contact.objects.create(
        owner=owner, name="Vera", email="vera@example.com", fingerprint=uuid4().hex
    )
    conversation = Conversation.objects.create(
        owner=owner, widget=widget, bot=bot, contact=contact, name="Talk", last_seq=2
    )
    log = Message.objects.create(
        conversation=conversation, type="user", text="Hi", position=1, seq=1, cid=uuid4()
    )
    reply = Message.objects.create(
        conversation=conversation,
        type="bot",
        text="Hi",
        blocks=["<p>Hi</p>"],
        position=2,
        seq=2,
        question=log,
    )
    Rating.objects.create(
        owner=owner, message=reply, conversation=conversation, bot=bot, contact=contact, value=100
    )
    attachment = Attachment.objects.create(
        conversation=conversation, name="notes.txt", **stored("attachment", TEXT, "text/plain", "notes.txt")
    )
    call = Call.objects.create(
        reply=reply, conversation=conversation, n=1, attempt=1, kind="function", name="look", state="done", result=1
    )
    channel = f"{conversation.pk}-news"
    ChannelMessage.objects.create(owner=owner, channel=channel, data={"n": 1})
    made = {
        "blueprint_id": blueprint, "dataset_id": dataset, "record_id": record, "source_id": source, "skillset_id": skillset, "ability_id": ability,
        "bot_id": bot, "file_id": file, "image_id": image, "widget_integration_id": widget, "contact_id": contact, "conversation_id": conversation,
        "message_id": reply, "attachment_id": attachment, "call_id": call,
    }  # fmt: skip
    for item in made.values():
        if isinstance(item, OwnedObject):
            item.meta = META
            item.save()
            index_meta(item)
    return {name: str(item.pk) for name, item in made.items()} | {
        "channel_id": channel,
        "cid": str(log.cid),
        "outside": outside,
        "language": "de",
    }


def stored(kind: str, content: bytes, media_type: str, filename: str) -> dict[str, Any]:
    """The columns of content that is in the storage."""
    key = default_storage.save(f"tests/{kind}-{uuid4().hex}", ContentFile(content))
    return {"key": key, "size": len(content), "content_type": media_type, "filename": filename}


def make_session(conversation_id: str, **changes: Any) -> str:
    """A session's token for an hour; ``expires_at`` and ``revoked_at`` as wanted, all features unless ``features`` says which."""
    conversation = Conversation.objects.get(pk=conversation_id)
    features = changes.pop("features", FEATURES)
    fields = {"expires_at": timezone.now().replace(microsecond=0) + timedelta(hours=1), **changes}
    session = Session.objects.create(conversation=conversation, **fields)
    return issue_token(
        SessionClaims(
            conversation_id=conversation.pk, widget_id=conversation.widget_id, owner_id=str(conversation.owner_id), jti=session.pk,
            expires_at=session.expires_at, features=frozenset(features),
        )
    )  # fmt: skip


def forget_objects(conversation_id: str) -> None:
    """Delete a conversation with all that is in it."""
    Conversation.objects.filter(pk=conversation_id).delete()


def path_of(path: str, ids: Ids) -> str:
    """A route's path for these objects; what a widget takes is a picture."""
    return str(fill(path, {**ids, "file_id": ids["image_id"]} if "/integration/widget/" in path else ids))


def fill(value: Any, ids: Ids) -> Any:
    """``value`` with each ``{name}`` in its texts replaced by an id; a text that is nothing else may hold other braces."""
    if isinstance(value, str):
        for name, known in ids.items():
            value = value.replace("{" + name + "}", known)
        return value
    if isinstance(value, dict):
        return {key: fill(item, ids) for key, item in value.items()}
    return [fill(item, ids) for item in value] if isinstance(value, list) else value


def everything() -> dict[str, Any]:
    """Every row of every table, but for when a token was last used."""
    found = {}
    for model in apps.get_models():
        columns = [column.attname for column in model._meta.concrete_fields if column.name != "last_used_at"]
        found[model._meta.label] = list(model._default_manager.order_by("pk").values_list(*columns))
    connection.close()
    return found
