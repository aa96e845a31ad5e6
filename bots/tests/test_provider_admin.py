import html
import re
import socket
from typing import Any

import pytest
from django.contrib.auth.models import Group

from accounts.seal import unseal
from bots.models import Provider
from bots.providers import access_of
from tests.support.provider import Provider as StandIn

LIST = "/admin/bots/provider/"
ADD = f"{LIST}add/"
PUBLIC = "https://api.example.com/v1"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def operators(olive: Any, otto: Any) -> None:
    """Olive and Otto may use the admin."""
    Group.objects.get(name="operator").user_set.add(olive.user, otto.user)


@pytest.fixture
def service(provider: StandIn, settings: Any) -> StandIn:
    """The stand-in, on an address that operators may use."""
    settings.FETCH_ALLOWED_HOSTS = ["127.0.0.1"]
    return provider


@pytest.fixture
def dead(settings: Any) -> str:
    """An address that operators may use and where nobody listens."""
    settings.FETCH_ALLOWED_HOSTS = ["127.0.0.1"]
    return "http://127.0.0.1:9/v1"


@pytest.fixture
def unreachable(monkeypatch: Any) -> None:
    """No name server knows the hosts of the tests."""
    look_up = socket.getaddrinfo

    def known(host: Any, *args: Any, **kwargs: Any) -> Any:
        if str(host).endswith("example.com"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", known)


def form(key: str = "", **fields: Any) -> dict[str, Any]:
    return {"alias": "mine", "kind": "openai", "base_url": "", "new_key": key, "moderation_model": "", "name": "", "description": "", "meta": "{}", **fields}


def save(who: Any, url: str = ADD, **fields: Any) -> list[str]:
    """The messages behind a save that must work."""
    answer = who.browser.post(url, form(**fields), follow=True)
    assert answer.redirect_chain, answer.context["errors"]
    return [str(message) for message in answer.context["messages"]]


def errors(who: Any, url: str = ADD, **fields: Any) -> dict[str, str]:
    answer = who.browser.post(url, form(**fields))
    assert answer.status_code == 200, "it must be refused"
    if fields.get("key"):
        assert fields["key"] not in answer.content.decode()
    return {name.removeprefix("new_"): " ".join(map(str, said)) for name, said in answer.context["adminform"].form.errors.items()}


def text(who: Any, url: str) -> str:
    answer = who.browser.get(url)
    assert answer.status_code == 200
    return html.unescape(re.sub(r"\s+", " ", answer.content.decode()))


def page_of(row: Provider) -> str:
    return f"{LIST}{row.pk}/change/"


def key_of(row: Provider) -> str:
    row.refresh_from_db()
    return unseal(row.key, str(row.pk))


def test_what_is_saved_is_tested_and_names_models(olive: Any, service: StandIn) -> None:
    told = save(olive, base_url=service.url, key=service.key)
    assert "The connection to “mine” works. Models: gpt-test, gpt-test-mini, llama3.2:1b, org/model-7b." in told
    row = Provider.objects.get()
    assert (row.owner, row.alias, row.base_url, row.test_error) == (olive.user, "mine", service.url, "")
    assert row.tested_at is not None
    assert key_of(row) == access_of("mine", olive.user.pk).key == service.key
    assert "works" in text(olive, LIST)
    assert "The connection works." in text(olive, page_of(row))


def test_a_key_goes_in_and_never_comes_out(olive: Any, root: Any, service: StandIn, caplog: Any) -> None:
    save(olive, base_url=service.url, key=service.key)
    row = Provider.objects.get()
    assert service.key not in row.key
    for who in (olive, root):
        pages = [LIST, page_of(row), f"{LIST}{row.pk}/history/", f"{LIST}{row.pk}/delete/", "/admin/"]
        for shown in (text(who, url) for url in pages):
            assert service.key not in shown and row.key not in shown
    assert "A key is set, and is not shown." in text(olive, page_of(row))
    assert service.key not in caplog.text + repr(row) + repr(access_of("mine", olive.user.pk))


def test_an_empty_key_keeps_the_one_that_is_there(olive: Any, service: StandIn) -> None:
    save(olive, base_url=service.url, key=service.key)
    row = Provider.objects.get()
    told = save(olive, page_of(row), base_url=service.url, moderation_model="omni-moderation-latest")
    assert any("works" in each for each in told)
    assert key_of(row) == service.key
    save(olive, page_of(row), base_url=f"{service.url}/other")
    assert key_of(row) == service.key, "the same host gets it anyway"
    save(olive, page_of(row), base_url=service.url, clear_key="on")
    assert key_of(row) == ""
    assert "No key is set." in text(olive, page_of(row))


@pytest.mark.parametrize(
    "change",
    [{"base_url": "https://evil.example.com/v1"}, {"base_url": "https://api.example.com:444/v1"}, {"base_url": ""},
     {"base_url": PUBLIC, "kind": "anthropic"}],
)  # fmt: skip
def test_another_address_asks_for_the_key_again(olive: Any, change: dict[str, Any], unreachable: None, settings: Any) -> None:
    settings.FETCH_PORTS = ["443", "444"]
    save(olive, base_url=PUBLIC, key="sk-first")
    row = Provider.objects.get()
    assert "Enter the key again" in errors(olive, page_of(row), **change)["key"]
    row.refresh_from_db()
    assert (row.base_url, row.kind, key_of(row)) == (PUBLIC, "openai", "sk-first")
    save(olive, page_of(row), **{**change, "key": "sk-second"})
    assert key_of(row) == "sk-second"
    save(olive, page_of(row), base_url="https://third.example.com", clear_key="on")
    assert key_of(row) == "", "or is forgotten"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://api.example.com/v1", "must begin with https://"),
        ("ftp://api.example.com", "must be an address such as"),
        ("api.example.com", "must be an address such as"),
        ("https://", "must be an address such as"),
        ("https://api.example.com:99999", "must be an address such as"),
        ("https://user:pw@api.example.com", "must not contain a user name or password"),
        ("https://api.example.com/v1?key=1", "must not contain ?"),
        ("https://api.example.com/v1#x", "must not contain ?"),
        ("https://api.example.com:8443/v1", "The port 8443 is not allowed; allowed: 80, 443"),
        ("https://api.example.com/v1/chat/completions", "must end before /chat/completions"),
        *((f"https://{host}/v1", "is not on the public internet") for host in (
            "127.0.0.1", "127.1", "0x7f000001", "2130706433", "localhost", "localhost.", "a.localhost", "ollama", "10.0.0.7", "192.168.1.4:11434",
            "169.254.169.254", "[::1]", "[fd00::1]", "[::ffff:10.0.0.1]", "host.docker.internal",
        )),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused(olive: Any, url: str, said: str) -> None:
    assert said in errors(olive, base_url=url, key="sk-1")["base_url"]
    assert not Provider.objects.exists()


def test_a_public_name_of_a_private_address_is_never_connected_to(olive: Any, provider: StandIn, monkeypatch: Any, settings: Any) -> None:
    port = provider.url.split(":")[2].removesuffix("/v1")
    settings.FETCH_PORTS = [port]
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *args, **kwargs: look_up("127.0.0.1", *args, **kwargs))
    told = save(olive, base_url=f"https://api.example.com:{port}/v1", key="sk-1")
    assert any("is not on the public internet" in each for each in told), told
    assert provider.connections == 0


def test_an_administrator_may_use_a_machine_of_the_network(root: Any, provider: StandIn) -> None:
    assert any("works" in told for told in save(root, base_url=provider.url, key=provider.key))
    assert errors(root, base_url="ftp://localhost")["base_url"]


@pytest.mark.parametrize(
    ("fields", "name", "said"),
    [
        ({"alias": ""}, "alias", "required"),
        ({"alias": "knowledge"}, "alias", "those are engines"),
        ({"alias": "scripted"}, "alias", "those are engines"),
        ({"alias": "My Provider"}, "alias", "must be 1 to 128 of a-z"),
        ({"key": "two words"}, "key", "without spaces"),
        ({"key": "ключ"}, "key", "without spaces"),
        ({"key": "k" * 5000}, "key", "4096"),
        ({"kind": "other"}, "kind", "valid choice"),
        ({"meta": "[]"}, "meta", "must be an object"),
    ],
)
def test_refusals_stand_at_their_fields(olive: Any, fields: dict[str, Any], name: str, said: str) -> None:
    assert said in errors(olive, **{"base_url": PUBLIC, **fields})[name]
    assert not Provider.objects.exists()


def test_an_alias_is_used_once_an_owner(olive: Any, otto: Any, unreachable: None) -> None:
    save(olive, base_url=PUBLIC)
    assert "already exists" in errors(olive, base_url=PUBLIC)["__all__"]
    save(otto, base_url=PUBLIC)


def test_what_does_not_work_is_saved_and_told(olive: Any, dead: str) -> None:
    told = save(olive, base_url=dead, key="sk-1")
    assert any("“mine” cannot be used now. It cannot be reached." in each for each in told)
    row = Provider.objects.get()
    assert row.test_error.startswith("It cannot be reached.")
    assert "Cannot be used." in text(olive, page_of(row))
    assert "sk-1" not in row.test_error


def test_the_button_and_the_action_test_again(olive: Any, service: StandIn) -> None:
    save(olive, base_url=service.url, key="sk-wrong")
    row = Provider.objects.get()
    assert row.test_error.startswith("The key is refused.")
    service.key = "sk-wrong"
    answer = olive.browser.post(f"{LIST}{row.pk}/test/", follow=True)
    assert any("works" in str(message) for message in answer.context["messages"])
    assert answer.redirect_chain == [(page_of(row), 302)]
    service.key = "sk-right"
    answer = olive.browser.post(LIST, {"action": "test_connections", "_selected_action": [str(row.pk)]}, follow=True)
    told = " ".join(str(message) for message in answer.context["messages"])
    assert "The key is refused." in told
    assert "sk-" not in told
    row.refresh_from_db()
    assert row.test_error


def test_a_page_that_is_no_api_is_told(olive: Any, service: StandIn) -> None:
    told = save(olive, base_url=service.url.removesuffix("/v1") + "/nothing", key=service.key)
    assert any("There is no such API at this address." in each for each in told)
    assert not any("?." in each for each in told)


def test_somebody_elses_is_absent(olive: Any, otto: Any, service: StandIn) -> None:
    save(otto, base_url=service.url, key=service.key)
    row = Provider.objects.get()
    assert "mine" not in text(olive, LIST)
    assert olive.browser.get(page_of(row)).status_code == 302
    assert olive.browser.post(page_of(row), form(base_url="https://evil.example.com", key="x")).status_code == 302
    tested = row.tested_at
    assert olive.browser.post(f"{LIST}{row.pk}/test/").status_code == 302
    olive.browser.post(LIST, {"action": "test_connections", "_selected_action": [str(row.pk)]})
    row.refresh_from_db()
    assert (row.base_url, row.tested_at) == (service.url, tested)


def test_a_test_is_asked_for_by_post_and_by_who_may_change(olive: Any, root: Any, unreachable: None) -> None:
    save(root, base_url=PUBLIC)
    row = Provider.objects.get()
    assert root.browser.get(f"{LIST}{row.pk}/test/").status_code == 405
    olive.user.groups.clear()
    assert olive.browser.post(f"{LIST}{row.pk}/test/").status_code == 302


def test_only_administrators_share(olive: Any, otto: Any, root: Any, unreachable: None) -> None:
    save(olive, base_url=PUBLIC, shared="on")
    row = Provider.objects.get()
    assert not row.shared
    assert 'name="shared"' not in text(olive, page_of(row))
    save(root, page_of(row), base_url=PUBLIC, shared="on")
    row.refresh_from_db()
    assert (row.shared, row.owner) == (True, olive.user)
    assert access_of("mine", otto.user.pk).base_url == PUBLIC
    assert "mine" not in text(otto, LIST), "used, not seen"
    save(olive, page_of(row), base_url=PUBLIC, description="Mine")
    row.refresh_from_db()
    assert row.shared


def test_a_provider_goes(olive: Any, unreachable: None) -> None:
    save(olive, base_url=PUBLIC)
    olive.browser.post(f"{LIST}{Provider.objects.get().pk}/delete/", {"post": "yes"})
    assert not Provider.objects.exists()
