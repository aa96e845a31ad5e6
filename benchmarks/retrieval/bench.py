"""The knowledge search as a measurement of ``make bench``."""

from typing import Any

from bots.retrieval.embedder import EMBEDDER

from . import speed
from .evaluation import evaluate
from .vectors import StoredEmbedder


def measure() -> dict[str, Any]:
    """The promised figures over all questions, and the time of a search among ten thousand records."""
    figures = {name: round(value, 3) for name, value in evaluate(StoredEmbedder()).figures().items()}
    taken = speed.measure(EMBEDDER.dim)
    return {
        "figures": figures,
        "search_ms": round(taken.median_ms, 1),
        "search_cpu_ms": round(taken.cpu_ms, 1),
        "index_s": round(taken.build_s, 1),
        "index_mb": round(taken.index_mb),
    }
