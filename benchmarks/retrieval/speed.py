"""How long a search among ten thousand records takes beyond embedding the question, with made-up vectors of the right shape."""

import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bots.retrieval.embedder import Vectors
from bots.retrieval.index import Index
from bots.retrieval.result import IndexRecord
from bots.retrieval.vectors import pack_vectors, plan_record

RECORDS, TIMES = 10_000, 40
WORDS = 20_000


class RandomEmbedder:
    """Vectors of the shape of e5's, whose cosines lie between 0.7 and 0.9, at no cost."""

    name = "random"

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self._random = np.random.default_rng(1)
        self._common = self._random.normal(size=dim).astype(np.float32)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Random rows near to a common direction."""
        rows = self._common + 0.5 * self._random.normal(size=(len(texts), self.dim)).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    embed_passages = embed_queries


@dataclass(frozen=True)
class Speed:
    """Milliseconds of one search, seconds and megabytes of the index. On a machine that does other things CPU tells more than the clock."""

    median_ms: float
    cpu_ms: float
    slowest_ms: float
    build_s: float
    index_mb: float


def measure(dim: int) -> Speed:
    """Builds an index over ten thousand records of four sentences each, and asks it."""
    embedder = RandomEmbedder(dim)
    records = _records(embedder)
    before, start = _resident(), time.perf_counter()
    index = Index(records, embedder)
    build = time.perf_counter() - start
    memory = _resident() - before
    random = np.random.default_rng(2)
    taken, computed = [], []
    for number in range(TIMES):
        words = " ".join(_word(word) for word in random.integers(0, WORDS, 7))
        previous = f"where is {_word(number)}" if number % 2 else ""
        start, cpu = time.perf_counter(), time.process_time()
        index.search(f"How is {words}, code AB-{number}?", previous=previous)
        taken.append((time.perf_counter() - start) * 1000)
        computed.append((time.process_time() - cpu) * 1000)
    return Speed(float(np.median(taken)), float(np.median(computed)), max(taken), build, memory)


def line(speed: Speed) -> str:
    """For people."""
    return (
        f"{RECORDS:,} records: a search takes {speed.median_ms:.1f} ms ({speed.cpu_ms:.1f} ms of CPU) beyond embedding the question "
        f"(slowest of {TIMES}: {speed.slowest_ms:.1f}); the index is built in {speed.build_s:.1f} s and takes {speed.index_mb:.0f} MB"
    )


def _records(embedder: RandomEmbedder) -> list[IndexRecord]:
    random = np.random.default_rng(3)
    records = []
    for number in range(RECORDS):
        words = [_word(word) for word in random.zipf(1.3, 60) % WORDS]
        text = " ".join(f"{' '.join(words[at : at + 15]).capitalize()}." for at in range(0, 60, 15))
        title = f"Book › {' '.join(words[:3])} AB-{number}"
        plan = plan_record(title, text)
        vectors = pack_vectors(plan, embedder.embed_passages(plan.texts), embedder.name)
        records.append(IndexRecord(str(number), title, text, f"/{number}", (), vectors))
    return records


def _word(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number)) + "ing"


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
