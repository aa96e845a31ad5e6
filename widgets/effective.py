"""What a widget is, with everything inherited and defaulted: plain data, made by five queries."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from bots.models import Bot
from widgets.fields import DEFAULTS, given_by
from widgets.languages import known_languages
from widgets.models import LanguageMap, WidgetIntegration
from widgets.origins import OriginEntry, parse_origins
from widgets.pictures import Picture, load_pictures
from widgets.texts import shown_texts, source_language
from widgets.themes import Theme, parse_theme

NOWHERE = (OriginEntry("https", "origin.invalid", 443),)


@dataclass(frozen=True)
class Effective:
    """The widget's own values, else its blueprint's, else the defaults.

    ``version`` grows with every change of the widget, its blueprint, its bot or its languages (microseconds); ``bot_id`` is the
    widget's bot, else its blueprint's, else None; ``translations`` are the texts that count in other languages, by code and field.
    """

    id: UUID
    owner_id: int
    version: int
    enabled: bool
    bot_id: UUID | None
    bot_name: str
    bot_model: str
    bot_backstory: str
    bot_dataset_id: UUID | None
    bot_skillset_id: UUID | None
    bot_privacy: bool
    bot_moderation: bool
    bot_moderation_words: str
    blueprint_id: UUID | None
    origins: tuple[OriginEntry, ...]
    pictures: tuple[Picture, ...]
    translations: Mapping[str, Mapping[str, str]]
    theme: str
    layout: str
    title: str
    intro: str
    initial: str
    placeholder: str
    origin: str
    session_duration: int
    language: str
    plugins: str
    stream: bool
    verbose: bool
    tools: bool
    unfurl: bool
    math: bool
    carousel: bool
    form: bool
    attachments: bool
    auto_scroll: bool
    start_first: bool
    contact_collection: bool
    export_conversation: bool
    restart_conversation: bool
    maximize: bool
    message_peek: bool
    voice_in: bool
    voice_out: bool
    powered_by: bool

    @property
    def parsed_theme(self) -> Theme:
        """The theme, taken apart."""
        return parse_theme(self.theme)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages it was set up for; empty where none is named."""
        return known_languages(self.language)

    def localized(self, language: str) -> "Effective":
        """With its texts in ``language``, as far as it has them; the others, and all in the first language, stay as they were written."""
        texts: Mapping[str, Any] = {} if language in self.languages[:1] else self.translations.get(language, {})
        return replace(self, **texts) if texts else self


def effective_values(widget: WidgetIntegration) -> dict[str, Any]:
    """Every inheritable field of ``widget`` by its name, and ``bot_id``; reads the blueprint."""
    inherited = given_by(widget.blueprint.widget_defaults) if widget.blueprint else {}
    values = {
        name: _first(getattr(widget, name), inherited.get(name), default)
        for name, default in DEFAULTS.items()
    }
    return values | {"bot_id": _first(widget.bot_id, inherited.get("bot_id"), None)}


def load_effective(widget_id: UUID) -> Effective | None:
    """The widget as it is in the database now; None where there is none, or its owner was deactivated."""
    widget = (
        WidgetIntegration.objects.select_related("blueprint")
        .filter(pk=widget_id, owner__is_active=True)
        .first()
    )
    if widget is None:
        return None
    values = effective_values(widget)
    bot = (
        Bot.objects.filter(pk=values.pop("bot_id"), owner_id=widget.owner_id)
        .only("id", "name", "model", "backstory", "dataset_id", "skillset_id", "privacy", "moderation", "moderation_words", "updated_at")
        .first()
    )
    maps = list(LanguageMap.objects.filter(widget_id=widget.pk))
    language = source_language(known_languages(values["language"]))
    touched = [item.updated_at for item in (widget, widget.blueprint, bot, *maps) if item is not None]
    return Effective(
        id=widget.pk,
        owner_id=widget.owner_id,
        version=int(max(touched).timestamp() * 1_000_000),
        enabled=widget.enabled,
        bot_id=bot.pk if bot else None,
        bot_name=bot.name if bot else "",
        bot_model=bot.model if bot else "",
        bot_backstory=bot.backstory if bot else "",
        bot_dataset_id=bot.dataset_id if bot else None,
        bot_skillset_id=bot.skillset_id if bot else None,
        bot_privacy=bool(bot and bot.privacy),
        bot_moderation=bool(bot and bot.moderation),
        bot_moderation_words=(bot.moderation_words if bot else None) or "",
        blueprint_id=widget.blueprint_id,
        origins=_origins(values["origin"]),
        pictures=load_pictures(widget.pk),
        translations={row.language: shown_texts(row.texts, row.hashes, row.overrides, values, language) for row in maps},
        **values,
    )


def _first(own: Any, inherited: Any, default: Any) -> Any:
    return own if own is not None else inherited if inherited is not None else default


def _origins(text: str) -> tuple[OriginEntry, ...]:
    try:
        return parse_origins(text)
    except ValueError:
        return NOWHERE
