"""Bearer tokens of operators: what opens the API, and each refusal with its reason."""

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed

from accounts.authentication import aauthenticate_request, authenticate_request
from accounts.models import ApiToken, create_api_token

URL = "/api/v1/bot/list"


def answer(header: str | None):
    return Client(headers={"authorization": header} if header is not None else {}).get(URL)


def refused(header: str | None) -> str:
    response = answer(header)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    body = response.json()
    assert set(body) == {"message", "code"}
    assert body["code"] == "NOT_AUTHENTICATED"
    return body["message"]


def test_a_token_opens_the_api(olive):
    assert answer(f"Bearer {olive.token}").status_code == 200
    assert answer(f"bearer   {olive.token} ").status_code == 200


def test_the_token_itself_is_not_stored(olive):
    row = ApiToken.objects.get()
    assert olive.token not in str(ApiToken.objects.values())
    assert olive.token.startswith(row.prefix)


def test_without_a_token(db):
    assert "Bearer" in refused(None)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic b2xpdmU6cHc=",
        "sk-abc",
        "Bearer a b",
        f"Bearer sk-{'x' * 600}",
        "Bearer sk-\u00e9",
    ],
)
def test_malformed_headers(db, header):
    assert refused(header)


def test_unknown_and_bit_flipped_tokens(olive):
    flipped = olive.token[:-1] + ("A" if olive.token[-1] != "A" else "B")
    assert "not valid" in refused(f"Bearer {flipped}")
    assert "not valid" in refused(f"Bearer {ApiToken.objects.get().digest}")


def test_expired(olive):
    _, token = create_api_token(olive.user, expires_at=timezone.now() - timedelta(seconds=1))
    assert "expired" in refused(f"Bearer {token}")
    _, token = create_api_token(olive.user, expires_at=timezone.now() + timedelta(hours=1))
    assert answer(f"Bearer {token}").status_code == 200


def test_revoked(olive):
    assert answer(f"Bearer {olive.token}").status_code == 200
    ApiToken.objects.update(revoked_at=timezone.now())
    assert "revoked" in refused(f"Bearer {olive.token}")


def test_several_tokens_live_and_die_alone(olive):
    row, other = create_api_token(olive.user, "shop")
    ApiToken.objects.filter(pk=row.pk).update(revoked_at=timezone.now())
    assert "revoked" in refused(f"Bearer {other}")
    assert answer(f"Bearer {olive.token}").status_code == 200


def test_a_bad_token_is_refused_where_none_is_needed(olive):
    file = olive.post("file/create", {"visibility": "public"}).json()["id"]
    assert Client().get(f"/api/v1/file/{file}/download").status_code == 204
    assert Client(headers={"authorization": "Bearer sk-x"}).get(f"/api/v1/file/{file}/download").status_code == 401


def test_inactive_users(olive):
    olive.user.is_active = False
    olive.user.save()
    assert "not active" in refused(f"Bearer {olive.token}")
    assert ApiToken.objects.get().last_used_at is None


def test_last_use_is_written_at_most_once_a_minute(olive, django_assert_num_queries):
    answer(f"Bearer {olive.token}")
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    with django_assert_num_queries(2):  # the token, the list
        answer(f"Bearer {olive.token}")
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=first - timedelta(minutes=2))
    answer(f"Bearer {olive.token}")
    assert ApiToken.objects.get().last_used_at >= first


def request(header: str | None = None):
    return RequestFactory(headers={"authorization": header} if header else {}).get(URL)


def test_for_plain_views(olive):
    row = authenticate_request(request(f"Bearer {olive.token}"))
    assert row is not None
    assert row.owner == olive.user
    assert row.last_used_at is not None
    assert authenticate_request(request()) is None
    with pytest.raises(AuthenticationFailed, match="not valid"):
        authenticate_request(request("Bearer sk-unknown"))
    ApiToken.objects.update(revoked_at=timezone.now())
    with pytest.raises(AuthenticationFailed, match="revoked"):
        authenticate_request(request(f"Bearer {olive.token}"))


@pytest.mark.django_db(transaction=True)
async def test_for_async_views():
    assert await aauthenticate_request(request()) is None
    with pytest.raises(AuthenticationFailed, match="not valid"):
        await aauthenticate_request(request("Bearer sk-unknown"))
