"""Background services: started once, stopped in the other order, whatever one of them does."""

import asyncio

import pytest

from widgetplatform.background import Background


def recording(log, name, error=None):
    async def hook():
        log.append(name)
        await asyncio.sleep(0)
        if error:
            raise error

    return hook


async def test_services_start_in_order_and_stop_in_reverse():
    log, background = [], Background()
    for name in ("journal", "hub"):
        background.register(recording(log, f"start {name}"), recording(log, f"stop {name}"), recording(log, f"drain {name}"))
    await background.ensure_started()
    assert background.started
    await background.drain_all()
    await background.stop_all()
    assert log == ["start journal", "start hub", "drain hub", "drain journal", "stop hub", "stop journal"]
    assert not background.started


async def test_many_first_scopes_start_it_once_and_all_wait():
    log, background = [], Background()
    background.register(recording(log, "start"), recording(log, "stop"))

    async def scope():
        await background.ensure_started()
        return list(log)

    assert await asyncio.gather(*[scope() for _ in range(20)]) == [["start"]] * 20


async def test_a_plain_function_runs_off_the_loop():
    background, threads = Background(), []

    def start():
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        threads.append(1)

    background.register(start, lambda: None)
    await background.ensure_started()
    assert threads == [1]


async def test_registering_the_same_service_twice_counts_once():
    log, background = [], Background()
    start, stop = recording(log, "start"), recording(log, "stop")
    background.register(start, stop)
    background.register(start, stop)
    await background.ensure_started()
    assert log == ["start"]


async def test_a_failed_start_is_raised_and_tried_again():
    log, background = [], Background()
    errors = [RuntimeError("no database")]

    async def start():
        if errors:
            raise errors.pop()
        log.append("start")

    background.register(start, recording(log, "stop"))
    with pytest.raises(RuntimeError, match="no database"):
        await background.ensure_started()
    assert not background.started
    await background.ensure_started()
    assert log == ["start"]


async def test_a_service_that_fails_to_stop_does_not_keep_the_others(caplog):
    log, background = [], Background()
    background.register(recording(log, "start a"), recording(log, "stop a"))
    background.register(recording(log, "start b"), recording(log, "stop b", RuntimeError("stuck")))
    await background.ensure_started()
    await background.stop_all()
    assert log[-2:] == ["stop b", "stop a"]
    assert "did not stop cleanly" in caplog.text


async def test_stopping_twice_stops_once():
    log, background = [], Background()
    background.register(recording(log, "start"), recording(log, "stop"))
    await background.ensure_started()
    await background.stop_all()
    await background.stop_all()
    assert log == ["start", "stop"]


async def test_a_hanging_service_is_left_behind(monkeypatch, caplog):
    monkeypatch.setattr("widgetplatform.background.STOP_SECONDS", 0.01)
    background = Background()
    background.register(recording([], "start"), asyncio.Event().wait)
    await background.ensure_started()
    await background.stop_all()
    assert "took longer" in caplog.text
