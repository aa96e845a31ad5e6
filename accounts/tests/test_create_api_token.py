"""``manage.py create_api_token``: prints a token that works, once."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("create_api_token", *arguments, stdout=out)
    return out.getvalue().strip()


def test_prints_a_token_that_works(olive):
    ApiToken.objects.all().delete()
    token = run("olive", "--name", "shop")
    row = ApiToken.objects.get()
    assert (row.owner, row.name, row.expires_at, row.scopes) == (olive.user, "shop", None, ["read", "write"])
    assert Client(headers={"authorization": f"Bearer {token}"}).get("/api/v1/bot/list").status_code == 200


def test_days(olive):
    ApiToken.objects.all().delete()
    run("olive", "--expires-in-days", "2")
    left = ApiToken.objects.get().expires_at - timezone.now()
    assert timedelta(days=1) < left <= timedelta(days=2)


@pytest.mark.parametrize("scopes", [["read"], ["write"], ["write", "read"]])
def test_scopes(olive, scopes):
    ApiToken.objects.all().delete()
    token = run("olive", "--scopes", ", ".join(scopes))
    assert ApiToken.objects.get().scopes == scopes
    answer = Client(headers={"authorization": f"Bearer {token}"}).get("/api/v1/bot/list")
    assert answer.status_code == (200 if "read" in scopes else 403)


@pytest.mark.parametrize("scopes", ["", "all", "read,read", "read,delete", "READ"])
def test_unknown_scopes_are_named(olive, scopes):
    with pytest.raises(CommandError, match="--scopes: must be read, write or both"):
        run("olive", "--scopes", scopes)
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize(
    "arguments",
    [["nobody"], ["olive", "--expires-in-days", "0"], ["olive", "--days", "99999"], ["olive", "--name", "x" * 192]],
)
def test_refusals_store_nothing(olive, arguments):
    with pytest.raises(CommandError):
        run(*arguments)
    assert ApiToken.objects.count() == 1


def test_inactive_users_get_none(olive):
    olive.user.is_active = False
    olive.user.save()
    with pytest.raises(CommandError, match="not active"):
        run("olive")
