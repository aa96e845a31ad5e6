"""Which columns hold what operators keep secret, and encrypting all of it anew when the key changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models

from accounts.seal import SealError, seal, unseal

SEALED: dict[str, tuple[type[models.Model], str]] = {}  # apps add theirs with `register`


@dataclass(frozen=True)
class Resealed:
    """What became of one secret; ``error`` says why it could not be read."""

    row: str
    error: str = ""


def register(model: type[models.Model], field: str) -> None:
    """Say that ``field`` is sealed for its row's primary key."""
    SEALED[f"{model._meta.label}.{field}"] = (model, field)


def reseal_all() -> Iterator[Resealed]:
    """Encrypt with the first of SECRETS_KEYS what was encrypted with another. One that is changed meanwhile stays as changed."""
    first = next(iter(settings.SECRETS_KEYS))
    for label, (model, field) in sorted(SEALED.items()):
        old = model._default_manager.exclude(**{field: ""}).exclude(**{f"{field}__startswith": f"{first}."})
        for pk, sealed in list(old.order_by("pk").values_list("pk", field)):
            yield _reseal(model, field, pk, sealed, f"{label} of {pk}")


def _reseal(model: type[models.Model], field: str, pk: Any, sealed: str, row: str) -> Resealed:
    try:
        text = unseal(sealed, str(pk))
    except SealError as error:
        return Resealed(row, str(error))
    model._default_manager.filter(pk=pk, **{field: sealed}).update(**{field: seal(text, str(pk))})
    return Resealed(row)
