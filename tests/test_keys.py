"""Keys come from the environment in production, and from files that only their owner reads elsewhere."""

import hashlib
import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from widgetplatform.keys import embedded_keys, production_keys

# The same in every process that collects tests: workers compare what they found.
GOOD = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("secret", "signing", "sealing", "older")}


@pytest.fixture
def given(monkeypatch):
    """The environment of an installation in production."""

    def give(**changes):
        values = {
            "SECRET_KEY": GOOD["secret"], "SESSION_SIGNING_KEYS": f"s1:{GOOD['signing']}", "SECRETS_KEYS": f"k2:{GOOD['sealing']},k1:{GOOD['older']}",
            **changes,
        }  # fmt: skip
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return give


def test_production_takes_them_from_the_environment(given):
    given()
    keys = production_keys()
    assert (keys.secret, keys.signing) == (GOOD["secret"], {"s1": GOOD["signing"]})
    assert list(keys.sealing.items()) == [("k2", GOOD["sealing"]), ("k1", GOOD["older"])], "the first one encrypts"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "SECRETS_KEYS must hold at least one id:key"),
        (GOOD["sealing"], "SECRETS_KEYS must be a list of id:key"),
        (f":{GOOD['sealing']}", "SECRETS_KEYS must be a list of id:key"),
        ("k1:short", "SECRETS_KEYS \\(k1\\) must have at least"),
        ("k1:" + "changeme" * 8, "SECRETS_KEYS \\(k1\\) is a known or guessable value"),
        ("k1:" + "a" * 60, "SECRETS_KEYS \\(k1\\) is a known or guessable value"),
        (f"k1:{GOOD['signing']}", "SECRETS_KEYS must not hold a key that is used for something else"),
        (f"k1:{GOOD['secret']}", "SECRETS_KEYS must not hold a key that is used for something else"),
    ],
)
def test_a_weak_or_missing_one_stops_the_start(given, value, said):
    given(SECRETS_KEYS=value)
    with pytest.raises(ImproperlyConfigured, match=said) as error:
        production_keys()
    assert not any(key in str(error.value) for key in GOOD.values())


def test_elsewhere_they_are_made_once_for_their_owner_only(tmp_path):
    first = embedded_keys(tmp_path / "data")
    assert embedded_keys(tmp_path / "data") == first
    for name in ("keys.json", "secrets-keys.json"):
        assert (tmp_path / "data" / name).stat().st_mode & 0o777 == 0o600
    assert json.loads((tmp_path / "data" / "secrets-keys.json").read_text()) == first.sealing
    assert len({first.secret, *first.signing.values(), *first.sealing.values()}) == 3


def test_keys_of_an_older_version_stay_and_get_company(tmp_path):
    (tmp_path / "keys.json").write_text(json.dumps({"secret": GOOD["secret"], "signing": {"s": GOOD["signing"]}}))
    keys = embedded_keys(tmp_path)
    assert (keys.secret, keys.signing) == (GOOD["secret"], {"s": GOOD["signing"]})
    assert embedded_keys(tmp_path).sealing == keys.sealing != {}
