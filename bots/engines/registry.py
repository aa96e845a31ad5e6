"""Which engine a model string means: `knowledge`, `provider:name`, `provider:name/key=value/…`."""

from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from .base import Engine

DEFAULT_MODEL = "knowledge"
ENGINES: dict[str, str] = {"knowledge": "bots.engines.knowledge.engine.KnowledgeEngine"}


@dataclass(frozen=True)
class Model:
    """A model string, taken apart."""

    provider: str
    name: str = ""
    options: dict[str, str] = field(default_factory=dict)


def parse_model(model: str) -> Model:
    """Take a model string apart and check it; an empty one is `knowledge`. Raises ValueError naming what is allowed."""
    head, *rest = (model.strip() or DEFAULT_MODEL).split("/")
    while rest and "=" not in rest[0]:  # names may hold slashes: "meta-llama/Llama-3"
        head += "/" + rest.pop(0)
    provider, _, name = head.partition(":")
    options: dict[str, str] = {}
    for part in rest:
        key, equals, value = part.partition("=")
        if not (key and equals and value):
            raise ValueError(f"model: “{part}” is not key=value")
        if key in options:
            raise ValueError(f"model: the option “{key}” is given twice")
        options[key] = value
    engines = available_engines()
    if provider not in engines:
        raise ValueError(f"model: unknown engine “{provider}”; allowed: {', '.join(sorted(engines))}")
    _load(engines[provider]).check(name, options)
    return Model(provider, name, options)


def get_engine(model: str) -> tuple[Engine, dict[str, str]]:
    """The engine for a model string, and its options. Raises ValueError as `parse_model` does."""
    parsed = parse_model(model)
    return _load(available_engines()[parsed.provider]), parsed.options


def available_engines() -> dict[str, str]:
    """Provider name to dotted class path: the built-in ones and those of `settings.EXTRA_ENGINES`."""
    return {**ENGINES, **getattr(settings, "EXTRA_ENGINES", {})}


@lru_cache
def _load(path: str) -> Engine:
    engine: Engine = import_string(path)()
    return engine
