import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group

from bots import services as bots
from sessions_api.models import Budget, Conversation, Message, Usage, UsageDay
from sessions_api.usage import NOWHERE
from widgets import services as widgets

DAYS = "/admin/sessions_api/usageday/"
ROWS = "/admin/sessions_api/usage/"
BUDGETS = "/admin/sessions_api/budget/"
TODAY = datetime.now(UTC).date()


@pytest.fixture(autouse=True)
def operators(olive: Any, otto: Any, settings: Any) -> None:
    """Olive and Otto may use the admin."""
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)
    settings.WIDGET_TOKENS_PER_DAY, settings.OWNER_TOKENS_PER_MONTH = 2_000, 10_000
    settings.REPLY_TOKENS, settings.SESSION_TOKENS = 4_096, 0


def page(who: Any, url: str, status: int = 200, **query: Any) -> str:
    answer = who.browser.get(url, query)
    assert answer.status_code == status, answer.content[:300]
    return re.sub(r"\s+", " ", answer.content.decode())


def day(who: Any, name: str, read: int, **fields: Any) -> UsageDay:
    bot = bots.create_bot(who.user, name="Guide")
    key = widgets.create_widget(who.user, name=name, bot=bot).pk if name else NOWHERE
    return UsageDay.objects.create(**{"owner": who.user, "widget_key": key, "day": TODAY, "replies": 3, "input_tokens": read, "output_tokens": 50, **fields})


def test_days_say_what_was_used_of_the_budget(olive: Any, otto: Any, root: Any) -> None:
    day(olive, "Shop", 450)
    day(olive, "Blog", 1_950)
    day(olive, "", 100)
    gone = day(olive, "Gone", 10)
    widgets.delete_widget(widgets.WidgetIntegration.objects.get(pk=gone.widget_key))
    day(otto, "Ottos", 1)
    shown = page(olive, DAYS)
    assert "25 %" in shown
    assert '<span class="cw-tag cw-bad">used up</span>' in shown
    assert "Used up: Blog." in shown
    assert "Used up: Shop." not in shown
    assert "without a widget" in shown and "deleted" in shown
    assert "2,710 of 10,000 tokens (27 %)" in shown
    assert "Ottos" not in shown
    assert "Ottos" in page(root, DAYS)
    assert "Shop" in page(olive, DAYS, day__year=TODAY.year, day__month=TODAY.month)


def test_days_can_be_chosen_by_widget(olive: Any, otto: Any) -> None:
    shop, foreign = day(olive, "Shop", 451), day(otto, "Ottos", 777)
    day(olive, "Blog", 123)
    only = page(olive, DAYS, widget=str(shop.widget_key))
    assert ">451<" in only and ">123<" not in only
    assert ">777<" not in page(olive, DAYS, widget=str(foreign.widget_key))
    page(olive, DAYS, widget="nonsense")


def test_replies_say_model_time_and_end(olive: Any, otto: Any) -> None:
    conversation = Conversation.objects.create(owner=olive.user, bot=bots.create_bot(olive.user, name="Guide"))
    common = {"conversation_id": conversation.pk, "reply_id": conversation.pk, "bot": conversation.bot}
    Usage.objects.create(owner=olive.user, model="openai:small", input_tokens=120, first_ms=345, total_ms=6_789, status="done", **common)
    Usage.objects.create(owner=olive.user, status="failed", code="budget", **common)
    Usage.objects.create(owner=otto.user, model="ottos:model", status="done", **common)
    shown = page(olive, ROWS)
    assert "openai:small" in shown and "120, 0" in shown and "345, 6,789" in shown
    assert f'<a href="/admin/sessions_api/conversation/{conversation.pk}/change/">Guide</a>' in shown
    assert '<span class="cw-tag cw-bad">budget</span>' in shown
    assert "ottos:model" not in shown
    assert "openai:small" not in page(olive, ROWS, status__exact="failed")
    assert "openai:small" in page(olive, ROWS, q="openai:small")
    page(olive, f"{ROWS}{Usage.objects.filter(owner=olive.user)[0].pk}/change/")
    page(olive, f"{ROWS}{Usage.objects.get(owner=otto.user).pk}/change/", 302)
    conversation.delete()
    assert "deleted" in page(olive, ROWS)


@pytest.mark.parametrize("url", [DAYS, ROWS])
def test_nothing_of_it_is_made_or_changed_by_hand(olive: Any, url: str) -> None:
    page(olive, f"{url}add/", 403)
    row = day(olive, "Shop", 1)
    usage = Usage.objects.create(owner=olive.user, conversation_id=NOWHERE, reply_id=NOWHERE, status="done")
    pk = row.pk if url == DAYS else usage.pk
    assert olive.browser.post(f"{url}{pk}/change/", {"input_tokens": 0}).status_code == 403
    assert olive.browser.post(f"{url}{pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_operator_sets_the_own_budget(olive: Any) -> None:
    day(olive, "Shop", 1_950)
    assert olive.browser.get(BUDGETS).headers["location"] == f"{BUDGETS}add/"
    shown = page(olive, f"{BUDGETS}add/")
    assert "Empty: 4,096, the installation’s REPLY_TOKENS." in shown
    assert "Empty: without end." in shown
    assert "Used up: Shop." in shown
    assert 'name="owner"' not in shown
    assert olive.browser.post(f"{BUDGETS}add/", {"reply_tokens": 500, "session_tokens": 7}).status_code == 302
    budget = Budget.objects.get()
    assert (budget.owner, budget.reply_tokens, budget.session_tokens, budget.month_tokens) == (olive.user, 500, 7, None)
    own = f"{BUDGETS}{olive.user.pk}/change/"
    assert olive.browser.get(BUDGETS).headers["location"] == own
    page(olive, f"{BUDGETS}add/", 403)
    assert olive.browser.post(own, {"reply_tokens": "", "month_tokens": 1}).status_code == 302
    budget.refresh_from_db()
    assert (budget.reply_tokens, budget.month_tokens) == (None, 1)
    assert "Used up: This month (UTC)." in page(olive, own)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reply_tokens": 4_097}, "must be at most 4,096, the installation’s REPLY_TOKENS"),
        ({"widget_day_tokens": 0}, "greater than or equal to 1"),
        ({"month_tokens": "lots"}, "whole number"),
    ],
)
def test_a_bound_that_cannot_be_is_refused(olive: Any, fields: dict[str, Any], said: str) -> None:
    answer = olive.browser.post(f"{BUDGETS}add/", fields)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Budget.objects.exists()


def test_a_budget_is_not_somebody_elses(olive: Any, otto: Any, root: Any) -> None:
    olive.browser.post(f"{BUDGETS}add/", {"owner": otto.user.pk, "reply_tokens": 5})
    assert Budget.objects.get().owner == olive.user
    assert otto.browser.post(f"{BUDGETS}{olive.user.pk}/change/", {"reply_tokens": 9}).status_code == 302
    assert root.browser.post(f"{BUDGETS}{olive.user.pk}/change/", {"reply_tokens": 6}).status_code == 302
    assert Budget.objects.get().reply_tokens == 6
    assert root.browser.post(f"{BUDGETS}add/", {"owner": otto.user.pk, "month_tokens": 9}).status_code == 302
    assert Budget.objects.get(owner=otto.user).month_tokens == 9
    assert "olive" in page(root, BUDGETS) and "otto" in page(root, BUDGETS)


def test_the_transcript_names_the_cause(olive: Any) -> None:
    conversation = Conversation.objects.create(owner=olive.user)
    cause = "This conversation has used 9 of 9 tokens"
    Message.objects.create(conversation=conversation, type="bot", status="failed", code="budget", cause=cause, position=1, seq=1)
    assert f"<b>budget</b>: {cause}" in page(olive, f"/admin/sessions_api/conversation/{conversation.pk}/change/")


def test_a_month_is_not_the_one_before(olive: Any) -> None:
    day(olive, "Shop", 9_000, day=TODAY.replace(day=1) - timedelta(days=1))
    assert "0 of 10,000 tokens (0 %)" in page(olive, DAYS)
