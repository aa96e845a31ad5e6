"""A process that ends: open replies go on in the next one."""

import signal
import socket
from pathlib import Path

import pytest

from tests.support import compose
from tests.support.processes import GENEROUS, Server, run_embedded
from tests.support.seeded import copy_of
from tests.support.servers import Cluster
from tests.support.sites import Site

WORDS = " ".join(f"word{number}" for number in range(40))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_a_reply_goes_on_after_a_restart(tmp_path: Path, seeded: Path, how: signal.Signals) -> None:
    first = run_embedded(copy_of(seeded, tmp_path), **GENEROUS)
    try:
        site = Site(first, first)
        session = await site.session(await site.widget("echo/delay=0.1"))
        async with site.tab(session) as tab:
            await tab.send(WORDS)
            await tab.send("And this", respond=True)
            await tab.growing(2, until="word3")
            first.stop(how)
            code = await tab.closed()
            byes = tab.of("bye")
            if how == signal.SIGTERM:
                assert code in (1001, 1012)
                assert len(byes) == 1
                assert 0 <= byes[0]["reconnectMs"] <= 3000
            else:
                assert code == 1006
                assert not byes
    finally:
        first.stop(signal.SIGKILL)
    second = run_embedded(copy_of(seeded, tmp_path), **GENEROUS)
    try:
        site = Site(second, second)
        tab.url = second.url.replace("http", "ws", 1) + "/ws/v1/conversation"
        tab.origin = second.url
        await tab.reconnect()
        row = await tab.closing_row(2, attempt=2)
        assert (row["status"], row["attempt"], row["html"]) == ("done", 2, f"<p>{WORDS}</p>")
        assert (await tab.closing_row(4))["html"] == "<p>And this</p>", "the queue goes on as well"
        async with site.tab(session) as fresh:
            assert [(row["id"], row.get("html")) for row in fresh.shown] == [
                (row["id"], row.get("html")) for row in tab.shown
            ]
        await tab.close()
    finally:
        second.stop()


async def test_another_process_takes_over(cluster: Cluster, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    # Its leases end sooner, so that nobody waits 15 s for the others to notice.
    own = {"PORT": port, "LEASE_SECONDS": "3", "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics")}
    doomed = Server(compose.command("web"), cluster.web[0].environment | own, tmp_path / "web3.log")
    try:
        doomed.url = f"http://127.0.0.1:{port}"
        doomed.wait_for(lambda: doomed.answers("/readyz"))
        site = Site(cluster.web[0], doomed)
        session = await site.session(await site.widget("echo/delay=0.1"))
        async with site.tab(session) as tab, site.tab(session, second=True) as writer:
            await writer.send(WORDS)
            await tab.growing(2, until="word3")
            doomed.stop(signal.SIGKILL)
            assert await writer.closed() == 1006
            row = await tab.closing_row(2, attempt=2)
            assert (row["status"], row["html"]) == ("done", f"<p>{WORDS}</p>")
            assert {delta["to"] for delta in tab.of("delta")} == {"2.1", "2.2"}
            assert [(item["attempt"], item["html"]) for item in (await site.stored(session))[1:]] == [
                (2, row["html"])
            ]
    finally:
        doomed.stop(signal.SIGKILL)
