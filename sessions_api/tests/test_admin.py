from typing import Any

import pytest
from django.contrib.auth.models import Group

from bots import services as bots
from sessions_api.models import Contact, Conversation, Message, Rating
from widgets import services as widgets

LIST = "/admin/sessions_api/conversation/"
CONTACTS = "/admin/sessions_api/contact/"


@pytest.fixture(autouse=True)
def operators(olive: Any, otto: Any) -> None:
    """Olive and Otto may use the admin."""
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)


def _conversation(who: Any, *rows: dict[str, Any], widget: Any = None) -> Conversation:
    bot = bots.create_bot(who.user, name="Guide")
    conversation = Conversation.objects.create(owner=who.user, bot=bot, widget=widget)
    for position, row in enumerate(rows, start=1):
        Message.objects.create(conversation=conversation, position=position, seq=position, **row)
    return conversation


def _page(who: Any, conversation: Conversation, **query: Any) -> str:
    answer = who.browser.get(f"{LIST}{conversation.pk}/change/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_transcript_shows_what_the_visitor_saw(olive: Any) -> None:
    source = {"title": "Returns", "url": "https://example.com/returns"}
    conversation = _conversation(
        olive,
        {"type": "user", "text": "How long? <b>"},
        {
            "type": "bot",
            "text": "**30** days",
            "blocks": ["<p><strong>30</strong> days</p>"],
            "sources": [source],
        },
    )
    page = _page(olive, conversation)
    assert "How long? &lt;b&gt;" in page
    assert "<p><strong>30</strong> days</p>" in page
    assert '<a href="https://example.com/returns">Returns</a>' in page
    assert "Guide" in page


def test_the_operator_sees_states_causes_votes_and_hidden_rows(olive: Any) -> None:
    conversation = _conversation(
        olive,
        {"type": "user", "text": "Secret of the visitor", "deleted": True},
        {"type": "context", "text": "On the pricing page", "hidden": True},
        {
            "type": "bot",
            "text": "Half",
            "status": "failed",
            "code": "provider_timeout",
            "cause": "no data for 30 s",
            "attempt": 3,
        },
        {"type": "bot", "text": "Half", "status": "stopped"},
    )
    stopped = conversation.messages.get(status="stopped")
    Rating.objects.create(owner=olive.user, message=stopped, conversation=conversation, value=-100, reason="cut off")
    page = _page(olive, conversation)
    for words in (
        "hidden from the visitor",
        "On the pricing page",
        "Failed",
        "provider_timeout",
        "no data for 30 s",
        "attempt 3",
        "Stopped",
        "not helpful",
        "cut off",
        "Deleted.",
    ):
        assert words in page, words
    assert "Secret of the visitor" not in page


def test_the_operator_sees_what_the_bot_did_and_why_it_failed(olive: Any) -> None:
    done = {"name": "order_state", "arguments": {"number": "A-7"}, "result": {"state": "sent <b>"}}
    refused = {"name": "cancel", "arguments": {}, "error": "The arguments do not fit: 'number' is a required property"}
    conversation = _conversation(
        olive,
        {"type": "activity", "text": "order_state", "meta": {"ability": done, "reply": "1"}},
        {"type": "activity", "text": "cancel", "meta": {"function": refused, "reply": "1"}},
        {"type": "activity", "text": "long", "meta": {"ability": {"name": "long", "result": "x" * 5000}}},
        {"type": "activity", "text": "by hand", "meta": {"said": "by me"}},
    )
    page = _page(olive, conversation)
    assert "{&quot;number&quot;: &quot;A-7&quot;}" in page
    assert "{&quot;state&quot;: &quot;sent &lt;b&gt;&quot;}" in page
    assert "Error: " in page
    assert "&#x27;number&#x27; is a required property" in page
    assert "x" * 4000 + "…" in page
    assert "x" * 4001 not in page


def test_a_long_transcript_comes_in_parts(olive: Any) -> None:
    conversation = _conversation(olive)
    Message.objects.bulk_create(
        Message(conversation=conversation, type="user", position=number, seq=number, text=f"row {number}.")
        for number in range(1, 402)
    )
    assert "Part 1 of 3" in (first := _page(olive, conversation))
    assert "row 200." in first
    assert "row 201." not in first
    assert "row 401." in _page(olive, conversation, p=3)


def test_the_list_shows_first_questions_and_filters(olive: Any, otto: Any) -> None:
    shop, blog = (
        widgets.create_widget(olive.user, name="Shop"),
        widgets.create_widget(olive.user, name="Blog"),
    )
    widgets.create_widget(otto.user, name="Ottos widget")
    _conversation(
        olive, {"type": "bot", "text": "Hello"}, {"type": "user", "text": "In the shop?"}, widget=shop
    )
    _conversation(olive, {"type": "user", "text": "On the blog?"}, widget=blog)
    _conversation(olive)
    page = olive.browser.get(LIST).content.decode()
    assert "In the shop?" in page
    assert "On the blog?" in page
    assert "nothing said yet" in page
    assert "Ottos widget" not in page
    filtered = olive.browser.get(LIST, {"widget__id__exact": str(shop.pk)}).content.decode()
    assert "In the shop?" in filtered
    assert "On the blog?" not in filtered
    assert (
        "On the blog?"
        not in olive.browser.get(LIST, {"created_at__lt": "2000-01-01 00:00:00+00:00"}).content.decode()
    )


def test_conversations_are_only_read(olive: Any, root: Any) -> None:
    conversation = _conversation(olive, {"type": "user", "text": "Hi"})
    for who in (olive, root):
        assert who.browser.get(f"{LIST}add/").status_code == 403
        assert who.browser.post(f"{LIST}{conversation.pk}/change/", {"language": "xx"}).status_code == 403
        assert who.browser.post(f"{LIST}{conversation.pk}/delete/", {"post": "yes"}).status_code == 403
    conversation.refresh_from_db()
    assert conversation.language == ""


def test_conversations_of_others_are_absent(olive: Any, otto: Any, root: Any) -> None:
    conversation = _conversation(otto, {"type": "user", "text": "To Otto only"})
    assert "To Otto only" not in olive.browser.get(LIST).content.decode()
    assert olive.browser.get(f"{LIST}{conversation.pk}/change/").status_code == 302
    assert "To Otto only" in _page(root, conversation)


def test_the_list_costs_the_same_with_many_conversations(
    olive: Any, django_assert_max_num_queries: Any
) -> None:
    widget = widgets.create_widget(olive.user, name="Shop")
    for _ in range(20):
        _conversation(olive, {"type": "user", "text": "Hi"}, widget=widget)
    with django_assert_max_num_queries(14):
        assert olive.browser.get(LIST).status_code == 200


def test_contacts_are_checked_as_where_visitors_give_them(olive: Any) -> None:
    form = {"name": "Vera", "email": "Vera@Example.com", "phone": "+49 30 123456", "meta": "{}"}
    assert olive.browser.get(f"{CONTACTS}add/").status_code == 200
    assert olive.browser.post(f"{CONTACTS}add/", form).status_code == 302
    contact = Contact.objects.get()
    assert (contact.owner, contact.email, contact.phone) == (olive.user, "vera@example.com", "+4930123456")
    bad = olive.browser.post(
        f"{CONTACTS}{contact.pk}/change/", {**form, "phone": "030 12", "email": "nobody"}
    )
    assert "must be an international number" in str(bad.context["errors"])
    assert "email" in bad.context["adminform"].form.errors
    olive.browser.post(f"{CONTACTS}{contact.pk}/change/", {**form, "phone": "", "email": ""})
    contact.refresh_from_db()
    assert (contact.email, contact.phone) == (None, None)


def test_contacts_of_others_are_absent(olive: Any, otto: Any) -> None:
    contact = Contact.objects.create(owner=otto.user, name="Ottos visitor")
    assert "Ottos visitor" not in olive.browser.get(CONTACTS).content.decode()
    assert olive.browser.get(f"{CONTACTS}{contact.pk}/change/").status_code == 302
    olive.browser.post(f"{CONTACTS}{contact.pk}/delete/", {"post": "yes"})
    assert Contact.objects.filter(pk=contact.pk).exists()
