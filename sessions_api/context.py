"""What a reply is made from: the bot, its instructions, the widget's features, the caller's options and the conversation so far."""

import uuid
from dataclasses import dataclass
from typing import Any

from bots.engines.base import Ability, Attachment, Engine, HistoryItem, Search, Turn
from bots.engines.knowledge.smalltalk import recognize
from bots.engines.registry import DEFAULT_MODEL, get_engine
from bots.retrieval.inline import InlineRecord, InlineSearch
from bots.search import search_of
from rendering import Features
from sessions_api.attachments import texts_of
from sessions_api.channels import OwnChannels
from sessions_api.contact_book import contact_note
from sessions_api.entities import replaced
from sessions_api.log import Scene
from sessions_api.minds import Mind, NoBot, abilities_in, mind_of
from sessions_api.models import Contact, Message
from sessions_api.options import Options, abilities_of, features_of, functions_of, limits_of
from sessions_api.recent import History, recent
from sessions_api.spoken import ROLES, spoken
from sessions_api.threads import in_thread
from widgets.config import aeffective_of, rendering_features

__all__ = ["Context", "NoBot", "Surroundings", "load_context", "make_turn"]

HISTORY = 40  # messages; the token budget of a provider comes with providers
SHOWN = ("stream", "verbose", "tools", "unfurl", "math", "carousel", "form", "attachments")
REFUSED = ("refuse", "insult")  # kinds of messages that a moderated bot does not get to read


@dataclass(frozen=True)
class Context:
    """``engine`` makes the reply of ``turn``; ``stream`` and ``verbose`` say what visitors see of the making."""

    engine: Engine
    turn: Turn
    features: Features
    stream: bool = True
    verbose: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What is known besides the talk: whose it is, with whom, from where, through which widget's features."""

    owner_id: Any = None
    contact_id: uuid.UUID | None = None
    language: str = ""
    time_zone: str = ""
    features: frozenset[str] = frozenset()
    tools: bool = True
    attachments: tuple[Attachment, ...] = ()


async def load_context(scene: Scene, reply: Message) -> Context:
    """Everything that ``reply`` needs, from memory where it is there. Raises ``NoBot`` and ``EngineError``."""
    widget = await aeffective_of(scene.widget_id) if scene.widget_id else None
    mind = await mind_of(widget, scene.bot_id, reply.conversation_id)
    files = await in_thread(texts_of)(reply.conversation_id) if widget is None or widget.attachments else ()
    around = Surroundings(
        owner_id=scene.owner_id, contact_id=scene.contact_id, language=scene.language, time_zone=scene.time_zone,
        features=frozenset(name for name in SHOWN if widget and getattr(widget, name)), tools=widget is None or widget.tools,
        attachments=tuple(Attachment(*file) for file in files),
    )
    engine, turn = await make_turn(mind, await _history(reply), around, reply.options or {})
    if widget is None:
        return Context(engine, turn, Features(), verbose=True)
    return Context(engine, turn, rendering_features(widget), stream=widget.stream, verbose=widget.verbose)


async def make_turn(mind: Mind, history: History, around: Surroundings, options: Options) -> tuple[Engine, Turn]:
    """The engine and what it is given. Raises ``EngineError`` and ValueError for an unknown model."""
    model = mind.model or DEFAULT_MODEL
    if mind.moderation and _is_refused(history, around.language):
        model = DEFAULT_MODEL  # answers such messages by rule; no language model gets to read them
    engine, settings = get_engine(model)
    abilities: tuple[Ability, ...] = ()
    if mind.skillset_id and around.tools:
        abilities = await in_thread(abilities_in)(mind.skillset_id)
    note = await in_thread(_note)(around.contact_id) if around.contact_id else ""
    extensions = options.get("extensions", {})
    return engine, Turn(
        history=history,
        instructions="\n\n".join(filter(None, (mind.backstory, extensions.get("backstory", ""), note))),
        model=model,
        options=settings,
        language=around.language,
        features=around.features,
        search=_search(mind, extensions.get("datasets", ())),
        functions=functions_of(options),
        abilities=(*abilities, *abilities_of(options)),
        attachments=around.attachments,
        extra_features=features_of(options),
        limits=limits_of(options),
        time_zone=options.get("timeZone") or around.time_zone,
        channels=OwnChannels(around.owner_id) if around.owner_id else None,
    )


def _search(mind: Mind, datasets: Any) -> Search | None:
    own = search_of(mind.dataset_id) if mind.dataset_id else None
    records = [
        InlineRecord(record["text"], _text_in(record, "title"), _text_in(record, "url") or _text_in(record, "source"))
        for dataset in datasets
        for record in dataset["records"]
    ]
    return InlineSearch(records, own) if records else own


def _text_in(record: dict[str, Any], key: str) -> str:
    """A title or address that the caller put into a record's meta."""
    value = record.get("meta", {}).get(key)
    return value[:300] if isinstance(value, str) else ""


def _is_refused(history: History, language: str) -> bool:
    question = next((item.text for item in reversed(history) if item.type == "user"), "")
    found = recognize(question, language) if question else None
    return found is not None and found.kind in REFUSED


def _note(contact_id: uuid.UUID) -> str:
    """What the operator knows of the person's wishes."""
    return contact_note(Contact.objects.filter(pk=contact_id).first())


async def _history(reply: Message) -> History:
    """The visible talk before the reply, its question last."""
    question = Message.question.is_cached(reply) and reply.question
    if question:
        before = recent.before(reply.conversation_id, question.position)
        if before is not None:
            return (*before[1 - HISTORY :], HistoryItem("user", replaced(question.text, question.entities)))
    return await in_thread(_read_history)(reply)


def _read_history(reply: Message) -> History:
    rows = (
        Message.objects.filter(conversation_id=reply.conversation_id, position__lt=reply.position, type__in=ROLES, deleted=False)
        .exclude(text="")
        .order_by("-position")
        .values_list("type", "text", "entities")[:HISTORY]
    )
    return spoken(reversed(rows))
