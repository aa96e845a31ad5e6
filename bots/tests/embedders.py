"""A fast embedder for tests: a vector says which letters a text begins with, nothing more."""

from collections.abc import Sequence

import numpy as np

from bots.retrieval.embedder import Vectors


class LetterEmbedder:
    """Deterministic, normalized, and it counts what it was given."""

    name = "letters"
    dim = 32

    def __init__(self) -> None:
        self.passages: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.passages += texts
        return self._embed(texts)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.full((len(texts), self.dim), 0.01, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text.casefold():
                row[ord(letter) % self.dim] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
