import pytest

from bots.abilities.tests.fakes import FakeTools


@pytest.fixture
def tools() -> FakeTools:
    return FakeTools()
