"""The translation of one widget into one language, and when it is tried again."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connections

from widgets import setup_claims
from widgets.setup_claims import Claim
from widgets.slots import Slot, slot
from widgets.translating import NO_TRANSLATOR, translate_texts
from widgets.translators.base import TranslatorError
from widgets.translators.registry import NONE

BACKOFF_SECONDS = 2.0
BACKOFF_SECONDS_MAX = 300.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Again:
    """To be asked for once more after so many seconds."""

    seconds: float


FULL = Again(0)  # every place was taken: whoever gives one back asks for what waits


def translate_language(row_id: UUID) -> Again | None:
    """Translate what a row waits for, and store it. None where that is done, or somebody else's business."""
    with slot(setup_claims.CLAIM_SECONDS) as place:
        if place is None:
            return FULL
        claim = setup_claims.take_claim(row_id)
        if claim is None:
            return None
        if settings.TRANSLATOR == NONE:
            setup_claims.finish(claim, None, NO_TRANSLATOR)
            return None
        try:
            texts = asyncio.run(_translated(claim, place))
        except TranslatorError as error:
            return _fail(claim, error)
        except Exception:
            logger.exception("the language %s of the widget %s could not be translated", claim.target, claim.widget_id)
            return _fail(claim, TranslatorError("Something went wrong here; the log says what.", retryable=True))
        setup_claims.finish(claim, texts)
        return None


async def _translated(claim: Claim, place: Slot) -> dict[str, str]:
    async with _signs_of_life(lambda: _keep(claim, place)):
        return await translate_texts(claim.texts, claim.source, claim.target, claim.owner_id, claim.widget_id)


@asynccontextmanager
async def _signs_of_life(keep: Callable[[], None]) -> AsyncIterator[None]:
    async def beat() -> None:
        while True:
            await asyncio.sleep(setup_claims.CLAIM_SECONDS / 3)
            try:
                await asyncio.to_thread(keep)
            except Exception:  # database or cache are away: the work may still be finished
                logger.warning("a claim could not be renewed", exc_info=True)

    beating = asyncio.ensure_future(beat())
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating


def _keep(claim: Claim, place: Slot) -> None:
    try:
        place.keep()
        setup_claims.keep_claim(claim)
    finally:
        connections.close_all()  # nobody else ends what a thread of the pool has opened


def _fail(claim: Claim, error: TranslatorError) -> Again | None:
    hopeless = not error.retryable or claim.attempt >= settings.TRANSLATOR_ATTEMPTS
    seconds = None if hopeless else _backoff(claim.attempt, error.retry_after)
    held = setup_claims.fail(claim, error.cause, seconds)
    return Again(seconds) if held and seconds is not None else None


def _backoff(attempt: int, retry_after: float | None) -> float:
    # Scattered, so that 45 languages do not come back together.
    usual = BACKOFF_SECONDS * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311  # nosec B311
    return min(max(usual, retry_after or 0), BACKOFF_SECONDS_MAX)
