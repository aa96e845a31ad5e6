"""``site``: every behavior once on embedded defaults and once on two processes with PostgreSQL and Valkey."""

from collections.abc import Iterator

import pytest

from tests.support.servers import Cluster
from tests.support.sites import Site


@pytest.fixture(scope="session", params=["embedded", "cluster"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """The site, as its two doors."""
    if request.param == "embedded":
        server = request.getfixturevalue("server")
        running = Site(server, server)
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        running = Site(*cluster.web)
    yield running
    running.close()
