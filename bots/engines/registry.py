"""Which engine a model string means: `knowledge`, `provider:name`, `provider:name/key=value/…`."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from .base import Engine, EngineError, ProviderAccess
from .providers.options import read_options

DEFAULT_MODEL = "knowledge"
ENGINES: dict[str, str] = {"knowledge": "bots.engines.knowledge.engine.KnowledgeEngine"}
PROVIDER_ENGINE = "bots.engines.providers.engine.ProviderEngine"
NAME = re.compile(r"[\w.:@+-]+(?:/[\w.:@+-]+)*")


@dataclass(frozen=True)
class Model:
    """A model string, taken apart."""

    provider: str
    name: str = ""
    options: dict[str, str] = field(default_factory=dict)


def parse_model(model: str) -> Model:
    """Take a model string apart; an empty one is `knowledge`. Raises ValueError naming what is allowed.

    An engine that is here checks name and options too. Any other name is a language model's, whose options are checked; whether its
    provider is here shows when it is asked: an operator may bring bots along before their provider is set up.
    """
    head, *rest = (model.strip() or DEFAULT_MODEL).split("/")
    while rest and "=" not in rest[0]:  # names may hold slashes: "meta-llama/Llama-3"
        head += "/" + rest.pop(0)
    if not NAME.fullmatch(head):
        raise ValueError("model: must be a name, and may have options behind it: name/key=value/key=value")
    provider, _, name = head.partition(":")
    options: dict[str, str] = {}
    for part in rest:
        key, equals, value = part.partition("=")
        if not (key and equals and value) or re.search(r"\s", part):
            raise ValueError(f"model: “{part}” is not key=value")
        if key in options:
            raise ValueError(f"model: the option “{key}” is given twice")
        options[key] = value
    engines = available_engines()
    if provider in engines:
        _load(engines[provider]).check(name, options)
    else:
        read_options(options)
    return Model(provider, name, options)


def get_engine(model: str, access: ProviderAccess | None = None) -> tuple[Engine, dict[str, str]]:
    """The engine for a model string, and its options; with `access` that of language models.

    Raises `EngineError("no_model")` where none is here that takes it.
    """
    engines = available_engines()
    try:
        parsed = parse_model(model)
    except ValueError as error:
        raise EngineError("no_model", retryable=False, cause=str(error)) from None
    if access is not None:
        return _load(PROVIDER_ENGINE), parsed.options
    if parsed.provider not in engines:
        cause = f"There is no engine for the model “{model}”; available: {', '.join(sorted(engines))}"
        raise EngineError("no_model", retryable=False, cause=cause)
    return _load(engines[parsed.provider]), parsed.options


def available_engines() -> dict[str, str]:
    """Provider name to dotted class path: the built-in ones and those of `settings.EXTRA_ENGINES`."""
    return {**ENGINES, **getattr(settings, "EXTRA_ENGINES", {})}


@lru_cache
def _load(path: str) -> Engine:
    engine: Engine = import_string(path)()
    return engine
