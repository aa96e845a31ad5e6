import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import ApiToken, create_api_token, token_digest

LIST = "/admin/accounts/apitoken/"


@pytest.fixture(autouse=True)
def operators(olive: Any, otto: Any) -> None:
    """Olive and Otto may use the admin."""
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)


def _make(browser: Any, **fields: Any) -> Any:
    return browser.post(f"{LIST}add/", {"name": "Laptop", "scopes": ["read", "write"], "expires_at_0": "", "expires_at_1": "", **fields})


def test_a_new_token_is_shown_once_and_works(olive: Any, client: Any) -> None:
    page = _make(olive.browser).content.decode()
    token = re.findall(r"<code>(sk-[\w-]{20,})</code>", page)[0]
    made = ApiToken.objects.get(name="Laptop")
    assert (made.owner, made.digest) == (olive.user, token_digest(token))
    assert client.get("/api/v1/bot/list", headers={"authorization": f"Bearer {token}"}).status_code == 200
    for path in (LIST, f"{LIST}{made.pk}/change/", f"{LIST}{made.pk}/history/"):
        later = olive.browser.get(path).content.decode()
        assert token not in later
        assert made.digest not in later
    assert token not in str(dict(olive.browser.session))


def test_scopes_are_chosen_with_check_boxes_and_shown_afterwards(olive: Any, client: Any) -> None:
    form = olive.browser.get(f"{LIST}add/").content.decode()
    boxes = re.findall(r'<input type="checkbox" name="scopes" value="(\w+)"[^>]* checked', form)
    assert boxes == ["read", "write"], "both unless it is narrowed"
    page = _make(olive.browser, scopes=["read"]).content.decode()
    assert "It may read what is yours" in page
    made = ApiToken.objects.get(name="Laptop")
    assert made.scopes == ["read"]
    token = re.findall(r"<code>(sk-[\w-]{20,})</code>", page)[0]
    headers = {"authorization": f"Bearer {token}"}
    assert client.get("/api/v1/bot/list", headers=headers).status_code == 200
    assert client.post("/api/v1/bot/create", {}, content_type="application/json", headers=headers).status_code == 403
    assert '<td class="field-allowed">read</td>' in olive.browser.get(LIST).content.decode()
    change = olive.browser.get(f"{LIST}{made.pk}/change/").content.decode()
    assert 'name="scopes"' not in change
    olive.browser.post(f"{LIST}{made.pk}/change/", {"name": "Phone", "scopes": ["read", "write"]})
    made.refresh_from_db()
    assert (made.name, made.scopes) == ("Phone", ["read"]), "a token never gains a scope"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"scopes": []}, "Choose at least one."),
        ({"scopes": ["admin"]}, "Select a valid choice"),
        ({"expires_at_0": "2020-01-01", "expires_at_1": "00:00"}, "must be in the future"),
        ({"expires_at_0": "tomorrow", "expires_at_1": ""}, "Enter a valid"),
    ],
)
def test_a_token_for_nothing_is_refused(olive: Any, fields: dict[str, Any], message: str) -> None:
    assert message in _make(olive.browser, **fields).content.decode()
    assert not ApiToken.objects.filter(name="Laptop").exists()


def test_when_it_was_last_used_is_shown(olive: Any, client: Any) -> None:
    row, token = create_api_token(olive.user, "Shop")
    page = f"{LIST}{row.pk}/change/"
    assert "Last used at" in olive.browser.get(page).content.decode()
    assert client.get("/api/v1/bot/list", headers={"authorization": f"Bearer {token}"}).status_code == 200
    row.refresh_from_db()
    shown = date_format(timezone.localtime(row.last_used_at), "DATETIME_FORMAT")
    assert shown in olive.browser.get(page).content.decode()


def test_revoked_tokens_open_nothing(olive: Any, client: Any) -> None:
    row, token = create_api_token(olive.user, "Old")
    assert client.get("/api/v1/bot/list", headers={"authorization": f"Bearer {token}"}).status_code == 200
    answer = olive.browser.post(LIST, {"action": "revoke", "_selected_action": [str(row.pk)]}, follow=True)
    assert "Revoked 1 of 1 tokens" in answer.content.decode()
    assert client.get("/api/v1/bot/list", headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_others_tokens_are_absent_and_cannot_be_revoked(olive: Any, otto: Any) -> None:
    row, _ = create_api_token(otto.user, "Ottos")
    assert "Ottos" not in olive.browser.get(LIST).content.decode()
    assert olive.browser.get(f"{LIST}{row.pk}/change/").status_code == 302
    olive.browser.post(LIST, {"action": "revoke", "_selected_action": [str(row.pk)]})
    row.refresh_from_db()
    assert row.revoked_at is None


def test_a_superuser_sees_all_tokens(root: Any, otto: Any) -> None:
    create_api_token(otto.user, "Ottos")
    assert "Ottos" in root.browser.get(LIST).content.decode()


def test_only_the_name_can_change(olive: Any) -> None:
    row, _ = create_api_token(olive.user, "Old", timezone.now() + timedelta(days=1))
    before = row.digest, row.expires_at
    olive.browser.post(
        f"{LIST}{row.pk}/change/",
        {"name": "New", "expires_at_0": "2031-01-01", "expires_at_1": "00:00", "digest": "x"},
    )
    row.refresh_from_db()
    assert (row.name, row.digest, row.expires_at) == ("New", *before)


def test_a_token_is_not_deleted_by_an_operator(olive: Any) -> None:
    row, _ = create_api_token(olive.user)
    assert olive.browser.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert ApiToken.objects.filter(pk=row.pk).exists()


def test_the_state_is_said(olive: Any) -> None:
    create_api_token(olive.user, "Past", timezone.now() - timedelta(days=1))
    assert "expired" in olive.browser.get(LIST).content.decode()
