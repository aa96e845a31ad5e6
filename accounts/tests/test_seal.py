from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.seal import SealError, seal, unseal
from bots.models import Provider, Secret

KEYS = {"new": "n" * 48, "old": "o" * 48}


def test_what_is_sealed_can_be_read_for_its_row_only(settings: Any) -> None:
    settings.SECRETS_KEYS = KEYS
    sealed = seal("sk-geheim-ü", "row 1")
    assert sealed.startswith("new.")
    assert "geheim" not in sealed
    assert unseal(sealed, "row 1") == "sk-geheim-ü"
    assert seal("sk-geheim-ü", "row 1") != sealed, "never the same twice"
    with pytest.raises(SealError, match="not sealed for this row"):
        unseal(sealed, "row 2")


def test_nothing_stays_nothing() -> None:
    assert seal("", "row") == unseal("", "row") == ""


@pytest.mark.parametrize("broken", ["new.", "new.!!!", "new.AAAA", "new", "."])
def test_what_is_damaged_is_told(settings: Any, broken: str) -> None:
    settings.SECRETS_KEYS = {**KEYS, "": KEYS["old"]}
    with pytest.raises(SealError):
        unseal(broken, "row")


def test_a_changed_byte_is_noticed(settings: Any) -> None:
    settings.SECRETS_KEYS = KEYS
    sealed = seal("sk-geheim", "row")
    swapped = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(SealError):
        unseal(swapped, "row")


def test_a_key_that_is_gone_is_named_and_its_text_is_not(settings: Any) -> None:
    settings.SECRETS_KEYS = {"old": KEYS["old"]}
    sealed = seal("sk-geheim", "row")
    settings.SECRETS_KEYS = {"new": KEYS["new"]}
    with pytest.raises(SealError, match="holds no key “old” any more") as error:
        unseal(sealed, "row")
    assert "geheim" not in str(error.value)
    settings.SECRETS_KEYS = {"old": KEYS["new"]}
    with pytest.raises(SealError):
        unseal(sealed, "row")


def _rows(owner: Any) -> tuple[Provider, Secret]:
    provider, secret = Provider(owner=owner, alias="mine"), Secret(owner=owner, alias="crm")
    provider.key, secret.value = seal("sk-one", str(provider.pk)), seal("two", str(secret.pk))
    provider.save()
    secret.save()
    Provider.objects.create(owner=owner, alias="local")
    return provider, secret


def test_a_new_key_reads_the_old_ones_rows_and_takes_them_over(settings: Any, olive: Any, capsys: Any) -> None:
    settings.SECRETS_KEYS = {"old": KEYS["old"]}
    provider, secret = _rows(olive.user)
    settings.SECRETS_KEYS = KEYS
    assert unseal(provider.key, str(provider.pk)) == "sk-one", "readable before anything was done"
    call_command("reseal")
    assert capsys.readouterr().out == "Encrypted anew: 2.\n"
    settings.SECRETS_KEYS = {"new": KEYS["new"]}
    provider.refresh_from_db()
    secret.refresh_from_db()
    assert unseal(provider.key, str(provider.pk)) == "sk-one"
    assert unseal(secret.value, str(secret.pk)) == "two"
    assert Provider.objects.get(alias="local").key == ""
    call_command("reseal")
    assert capsys.readouterr().out == "Encrypted anew: 0.\n"


def test_one_that_cannot_be_read_is_named_and_the_others_are_done(settings: Any, olive: Any, capsys: Any) -> None:
    settings.SECRETS_KEYS = {"gone": "g" * 48}
    provider, _ = _rows(olive.user)
    settings.SECRETS_KEYS = KEYS
    Secret.objects.update(value="")
    other = Provider(owner=olive.user, alias="other")
    settings.SECRETS_KEYS = {"old": KEYS["old"]}
    other.key = seal("sk-two", str(other.pk))
    other.save()
    settings.SECRETS_KEYS = KEYS
    with pytest.raises(CommandError, match="1 could not be read"):
        call_command("reseal")
    told = capsys.readouterr()
    assert told.out == "Encrypted anew: 1.\n"
    assert f"bots.Provider.key of {provider.pk}: SECRETS_KEYS holds no key “gone” any more" in told.err
    other.refresh_from_db()
    assert other.key.startswith("new.")
