import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sessions_api.log import Log
from sessions_api.models import Conversation, Message, Usage, UsageDay
from sessions_api.reply_operations import Retry, Stop, TakeOver
from sessions_api.tests.conftest import Asked, Commit
from sessions_api.tests.rows import closing, dead, fresh
from sessions_api.usage import NOWHERE, Spent, record_usage, write_usage

pytestmark = pytest.mark.django_db(transaction=True)
SPENT = {"input": 120, "output": 30, "model": "openai:small", "firstMs": 7, "totalMs": 40}
TODAY = datetime.now(UTC).date()


def day() -> tuple[int, int, int]:
    row = UsageDay.objects.get()
    return row.replies, row.input_tokens, row.output_tokens


def test_a_reply_leaves_a_row_and_is_in_the_sums(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    reply = commit(ask()).reply
    commit(closing(reply, usage=SPENT))
    row = Usage.objects.get()
    assert (row.owner, row.widget, row.bot) == (conversation.owner, conversation.widget, conversation.bot)
    assert (row.conversation_id, row.reply_id, row.status, row.code) == (conversation.pk, reply.pk, "done", "")
    assert (row.model, row.input_tokens, row.output_tokens, row.first_ms, row.total_ms) == ("openai:small", 120, 30, 7, 40)
    assert day() == (1, 120, 30)
    assert UsageDay.objects.get().widget_key == conversation.widget_id
    assert commit(closing(reply, usage=SPENT)) is None
    assert day() == (1, 120, 30), "only the end that counts"


def test_failed_and_stopped_replies_cost_too(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    reply = commit(ask()).reply
    commit(closing(reply, status="failed", code="timeout", usage=SPENT))
    commit(Retry(conversation.pk, reply.pk))
    commit(closing(fresh(reply), status="stopped", usage={"input": 5}))
    assert list(Usage.objects.order_by("pk").values_list("status", "code", "input_tokens")) == [("failed", "timeout", 120), ("stopped", "", 5)]
    assert day() == (2, 125, 30)


def test_what_nobody_ended_has_a_row_without_tokens(
    commit: Commit, ask: Asked, conversation: Conversation, settings: Any
) -> None:
    settings.REPLY_ATTEMPTS = 1
    first, second = commit(ask("a")).reply, commit(ask("b")).reply
    commit(closing(first, status="failed", usage=SPENT))
    commit(Stop(conversation.pk, dead(second).pk))
    commit(Retry(conversation.pk, first.pk))
    commit(TakeOver(conversation.pk, first.pk, dead(first).attempt))
    rows = list(Usage.objects.order_by("pk").values_list("status", "code", "input_tokens"))
    assert rows == [("failed", "", 120), ("stopped", "", 0), ("failed", "interrupted", 0)]
    assert day() == (3, 120, 30)


def test_a_queued_reply_that_is_stopped_cost_nothing(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    commit(ask("a"))
    commit(Stop(conversation.pk, commit(ask("b")).reply.pk))
    assert not Usage.objects.exists()


@pytest.mark.parametrize("usage", [None, {"input": -50, "output": "many"}, {"input": 10**30, "model": "m" * 900}])
def test_nonsense_of_a_provider_neither_refunds_nor_stops_the_end(commit: Commit, ask: Asked, usage: Any) -> None:
    reply = commit(ask()).reply
    assert commit(closing(reply, usage=usage)).reply.status == "done"
    row = Usage.objects.get()
    assert 0 <= row.input_tokens < 2**31
    assert row.output_tokens == 0


def test_metrics_count_replies_and_tokens(commit: Commit, ask: Asked, client: Any) -> None:
    def counted(name: str) -> float:
        lines = client.get("/metrics").content.decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))

    names = ['chatwidget_replies_total{status="done"}', 'chatwidget_tokens_total{direction="input"}', 'chatwidget_tokens_total{direction="output"}']
    before = [counted(name) for name in names]
    commit(closing(commit(ask()).reply, usage=SPENT))
    assert [counted(name) - was for name, was in zip(names, before, strict=True)] == [1, 120, 30]


def test_sums_stay_when_conversation_widget_and_bot_go(commit: Commit, ask: Asked, conversation: Conversation) -> None:
    commit(closing(commit(ask()).reply, usage=SPENT))
    widget, bot = conversation.widget, conversation.bot
    conversation.delete()
    assert widget is not None and bot is not None
    widget.delete()
    bot.delete()
    assert Usage.objects.values_list("widget", "bot", "input_tokens").get() == (None, None, 120)
    assert day() == (1, 120, 30)


def test_a_reply_that_nothing_keeps_is_counted_for_its_owner(olive: Any) -> None:
    spent = Spent(olive.user.pk, "done", usage=SPENT)
    for _ in range(2):
        async_to_sync(record_usage)(spent)
    assert UsageDay.objects.get().widget_key == NOWHERE == Usage.objects.all()[0].conversation_id
    assert day() == (2, 240, 60)


def test_work_that_is_no_reply_costs_as_well(conversation: Conversation) -> None:
    spent = Spent(conversation.owner_id, "done", "checkpoint", SPENT, conversation.widget_id, is_reply=False)
    async_to_sync(record_usage)(spent)
    assert day() == (0, 120, 30)
    assert conversation.widget is not None
    conversation.widget.delete()
    async_to_sync(record_usage)(spent)
    assert day() == (0, 120, 30), "whose widget has just gone, costs nobody an error"


def test_a_batch_costs_two_statements(conversation: Conversation) -> None:
    replies = [Message(conversation=conversation, type="bot", status="done", usage=SPENT) for _ in range(20)]
    with transaction.atomic():
        log = Log([closing(replies[0])])
        with CaptureQueriesContext(connection) as before:
            log.save()
        for reply in replies:
            log.spent(reply, SPENT)
        with CaptureQueriesContext(connection) as after:
            log.save()
    assert len(after) - len(before) == 2
    assert day() == (20, 2400, 600)


def test_writers_at_the_same_time_lose_nothing(olive: Any, otto: Any) -> None:
    """As two processes have it: a connection each, the same days in another order."""
    widgets = [uuid.uuid4() for _ in range(4)]
    ready = Barrier(4)

    def write(turn: int) -> None:
        owners = [olive.user.pk, otto.user.pk][:: 1 if turn % 2 else -1]
        spent = [Spent(owner, "done", usage=SPENT) for _ in widgets for owner in owners]
        try:
            ready.wait(20)
            for _ in range(10):
                with transaction.atomic():
                    write_usage(spent, None)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    for owner in (olive, otto):
        assert UsageDay.objects.filter(owner=owner.user, day=TODAY).values_list("replies", "input_tokens").get() == (160, 160 * 120)
