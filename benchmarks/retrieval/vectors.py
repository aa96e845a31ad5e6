"""Vectors of the evaluation's texts as a file, because computing them takes a minute and a half of CPU."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bots.retrieval.embedder import EMBEDDER, Embedder, Vectors

FILE = Path(__file__).with_name("vectors.npz")
SCALE = 127.0


class StoredEmbedder:
    """The product's embedder behind a memory that can be saved; what is not in it is computed.

    Rows are stored in eight bits, which changes a cosine by less than 0.002.
    """

    def __init__(self, path: Path | None = FILE, embedder: Embedder = EMBEDDER) -> None:
        self.name, self.dim = embedder.name, embedder.dim
        self.computed: list[str] = []
        self._embedder = embedder
        self._rows: dict[bytes, NDArray[np.int8]] = {}
        self._largest: dict[bytes, np.float32] = {}
        if path and path.exists():
            with np.load(path) as stored:
                keys = [bytes(key) for key in stored["keys"]]
                self._rows = dict(zip(keys, stored["rows"], strict=True))
                self._largest = dict(zip(keys, stored["largest"], strict=True))

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """As the embedder's own."""
        return self._all("query", texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """As the embedder's own."""
        return self._all("passage", texts)

    def save(self, path: Path = FILE) -> None:
        """Write everything that was asked for since this was made, or read from a file."""
        keys = sorted(self._rows)
        np.savez_compressed(
            path,
            keys=np.array([list(key) for key in keys], np.uint8),
            rows=np.stack([self._rows[key] for key in keys]),
            largest=np.array([self._largest[key] for key in keys], np.float32),
        )

    def _all(self, kind: str, texts: Sequence[str]) -> Vectors:
        rows = np.empty((len(texts), self.dim), np.float32)
        for number, text in enumerate(texts):
            key = hashlib.blake2s(f"{self.name}\0{kind}\0{text}".encode("utf-8", "replace"), digest_size=8).digest()
            if key not in self._rows:
                self._compute(key, kind, text)
            row = self._rows[key].astype(np.float32) * self._largest[key]
            rows[number] = row / np.linalg.norm(row)
        return rows

    def _compute(self, key: bytes, kind: str, text: str) -> None:
        embed = self._embedder.embed_queries if kind == "query" else self._embedder.embed_passages
        row = embed([text])[0]
        self._largest[key] = np.float32(np.abs(row).max() / SCALE)
        self._rows[key] = np.round(row / self._largest[key]).astype(np.int8)
        self.computed.append(text)
