"""The embedded Celery worker: runs tasks in this process, stops cleanly, can start again."""

import threading

import pytest
from celery.worker import state

from widgetplatform.celery import app
from widgetplatform.worker import EmbeddedWorker

WAIT_SECONDS = 10
done = threading.Event()


@app.task(name="tests.set_done")
def set_done():
    done.set()


@pytest.fixture
def worker():
    worker = EmbeddedWorker()
    done.clear()
    yield worker
    worker.stop()
    state.should_stop = None


def test_a_task_runs_in_this_process(worker):
    worker.start()
    assert worker.alive
    set_done.delay()
    assert done.wait(WAIT_SECONDS)


def test_it_stops_and_starts_again(worker):
    for _ in range(2):
        done.clear()
        worker.start()
        set_done.delay()
        assert done.wait(WAIT_SECONDS)
        worker.stop()
        assert not worker.alive
        assert not [thread for thread in threading.enumerate() if thread.name == "celery-worker"]


def test_starting_twice_starts_one(worker):
    worker.start()
    worker.start()
    assert len([thread for thread in threading.enumerate() if thread.name == "celery-worker"]) == 1


def test_a_task_queued_before_the_start_runs(worker):
    set_done.delay()
    worker.start()
    assert done.wait(WAIT_SECONDS)


def test_scheduled_tasks_come_round(worker):
    app.conf.beat_schedule = {**app.conf.beat_schedule, "tests": {"task": "tests.set_done", "schedule": 0.1}}
    try:
        worker.start()
        assert done.wait(WAIT_SECONDS)
    finally:
        del app.conf.beat_schedule["tests"]
