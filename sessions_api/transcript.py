"""A conversation as a file: Markdown, plain text or JSON, written page by page."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rendering import Features, plain_text
from sessions_api.models import Conversation, Message
from sessions_api.wire import ms

PAGE_ROWS = 200
COMPONENTS = Features(carousel=True, form=True)


@dataclass(frozen=True)
class Names:
    """What the conversation and who answers in it are called; an operator's own names are not for visitors."""

    title: str = "Conversation"
    bot: str = "Bot"


@dataclass(frozen=True)
class Format:
    """How a file is written: its beginning, each message, what stands between two, its end."""

    suffix: str
    content_type: str
    begin: Callable[[Conversation, Names], str]
    message: Callable[[Message, Names], str]
    between: str = "\n\n"
    end: str = "\n"


def transcript(conversation: Conversation, kind: Format, everything: bool) -> Iterator[str]:
    """The file in pieces. ``everything``: also what visitors do not see. Replies that are being written are left out."""
    names = _names(conversation) if everything else Names()
    yield kind.begin(conversation, names)
    rows = Message.objects.filter(conversation=conversation, deleted=False).exclude(
        status__in=(Message.Status.OPEN, Message.Status.QUEUED)
    )
    if not everything:
        rows = rows.filter(type__in=Message.VISIBLE_TYPES, hidden=False)
    position = 0
    first = True
    while page := list(rows.filter(position__gt=position).order_by("position")[:PAGE_ROWS]):
        for message in page:
            yield ("" if first else kind.between) + kind.message(message, names)
            first = False
        position = page[-1].position
    yield kind.end


def _names(conversation: Conversation) -> Names:
    known = Names()
    bot = conversation.bot.name if conversation.bot else ""
    return Names(conversation.name or known.title, bot or known.bot)


def _who(message: Message, names: Names) -> str:
    if message.type == Message.Type.USER:
        return "Visitor"
    return names.bot if message.type == Message.Type.BOT else str(message.get_type_display())


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _markdown(message: Message, names: Names) -> str:
    sources = "\n".join(f"- {_source(source)}" for source in message.sources)
    head = f"**{_who(message, names)}** · {_when(message.created_at)}"
    return f"{head}\n\n{message.text}" + (f"\n\nSources:\n\n{sources}" if sources else "")


def _source(source: dict[str, str]) -> str:
    return f"[{source['title']}]({source['url']})" if source.get("url") else source["title"]


def _plain(message: Message, names: Names) -> str:
    text = plain_text(message.text, COMPONENTS) if message.type == Message.Type.BOT else message.text
    sources = "".join(f"\nSource: {' '.join(filter(None, (source['title'], source.get('url'))))}" for source in message.sources)
    return f"{_who(message, names)}, {_when(message.created_at)}\n{text}{sources}"


def _object(message: Message, _names: Names) -> str:
    shape: dict[str, Any] = {
        "id": str(message.pk), "type": message.type, "text": message.text, "createdAt": ms(message.created_at), "status": message.status,
    }  # fmt: skip
    return json.dumps(shape | ({"sources": message.sources} if message.sources else {}))


def _opening(conversation: Conversation, _names: Names) -> str:
    shape = {"id": str(conversation.pk), "createdAt": ms(conversation.created_at)}
    return json.dumps(shape)[:-1] + ', "messages": [\n'


FORMATS = {
    "markdown": Format("md", "text/markdown", lambda item, names: f"# {names.title}\n\n{_when(item.created_at)}\n\n", _markdown),
    "text": Format("txt", "text/plain", lambda item, names: f"{names.title}\n{_when(item.created_at)}\n\n", _plain),
    "json": Format("json", "application/json", _opening, _object, between=",\n", end="\n]}\n"),
}
