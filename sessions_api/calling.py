"""The ``Caller`` of a stored conversation: a call is a committed row before it runs, and its result after."""

import asyncio
import logging
import time
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.exceptions import ParseError

from bots.calling import run_ability
from bots.engines.base import Ability, CallResult, EngineError, Function
from sessions_api import reading
from sessions_api.call_operations import BeginCall, EndCalls, FinishCall, RunCall
from sessions_api.errors import Refused
from sessions_api.functions import kept
from sessions_api.log import Scene
from sessions_api.models import Call, Message, Session
from sessions_api.patience import within
from sessions_api.switchboard import Calling, Tap, switchboard
from sessions_api.threads import in_thread
from sessions_api.usage import Spent, record_usage

logger = logging.getLogger(__name__)
POLL_SECONDS = 1.0  # a doorbell may get lost
STORE_TRIES = 30
ENDED = (Call.State.DONE, Call.State.FAILED)
NO_ANSWER = "The visitor's page did not answer in time."
NOT_ASKED = "The visitor did not say yes or no in time."
NOBODY = "No visitor is there who could be asked."
NO_PAGE = "The page that has this function is not open."


class LoggedCaller:
    """Calls abilities and functions of the page for one attempt at a reply: at most once, whatever is killed meanwhile.

    ``attach`` it before it is called.
    """

    def __init__(self, reply: Message, scene: Scene) -> None:
        self._reply = reply
        self._scene = scene
        self._journal: Any = None
        self._taps: list[Tap] = []
        self._open: set[uuid.UUID] = set()

    def attach(self, journal: Any, taps: list[Tap]) -> None:
        """The journal of this process, and the HTTP streams that follow the reply."""
        self._journal, self._taps = journal, taps

    async def ready(self) -> None:
        """Raises EngineError("interrupted") where an earlier attempt may have changed something: a model that is asked again need not
        come to the same call, and then nobody would hear of it."""
        if self._reply.tries > 1 and await in_thread(_may_have_written)(self._reply):
            raise _interrupted()

    async def __call__(self, number: int, tool: Function | Ability, arguments: Mapping[str, Any]) -> CallResult:
        """As ``bots.engines.base.Caller`` says."""
        try:
            given = reading.storable(dict(arguments), "arguments")
        except ParseError as error:
            return CallResult(error=str(error.detail[0] if isinstance(error.detail, list) else error.detail))
        call = await self._begin(number, tool, given)
        ended = call if call.state in ENDED else await self._carry_out(call, tool, given)
        self._open.discard(ended.pk)
        return CallResult(ended.result) if ended.state == Call.State.DONE else CallResult(error=ended.error)

    async def end(self, lost: bool = False) -> None:
        """The reply has ended: nobody waits any more for what is still open. ``lost``: another attempt goes on with it."""
        for calling in switchboard.of(self._reply.pk, self._reply.attempt):
            (switchboard.forget if lost else switchboard.close)(calling)
        if lost or not (self._open or self._reply.tries > 1):  # an earlier attempt may have left some
            return
        try:
            await self._journal.run(EndCalls(self._reply.conversation_id, self._reply.pk, self._reply.attempt))
        except Exception as error:  # a later attempt takes them for what they are
            logger.warning("the calls of reply %s were not ended: %s", self._reply.pk, type(error).__name__)

    async def _begin(self, number: int, tool: Function | Ability, given: dict[str, Any]) -> Call:
        ability = isinstance(tool, Ability)
        writes = isinstance(tool, Ability) and tool.writes
        call = await self._commit(
            BeginCall(
                self._reply.conversation_id, self._reply.pk, self._reply.attempt, number,
                Call.Kind.ABILITY if ability else Call.Kind.FUNCTION, tool.name, given, writes,
                settings.CONFIRM_SECONDS if writes else settings.CALL_SECONDS,
            )
        )  # fmt: skip
        if call is None:
            raise _interrupted()
        self._open.add(call.pk)
        return call

    async def _carry_out(self, call: Call, tool: Function | Ability, given: dict[str, Any]) -> Call:
        if isinstance(tool, Function):
            return await self._answered(call, self._calling(call, settings.CALL_SECONDS), NO_ANSWER, NO_PAGE)
        if call.state == Call.State.ASKED:
            if call.result is not True:
                calling = self._calling(call, settings.CONFIRM_SECONDS, confirm=tool.description or tool.name)
                call = await self._answered(call, calling, NOT_ASKED, NOBODY)
            if call.state in ENDED:
                return call
            if not await self._commit(RunCall(call.conversation_id, call.pk, self._reply.attempt)):
                raise _interrupted()
        result = await run_ability(self._scene.owner_id, tool, given, self._scene.contact_id)
        if result.tokens:  # a bot that was asked
            scene, usage = self._scene, {"output": result.tokens, "model": tool.name}
            spent = Spent(scene.owner_id, "done", "ability", usage, scene.widget_id, scene.bot_id, call.conversation_id, is_reply=False)
            await record_usage(spent)
        return await self._finish(call, {"error": kept(result.error)} if result.error else {"result": kept(result.value)})

    async def _answered(self, call: Call, calling: Calling, late: str, alone: str) -> Call:
        """The call once the visitor's page, or the visitor, has answered; else with an error."""
        answered = await self._wait(call, calling, late, alone)  # broken off, it is closed by ``end``
        switchboard.close(calling)
        return answered

    async def _wait(self, call: Call, calling: Calling, late: str, alone: str) -> Call:
        if not await switchboard.open(calling) and not await in_thread(_has_session)(call.conversation_id):
            return await self._finish(call, {"error": alone})
        while (left := calling.deadline - time.monotonic()) > 0:
            try:
                await within(min(POLL_SECONDS, left), calling.bell.wait())
            except TimeoutError:
                await switchboard.again(calling)
            calling.bell.clear()
            found = await in_thread(_load)(call.pk)
            if found is None or found.attempt != self._reply.attempt:
                raise _interrupted()
            if found.state != call.state or found.result is not None:
                return found
        return await self._finish(call, {"error": late})

    async def _finish(self, call: Call, outcome: Mapping[str, Any]) -> Call:
        """What counts: the outcome, or what was there before. Tried for a while, because it may have been done already."""
        operation = FinishCall(call.conversation_id, call.pk, self._reply.attempt, outcome)
        for _ in range(STORE_TRIES):
            try:
                ended: Call | None = await self._journal.run(operation)
            except Refused as refusal:
                if refusal.code != "unavailable":
                    break
                await asyncio.sleep(1)
                continue
            if ended is None:
                break
            return ended
        raise _interrupted()

    async def _commit(self, operation: Any) -> Any:
        try:
            return await self._journal.run(operation)
        except Refused as refusal:
            if refusal.code == "unavailable":
                raise EngineError("unavailable", retryable=True, cause=refusal.message) from None
            raise _interrupted() from None

    def _calling(self, call: Call, seconds: float, confirm: str = "") -> Calling:
        return Calling(
            id=call.pk, reply_id=self._reply.pk, attempt=self._reply.attempt, conversation_id=call.conversation_id, name=call.name, arguments=call.arguments,
            tab=(self._reply.options or {}).get("tab", ""), deadline=time.monotonic() + seconds, confirm=confirm, taps=self._taps,
        )  # fmt: skip


def _interrupted() -> EngineError:
    return EngineError("interrupted", retryable=True, cause="Nobody knows whether a call has been carried out")


def _load(pk: uuid.UUID) -> Call | None:
    return Call.objects.filter(pk=pk).first()


def _may_have_written(reply: Message) -> bool:
    """Whether a call that writes was begun since a visitor last asked for the reply, and has no end."""
    begun = Call.objects.filter(reply_id=reply.pk, writes=True, state=Call.State.OPEN)
    return begun.filter(attempt__gt=reply.attempt - reply.tries, attempt__lt=reply.attempt).exists()


def _has_session(conversation_id: uuid.UUID) -> bool:
    """Whether a visitor may come back to it."""
    alive = Session.objects.filter(conversation_id=conversation_id, revoked_at=None, expires_at__gt=timezone.now())
    return alive.exists()
