"""``site``: every behavior once on embedded defaults and once on two processes with PostgreSQL and Valkey."""

import pytest

from tests.support.servers import Cluster
from tests.support.sites import Site


@pytest.fixture(scope="session", params=["embedded", "cluster"])
def site(request: pytest.FixtureRequest) -> Site:
    """The site, as its two doors."""
    if request.param == "embedded":
        server = request.getfixturevalue("server")
        return Site(server, server)
    cluster: Cluster = request.getfixturevalue("cluster")
    return Site(*cluster.web)
