"""Background services of a web process: journal, sweeper, hub, embedded Celery worker.

They start with the first ASGI scope, not with the lifespan, because not every ASGI server has one, and once however often
they are asked. Stopping has two steps: ``drain_all`` while the sockets are still open, ``stop_all`` when they are closed.
"""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

logger = logging.getLogger(__name__)

STOP_SECONDS = 1.5  # each step as a whole, so that Ctrl-C ends everything within five
Hook = Callable[[], Awaitable[None] | None]


@dataclass(frozen=True)
class Service:
    """Hooks are async, or plain and then run in a thread; ``drain`` runs before the server closes its connections."""

    start: Hook
    stop: Hook
    drain: Hook | None = None


class Background:
    """The services of one process, bound to the event loop that started them."""

    def __init__(self) -> None:
        self._services: list[Service] = []
        self._running: list[Service] = []
        self._starting: asyncio.Future[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def started(self) -> bool:
        """Whether the services run on the current event loop; cheap enough to ask at every scope."""
        return self._loop is asyncio.get_running_loop() and self._starting is None

    def register(self, start: Hook, stop: Hook, drain: Hook | None = None) -> None:
        """Add a service; a second registration of the same ``start`` is ignored. They start in this order and stop in the other."""
        if all(service.start != start for service in self._services):
            self._services.append(Service(start, stop, drain))

    async def ensure_started(self) -> None:
        """Start what is not running yet; who comes while that happens waits for it. An error of ``start`` is raised."""
        if self.started:
            return
        if self._loop is asyncio.get_running_loop() and self._starting is not None:
            await asyncio.shield(self._starting)
            return
        self._loop = asyncio.get_running_loop()
        self._starting = self._loop.create_future()
        try:
            for service in self._services:
                await _call(service.start)
                self._running.append(service)
            self._starting.set_result(None)
        except BaseException:
            self._loop = None
            self._starting.cancel()  # who waits asks again
            raise
        finally:
            self._starting = None

    async def drain_all(self) -> None:
        """Let services say good-bye on connections that are still open."""
        drains = [service.drain for service in reversed(self._running) if service.drain]
        await _within(STOP_SECONDS, drains)

    async def stop_all(self) -> None:
        """Stop what runs, last started first; an error of one is logged and does not keep the others."""
        running, self._running, self._loop = self._running, [], None
        await _within(STOP_SECONDS, [service.stop for service in reversed(running)])


async def _call(hook: Hook) -> None:
    if inspect.iscoroutinefunction(hook):
        await hook()
    else:
        await asyncio.to_thread(hook)


async def _within(seconds: float, hooks: list[Hook]) -> None:
    try:
        async with asyncio.timeout(seconds):
            for hook in hooks:
                try:
                    await _call(hook)
                except Exception:
                    logger.exception("A background service did not stop cleanly")
    except TimeoutError:
        logger.error("Background services took longer than %s s to stop", seconds)


background = Background()
register = background.register
ensure_started = background.ensure_started
drain_all = background.drain_all
stop_all = background.stop_all
