"""A web process makes itself ready for the first question, where there is anything to ask about."""

import threading

import pytest

from bots import search as searching
from bots import services
from bots import warmup as warming
from bots.search import Indexes
from bots.tests.embedders import LetterEmbedder
from bots.warmup import WarmUp, warm


class Counting(LetterEmbedder):
    """Says whether it was asked anything."""

    name = "counting"

    @property
    def loaded(self) -> bool:
        return bool(self.passages)


@pytest.fixture
def embedder(monkeypatch) -> Counting:
    embedder = Counting()
    indexes = Indexes(embedder)
    monkeypatch.setattr(searching, "INDEXES", indexes)
    monkeypatch.setattr(warming, "INDEXES", indexes)
    return embedder


@pytest.fixture
def dataset(olive):
    dataset = services.create_dataset(olive.user)
    services.create_record(dataset, title="Hours", text="We open at nine.")
    return dataset


def test_the_first_question_finds_everything_ready(olive, dataset, embedder, django_assert_num_queries):
    services.create_bot(olive.user, dataset=dataset)
    warm(threading.Event())
    assert embedder.loaded
    with django_assert_num_queries(1):  # the version: the index is there
        searching.search(dataset, "hours")


def test_without_knowledge_the_embedder_is_not_loaded(olive, dataset, embedder):
    services.create_bot(olive.user, dataset=services.create_dataset(olive.user))  # empty
    services.create_bot(olive.user)  # and ``dataset`` is used by no bot
    warm(threading.Event())
    assert not embedder.loaded


def test_what_waited_is_queued_where_the_queue_is_in_memory(olive, dataset, embedder, settings, run_tasks):
    services.create_bot(olive.user, dataset=dataset)
    settings.EMBEDDED_WORKER = True
    run_tasks()
    ran = []
    warming.requeue_embedding.delay = lambda: ran.append(1)
    try:
        warm(threading.Event())
    finally:
        del warming.requeue_embedding.delay
    assert ran == [1]


def test_a_stop_before_its_time_keeps_it_from_starting(monkeypatch):
    done = []
    monkeypatch.setattr(warming, "warm", done.append)
    warmup = WarmUp(delay=60)
    warmup.start()
    warmup.stop()
    warmup.join()
    assert done == []


def test_a_failure_is_logged_and_nothing_else(monkeypatch, caplog):
    def fail(_stopped):
        raise RuntimeError("broken")

    monkeypatch.setattr(warming, "warm", fail)
    warmup = WarmUp(delay=0)
    warmup.start()
    warmup.join()
    assert "warm-up failed" in caplog.text
