"""Whether a provider answers: asks for the names of its models, with its key."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from asgiref.sync import async_to_sync
from django.utils import timezone

from bots.engines.base import EngineError, ProviderAccess
from bots.engines.providers.base import Client
from bots.engines.providers.clients import client_for
from bots.models import Provider
from bots.providers import access_of_row

logger = logging.getLogger(__name__)
TEST_SECONDS = 15
ERROR_CHARACTERS = 300
SENTENCES = {
    "provider_key": "The key is refused. ",
    "no_model": "There is no such API at this address. ",
    "rate": "It answers, but no more now. ",
    "unavailable": "It cannot be reached. ",
    "timeout": "It does not answer in time. ",
    "broken": "What answers there is no such API. ",
}


@dataclass(frozen=True)
class Tested:
    """Names of models, or why there are none."""

    provider: Provider
    models: tuple[str, ...] = ()
    error: str = ""


def try_connections(providers: Sequence[Provider]) -> list[Tested]:
    """Ask all at once, and keep the results. Takes up to 15 seconds: call it outside of transactions."""
    tested = async_to_sync(_ask_all)([_way(provider) for provider in providers])
    results = [Tested(provider, *result) for provider, result in zip(providers, tested, strict=True)]
    for result in results:
        _keep(result)
    return results


@dataclass(frozen=True)
class _Way:
    client: Client
    access: ProviderAccess


def _way(provider: Provider) -> _Way | EngineError:
    try:
        return _Way(client_for(provider.kind), access_of_row(provider))
    except EngineError as error:
        return error


async def _ask_all(ways: Sequence[_Way | EngineError]) -> list[tuple[tuple[str, ...], str]]:
    return await asyncio.gather(*map(_ask, ways))


async def _ask(way: _Way | EngineError) -> tuple[tuple[str, ...], str]:
    if isinstance(way, EngineError):
        return (), way.cause[:ERROR_CHARACTERS]
    try:
        async with asyncio.timeout(TEST_SECONDS):
            return await way.client.models(way.access), ""
    except TimeoutError:
        return (), f"{SENTENCES['timeout']}Nothing came within {TEST_SECONDS} seconds."
    except EngineError as error:
        cause = error.cause or error.code
        end = "" if cause.endswith((".", "?", "!")) else "."
        return (), f"{SENTENCES.get(error.code, '')}{cause}{end}"[:ERROR_CHARACTERS]
    except Exception:
        logger.exception("test of a connection")
        return (), "The test failed inside of this server; its log says why."


def _keep(tested: Tested) -> None:
    """The result belongs to the settings that were tested, not to what somebody has saved meanwhile."""
    provider = tested.provider
    provider.tested_at, provider.test_error = timezone.now(), tested.error
    same = Provider.objects.filter(pk=provider.pk, kind=provider.kind, base_url=provider.base_url, key=provider.key)
    same.update(tested_at=provider.tested_at, test_error=provider.test_error)
