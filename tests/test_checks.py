"""The system checks fire on what they are for, and only then."""

import pytest

from widgetplatform.checks import (
    NOT_NEGATIVE,
    POSITIVE,
    check_engines,
    check_limits,
    check_models,
    check_production,
)


def ids(check):
    return sorted(message.id for message in check())


def test_the_settings_as_they_are_pass():
    assert ids(check_limits) == ids(check_engines) == ids(check_models) == ids(check_production) == []


@pytest.mark.parametrize("name", POSITIVE)
def test_a_limit_of_zero_is_refused(settings, name):
    setattr(settings, name, 0)
    assert "widgetplatform.E002" in ids(check_limits)
    assert any(name in message.msg for message in check_limits())


@pytest.mark.parametrize("name", NOT_NEGATIVE)
def test_a_budget_may_be_none_but_not_less(settings, name):
    setattr(settings, name, 0)
    assert ids(check_limits) == []
    setattr(settings, name, -1)
    assert ids(check_limits) == ["widgetplatform.E002"]


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "OLLAMA_BASE_URL"])
@pytest.mark.parametrize(
    "url", ["localhost:11434", "ftp://localhost/v1", "http://", "https://me:secret@api.example.com", "https://api.example.com/v1?x=1", "http://a b/v1"]
)
def test_an_address_of_a_provider_that_is_none_is_refused(settings, name, url):
    setattr(settings, name, url)
    (message,) = check_models()
    assert message.id == "widgetplatform.E007"
    assert name in message.msg
    assert "secret" not in message.msg


def test_addresses_inside_of_a_network_are_the_installations_own_matter(settings):
    settings.OPENAI_BASE_URL, settings.OLLAMA_BASE_URL = "http://10.0.0.7:8000/v1", "http://localhost:11434/v1"
    assert ids(check_models) == []


@pytest.mark.parametrize("alias", ["", "Open AI", "openai:gpt", "a/b"])
def test_a_default_provider_that_no_model_can_name_is_refused(settings, alias):
    settings.DEFAULT_PROVIDER = alias
    assert ids(check_models) == ["widgetplatform.E008"]


@pytest.mark.parametrize(
    ("code", "small", "large"),
    [("E003", "MESSAGE_BYTES", "FRAME_BYTES"), ("E004", "HEARTBEAT_SECONDS", "SILENCE_SECONDS"), ("E005", "SWEEP_SECONDS", "LEASE_SECONDS")],
)
def test_limits_out_of_order_are_refused(settings, code, small, large):
    setattr(settings, small, getattr(settings, large))
    assert ids(check_limits) == [f"widgetplatform.{code}"]


@pytest.mark.parametrize("path", ["nowhere.Engine", "bots.engines.scripted.Nothing", "Engine"])
def test_an_engine_that_cannot_be_imported_is_refused(settings, path):
    settings.EXTRA_ENGINES = {"mine": path}
    assert ids(check_engines) == ["widgetplatform.E006"]


def test_the_test_engine_in_production_is_told(settings):
    settings.PRODUCTION = True
    assert "widgetplatform.W003" in ids(check_engines)


def test_production_refuses_debug(settings):
    settings.PRODUCTION, settings.DEBUG = True, True
    settings.REDIS_URL, settings.DATABASE_URL = "redis://redis", "postgres://db"
    assert ids(check_production) == ["widgetplatform.E001"]


def test_production_tells_what_serves_one_machine_only(settings):
    settings.PRODUCTION = True
    settings.REDIS_URL, settings.DATABASE_URL = "redis://redis", ""
    assert ids(check_production) == ["widgetplatform.W001"]
    settings.REDIS_URL = ""
    assert ids(check_production) == ["widgetplatform.W002"]
