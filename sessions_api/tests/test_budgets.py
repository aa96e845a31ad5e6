from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from bots.engines.base import EngineError
from sessions_api.budgets import check_budget, today
from sessions_api.models import Budget, Conversation, UsageDay
from sessions_api.usage import Spent, record_usage
from widgets.models import WidgetIntegration

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def bounds(settings: Any) -> None:
    settings.REPLY_TOKENS, settings.SESSION_TOKENS = 1_000, 5_000
    settings.WIDGET_TOKENS_PER_DAY, settings.OWNER_TOKENS_PER_MONTH = 8_000, 10_000


def spend(conversation: Conversation, tokens: int) -> None:
    usage = {"input": tokens - 1, "output": 1}
    async_to_sync(record_usage)(
        Spent(conversation.owner_id, "done", usage=usage, widget_id=conversation.widget_id, conversation_id=conversation.pk)
    )


def another(conversation: Conversation, widget: Any = None) -> Conversation:
    return Conversation.objects.create(owner=conversation.owner, widget=widget)


def left(conversation: Conversation) -> int:
    return async_to_sync(check_budget)(conversation.owner_id, conversation.widget_id, conversation.pk)


def refusal(conversation: Conversation) -> str:
    with pytest.raises(EngineError) as error:
        left(conversation)
    assert (error.value.code, error.value.retryable) == ("budget", False)
    return error.value.cause


def test_a_reply_may_have_what_is_left_of_the_smallest(conversation: Conversation) -> None:
    assert left(conversation) == 1_000
    spend(conversation, 4_400)
    assert left(conversation) == 600


def test_a_conversation_ends_and_others_go_on(conversation: Conversation) -> None:
    spend(conversation, 5_000)
    assert refusal(conversation) == (
        "This conversation has used 5,000 of 5,000 tokens; the bound is the setting SESSION_TOKENS of this installation"
    )
    assert left(another(conversation, conversation.widget)) == 1_000


def test_a_widget_ends_for_the_day(conversation: Conversation, widget: WidgetIntegration) -> None:
    spend(another(conversation, widget), 4_000)
    spend(another(conversation, widget), 4_001)
    assert "The widget’s day (UTC) has used 8,001 of 8,000 tokens" in refusal(conversation)
    assert left(another(conversation)) == 1_000, "what has no widget goes on"
    UsageDay.objects.update(day=today() - timedelta(days=1))
    assert left(conversation) == 1_000, "and the widget on the next day"


def test_an_owner_ends_for_the_month(conversation: Conversation, olive: Any, otto: Any) -> None:
    first = today().replace(day=1)
    UsageDay.objects.create(owner=olive.user, widget_key=conversation.pk, day=first, input_tokens=9_900)
    assert left(conversation) == 100
    UsageDay.objects.update(output_tokens=100)
    assert "The operator’s month (UTC) has used 10,000 of 10,000 tokens" in refusal(conversation)
    UsageDay.objects.update(day=first - timedelta(days=1))
    assert left(conversation) == 1_000, "and goes on in the next"
    UsageDay.objects.update(day=first, owner=otto.user)
    assert left(conversation) == 1_000, "another operator's is another's"


def test_deleting_refunds_nothing(conversation: Conversation, widget: WidgetIntegration) -> None:
    spend(conversation, 8_000)
    other = another(conversation, widget)
    conversation.delete()
    assert "The widget’s day" in refusal(other)
    spend(other, 2_000)
    widget.delete()
    other.refresh_from_db()
    assert "The operator’s month" in refusal(other)


def test_an_operator_may_have_less_but_not_more(conversation: Conversation) -> None:
    budget = Budget.objects.create(owner=conversation.owner, reply_tokens=50, session_tokens=300, month_tokens=99_999)
    assert left(conversation) == 50
    spend(conversation, 300)
    assert refusal(conversation).endswith("used 300 of 300 tokens; the bound is the operator’s budget in the admin")
    budget.session_tokens = None
    budget.save()
    UsageDay.objects.update(input_tokens=10_000, day=today().replace(day=1))
    assert "OWNER_TOKENS_PER_MONTH" in refusal(conversation)


def test_zero_is_without_end(conversation: Conversation, settings: Any) -> None:
    settings.REPLY_TOKENS = settings.SESSION_TOKENS = settings.WIDGET_TOKENS_PER_DAY = settings.OWNER_TOKENS_PER_MONTH = 0
    spend(conversation, 2_000_000)
    assert left(conversation) == 0
    settings.WIDGET_TOKENS_PER_DAY = 2_000_700
    assert left(conversation) == 700
    Budget.objects.create(owner=conversation.owner, month_tokens=2_000_100)
    assert left(conversation) == 100, "an own bound counts where the installation has none"


def test_what_is_not_stored_has_no_session_bound(conversation: Conversation) -> None:
    spend(conversation, 6_000)
    assert async_to_sync(check_budget)(conversation.owner_id, None, None) == 1_000
