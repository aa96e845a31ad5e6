"""What a reply is made from: the bot, its instructions, the widget's features, the caller's options and the conversation so far."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings

from bots.engines.base import Ability, Attachment, Caller, Engine, Function, Search, Turn
from bots.engines.guarded import Guard, guarded
from bots.engines.knowledge.smalltalk import recognize
from bots.engines.providers.options import read_options
from bots.engines.registry import DEFAULT_MODEL
from bots.providers import Chosen, choose
from bots.retrieval.inline import InlineRecord, InlineSearch
from bots.search import search_of
from rendering import Features
from sessions_api.attachments import files_of
from sessions_api.budgets import check_budget
from sessions_api.calling import LoggedCaller
from sessions_api.channels import OwnChannels
from sessions_api.checkpoints import Fullness
from sessions_api.contact_book import contact_note
from sessions_api.functions import functions_of_page
from sessions_api.log import Scene
from sessions_api.minds import Mind, NoBot, abilities_in, mind_of
from sessions_api.models import Contact, Conversation, Message
from sessions_api.options import Options, abilities_of, features_of, functions_of, limits_of
from sessions_api.recent import History
from sessions_api.talk import talk_before
from sessions_api.threads import in_thread
from widgets.config import aeffective_of, rendering_features
from widgets.effective import Effective
from widgets.languages import choose_language, wanted_languages

__all__ = ["Context", "NoBot", "Surroundings", "load_context", "make_turn"]

SHOWN = ("stream", "verbose", "tools", "unfurl", "math", "carousel", "form", "attachments")
REFUSED = ("refuse", "insult")  # kinds of messages that a moderated bot does not get to read


@dataclass(frozen=True)
class Context:
    """``engine`` makes the reply of ``turn``; ``stream`` and ``verbose`` say what visitors see of the making.

    ``fullness`` is there for a talk that a language model reads.
    """

    engine: Engine
    turn: Turn
    features: Features
    stream: bool = True
    verbose: bool = False
    fullness: Fullness | None = None
    private: bool = False  # texts stay out of logs


@dataclass(frozen=True)
class Surroundings:
    """What is known besides the talk: whose it is, with whom, from where, through which widget's features, on which page."""

    owner_id: Any = None
    contact_id: uuid.UUID | None = None
    language: str = ""
    time_zone: str = ""
    features: frozenset[str] = frozenset()
    tools: bool = True
    attachments: tuple[Attachment, ...] = ()
    functions: tuple[Function, ...] = ()
    page: Mapping[str, Any] = field(default_factory=dict)
    call: Caller | None = None
    tokens: int = 0  # that a language model may write, 0: as many as it likes


async def load_context(scene: Scene, reply: Message) -> Context:
    """Everything that ``reply`` needs, from memory where it is there. Raises ``NoBot`` and ``EngineError``."""
    widget = await aeffective_of(scene.widget_id) if scene.widget_id else None
    mind = await mind_of(widget, scene.bot_id, reply.conversation_id)
    chosen = await choose(mind.model or DEFAULT_MODEL, scene.owner_id)
    tools, fullness, allowed = widget is None or widget.tools, None, 0
    if chosen.access is not None:
        allowed = await check_budget(scene.owner_id, scene.widget_id, reply.conversation_id)
        fullness = Fullness(chosen, read_options(chosen.options).context or settings.CONTEXT_TOKENS, mind.model)
    attached = widget is None or widget.attachments
    files = await in_thread(files_of)(reply.conversation_id, chosen.access is not None) if attached else ()
    page, functions = await in_thread(_site)(reply.conversation_id) if widget and mind.model not in ("", DEFAULT_MODEL) else ({}, ())
    around = Surroundings(
        owner_id=scene.owner_id, contact_id=scene.contact_id, language=_language(widget, scene), time_zone=scene.time_zone,
        features=frozenset(name for name in SHOWN if widget and getattr(widget, name)), tools=tools, attachments=tuple(files),
        functions=functions if tools else (), page=page, call=LoggedCaller(reply, scene), tokens=allowed,
    )
    history = await talk_before(reply, fullness.most_tokens if fullness else 0)
    engine, turn = await make_turn(mind, chosen, history, around, reply.options or {})
    if widget is None:
        return Context(engine, turn, Features(), verbose=True, fullness=fullness, private=mind.privacy)
    return Context(
        engine, turn, rendering_features(widget), stream=widget.stream, verbose=widget.verbose, fullness=fullness, private=mind.privacy
    )


async def make_turn(mind: Mind, chosen: Chosen, history: History, around: Surroundings, options: Options) -> tuple[Engine, Turn]:
    """The engine and what it is given. Raises ``EngineError``."""
    guard = Guard(mind.moderation, mind.moderation_words, chosen.access, mind.privacy)
    model = mind.model or DEFAULT_MODEL
    if mind.moderation and _is_refused(history, around.language):
        model, chosen = DEFAULT_MODEL, await choose(DEFAULT_MODEL, None)  # answers such messages by rule; no language model gets to read them
    abilities: tuple[Ability, ...] = ()
    if mind.skillset_id and around.tools:
        abilities = await in_thread(abilities_in)(mind.skillset_id)
    note = await in_thread(_note)(around.contact_id) if around.contact_id else ""
    extensions, limits = options.get("extensions", {}), limits_of(options)
    own = functions_of(options)
    names = {function.name for function in own}
    return guarded(chosen.engine, guard), Turn(
        history=history,
        instructions="\n\n".join(filter(None, (mind.backstory, extensions.get("backstory", ""), note))),
        model=model,
        options=chosen.options,
        language=around.language,
        features=around.features,
        search=_search(mind, extensions.get("datasets", ())),
        functions=(*own, *(function for function in around.functions if function.name not in names)),
        abilities=(*abilities, *abilities_of(options)),
        attachments=around.attachments,
        extra_features=features_of(options),
        limits=replace(limits, tokens=around.tokens),
        time_zone=options.get("timeZone") or around.time_zone,
        channels=OwnChannels(around.owner_id) if around.owner_id else None,
        access=chosen.access,
        call=around.call,
        page=around.page,
    )


def _language(widget: Effective | None, scene: Scene) -> str:
    """What the visitor wants, of what the widget offers where it names languages; else what is wanted first, whatever it is."""
    wanted = wanted_languages(scene.language)
    if widget is not None and widget.languages:
        return choose_language(wanted, widget.languages)
    return wanted[0] if wanted else scene.language.partition(",")[0]


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


def _site(conversation_id: uuid.UUID) -> tuple[dict[str, Any], tuple[Function, ...]]:
    """What the visitor's page said of itself, and what it can do."""
    page, functions = Conversation.objects.filter(pk=conversation_id).values_list("page", "functions").first() or (None, None)
    return page or {}, functions_of_page(functions)
