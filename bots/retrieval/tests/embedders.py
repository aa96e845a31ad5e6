"""A fast embedder for tests: texts are near to each other when they share words."""

import zlib
from collections.abc import Sequence

import numpy as np

from bots.retrieval.embedder import Vectors
from bots.retrieval.lexical import words


class WordEmbedder:
    """Every word is one of 4,096 directions, so two words hardly ever share one."""

    name = "words"
    dim = 4096

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.full((len(texts), self.dim), 1e-4, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in words(text):
                row[zlib.crc32(word.encode()) % self.dim] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
