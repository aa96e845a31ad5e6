from typing import Any

import pytest
from django.contrib.auth.models import Group

from accounts.seal import unseal
from bots.models import Secret

LIST = "/admin/bots/secret/"
ADD = f"{LIST}add/"
VALUE = "tok-5f2e77"


@pytest.fixture(autouse=True)
def operators(olive: Any, otto: Any) -> None:
    """Olive and Otto may use the admin."""
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)


def form(value: str = "", **fields: Any) -> dict[str, Any]:
    return {"alias": "crm", "new_value": value, "hosts": "api.example.com", "name": "", "description": "", "meta": "{}", **fields}


def save(who: Any, url: str = ADD, **fields: Any) -> Secret:
    answer = who.browser.post(url, form(**fields))
    assert answer.status_code == 302, answer.context["errors"]
    return Secret.objects.get(owner=who.user)


def error(who: Any, url: str, name: str, **fields: Any) -> str:
    answer = who.browser.post(url, form(**fields))
    assert answer.status_code == 200, "it must be refused"
    assert not fields.get("value") or fields["value"] not in answer.content.decode()
    return " ".join(map(str, answer.context["adminform"].form.errors["new_value" if name == "value" else name]))


def page_of(row: Secret) -> str:
    return f"{LIST}{row.pk}/change/"


def test_a_value_goes_in_and_never_comes_out(olive: Any, root: Any) -> None:
    row = save(olive, value=VALUE, hosts="API.example.com, *.example.org\nb.example.net")
    assert VALUE not in row.value
    assert unseal(row.value, str(row.pk)) == VALUE
    assert row.hosts == "api.example.com\n*.example.org\nb.example.net"
    for who in (olive, root):
        for url in (LIST, page_of(row), f"{LIST}{row.pk}/history/", f"{LIST}{row.pk}/delete/"):
            shown = who.browser.get(url).content.decode()
            assert VALUE not in shown and row.value not in shown
    assert "A value is set, and is not shown." in olive.browser.get(page_of(row)).content.decode()
    assert VALUE not in repr(row)


def test_an_empty_value_keeps_the_one_that_is_there(olive: Any) -> None:
    row = save(olive, value=VALUE, hosts="api.example.com")
    assert unseal(save(olive, page_of(row), hosts="api.example.com", description="x").value, str(row.pk)) == VALUE
    assert unseal(save(olive, page_of(row), value="other", hosts="api.example.com").value, str(row.pk)) == "other"


@pytest.mark.parametrize(
    ("before", "after", "asks"),
    [
        ("api.example.com", "evil.example.net", True),
        ("api.example.com", "*.example.com", True),
        ("api.example.com b.example.com", "b.example.com", False),
        ("*.example.com", "api.example.com *.eu.example.com", False),
        ("*.example.com", "badexample.com", True),
    ],
)
def test_more_hosts_ask_for_the_value_again(olive: Any, before: str, after: str, asks: bool) -> None:
    row = save(olive, value=VALUE, hosts=before)
    if asks:
        assert "Enter the value again" in error(olive, page_of(row), "value", hosts=after)
        row.refresh_from_db()
        assert row.hosts == before
    assert unseal(save(olive, page_of(row), value=VALUE if asks else "", hosts=after).value, str(row.pk)) == VALUE


@pytest.mark.parametrize(
    ("fields", "name", "said"),
    [
        ({"alias": ""}, "alias", "required"),
        ({"alias": "Not Good"}, "alias", "must be 1 to 128"),
        ({"value": ""}, "value", "required"),
        ({"value": "two\tparts"}, "value", "one line"),
        ({"value": "v" * 5000}, "value", "4096"),
        ({"hosts": "https://api.example.com"}, "hosts", "must be hosts such as"),
        ({"hosts": ""}, "hosts", "is needed"),
        ({"hosts": "*"}, "hosts", "must be hosts such as"),
        ({"hosts": "a.*.example.com"}, "hosts", "must be hosts such as"),
    ],
)
def test_refusals_stand_at_their_fields(olive: Any, fields: dict[str, Any], name: str, said: str) -> None:
    assert said in error(olive, ADD, name, **{"value": VALUE, **fields})
    assert not Secret.objects.exists()


def test_somebody_elses_is_absent(olive: Any, otto: Any) -> None:
    row = save(otto, value=VALUE)
    assert "crm" not in olive.browser.get(LIST).content.decode()
    assert olive.browser.post(page_of(row), form(value="x")).status_code == 302
    assert unseal(Secret.objects.get().value, str(row.pk)) == VALUE
    otto.browser.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})
    assert not Secret.objects.exists()
