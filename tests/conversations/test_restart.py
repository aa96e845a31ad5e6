"""A process that ends: open replies go on in the next one."""

import signal
from pathlib import Path

import pytest

from tests.support.processes import GENEROUS, run_embedded
from tests.support.sites import Site

WORDS = " ".join(f"word{number}" for number in range(40))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_a_reply_goes_on_after_a_restart(tmp_path: Path, how: signal.Signals) -> None:
    first = run_embedded(tmp_path, **GENEROUS)
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
    second = run_embedded(tmp_path, **GENEROUS)
    try:
        site = Site(second, second)
        tab.url = second.url.replace("http", "ws", 1) + "/ws/v1/conversation"
        tab.origin = second.url
        await tab.reconnect()
        row = await tab.closing_row(2, attempt=2)
        assert (row["status"], row["attempt"], row["html"]) == ("done", 2, f"<p>{WORDS}</p>")
        assert (await tab.closing_row(4))["html"] == "<p>And this</p>", "the queue goes on as well"
        async with site.tab(session) as fresh:
            assert [(row["id"], row.get("html")) for row in fresh.shown] == [(row["id"], row.get("html")) for row in tab.shown]
        await tab.close()
    finally:
        second.stop()
