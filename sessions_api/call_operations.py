"""What can happen to a call of a function or an ability. Each runs in the journal's transaction; the first result counts."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sessions_api.errors import Refused
from sessions_api.log import Log
from sessions_api.models import Call, Message
from sessions_api.operations import Operation

State = Call.State
PENDING = (State.ASKED, State.OPEN)
SAID_NO = "The visitor said no."
ABORTED = "The visitor's page broke it off."
ENDED = "The reply ended before."


@dataclass
class BeginCall(Operation):
    """Write a call down before it runs, or find what an earlier attempt at the same reply knows of it."""

    reply_id: uuid.UUID
    attempt: int
    n: int
    kind: str
    name: str
    arguments: dict[str, Any]
    writes: bool
    seconds: float  # until when it must have a result

    def apply(self, log: Log) -> Call | None:
        """The call: with a result where it is known already. None where nobody knows whether an earlier attempt has done it, or where the
        reply is no longer this attempt's."""
        log.require(self.conversation_id)
        log.write_inserts()
        mine = Message.objects.filter(pk=self.reply_id, attempt=self.attempt, status=Message.Status.OPEN)
        tries = mine.values_list("tries", flat=True).first()
        if tries is None:
            return None
        calls = list(Call.objects.filter(reply_id=self.reply_id).order_by("attempt", "n"))
        asking = [call for call in calls if call.attempt > self.attempt - tries]  # since a visitor last asked for the reply
        if self.writes:
            done = next((call for call in calls if call.state == State.DONE and self._is(call)), None)
            if done is not None:
                return done
            if any(call.writes and call.state == State.OPEN and call.name == self.name for call in asking):
                return None  # whatever the arguments: a model finds other words for the same wish
        known = next((call for call in reversed(asking) if call.n == self.n and self._is(call)), None)
        deadline = log.now + timedelta(seconds=self.seconds) if log.now else None
        if known is None:
            return Call.objects.create(
                reply_id=self.reply_id, conversation_id=self.conversation_id, n=self.n, attempt=self.attempt, kind=self.kind,
                name=self.name, arguments=self.arguments, writes=self.writes, deadline=deadline,
                state=State.ASKED if self.writes else State.OPEN,
            )  # fmt: skip
        if known.state in PENDING:
            known.attempt, known.deadline = self.attempt, deadline
            known.save(update_fields=["attempt", "deadline"])
        return known

    def _is(self, call: Call) -> bool:
        return (call.kind, call.name, call.writes) == (self.kind, self.name, self.writes) and call.arguments == self.arguments


@dataclass
class AnswerCall(Operation):
    """What a visitor's page, or the visitor, answers: ``outcome`` is one of result, error and abort."""

    call_id: uuid.UUID
    outcome: Mapping[str, Any] = field(repr=False)

    def apply(self, log: Log) -> Call:
        """The call as it is now. Raises ``Refused`` (not_found; closed where it has a result or is over)."""
        log.require(self.conversation_id)
        log.require_session(self.session_id)
        call = Call.objects.filter(pk=self.call_id, conversation_id=self.conversation_id).select_related("reply").first()
        if call is None:
            raise Refused("not_found", "There is no such call")
        over = call.attempt != call.reply.attempt or call.reply.status != Message.Status.OPEN
        of_visitor = call.state == State.ASKED or call.kind == Call.Kind.FUNCTION  # nobody else says what an ability found
        if over or call.state not in PENDING or not of_visitor or (call.state == State.ASKED and call.result is not None):
            raise Refused("closed", "This call has its result, or is over")
        if call.state == State.OPEN:
            return _end(call, log, self.outcome)
        if self.outcome.get("result") is True:  # it runs where the reply is made, which notes that before
            call.result = True
            call.save(update_fields=["result"])
            return call
        return _end(call, log, {"error": SAID_NO})


@dataclass
class RunCall(Operation):
    """The visitor said yes and it begins: from now on nobody may do it again."""

    call_id: uuid.UUID
    attempt: int

    def apply(self, log: Log) -> bool:
        """Whether it may run: only once, and only while its reply is open."""
        log.require(self.conversation_id)
        agreed = Call.objects.filter(pk=self.call_id, attempt=self.attempt, state=State.ASKED, result=True)
        return bool(
            agreed.filter(reply__status=Message.Status.OPEN, reply__attempt=self.attempt, reply__stop_requested=False).exists()
            and agreed.update(state=State.OPEN, result=None)
        )


@dataclass
class FinishCall(Operation):
    """The end of a call, as the maker of the reply knows it."""

    call_id: uuid.UUID
    attempt: int
    outcome: Mapping[str, Any] = field(repr=False)

    def apply(self, log: Log) -> Call | None:
        """The call; with an earlier result where there was one. None where it is no longer this attempt's."""
        log.require(self.conversation_id)
        call = Call.objects.filter(pk=self.call_id, attempt=self.attempt).first()
        return _end(call, log, self.outcome) if call is not None and call.state in PENDING else call


@dataclass
class EndCalls(Operation):
    """A reply has ended; what it was still waiting for is over."""

    reply_id: uuid.UUID
    attempt: int

    def apply(self, log: Log) -> None:
        """Nothing is answered; another attempt's calls stay."""
        end_calls(log, self.reply_id, self.attempt)


def end_calls(log: Log, reply_id: uuid.UUID, attempt: int) -> None:
    """End what this and earlier attempts at a reply left open."""
    left = Call.objects.filter(reply_id=reply_id, attempt__lte=attempt, state__in=PENDING)
    left.update(state=State.FAILED, result=None, error=ENDED, ended_at=log.now)


def _end(call: Call, log: Log, outcome: Mapping[str, Any]) -> Call:
    if "result" in outcome:
        call.state, call.result, call.error = State.DONE, outcome["result"], ""
    else:
        call.state, call.result, call.error = State.FAILED, None, outcome.get("error") or ABORTED
    call.ended_at = log.now
    call.save(update_fields=["state", "result", "error", "ended_at"])
    return call
