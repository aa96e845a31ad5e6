"""Which texts of a record are embedded, and how their vectors are stored in one block of bytes."""

import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .blocks import plain, sentences
from .embedder import Embedder, Vectors

VERSION = 1
PATH_SEPARATOR = " › "
MAX_TITLES = 24
MAX_SENTENCES = 12
MAX_SENTENCE_CHARS = 240
MAX_BODY_CHARS = 500  # some 130 ms: a question waits for the text that is being embedded
_HEADER = struct.Struct("<B8s8sHHH")  # version, embedder, texts, dim, titles, sentences


@dataclass(frozen=True)
class Plan:
    """The texts of one record to embed, in this order: titles, body, sentences."""

    texts: tuple[str, ...]
    titles: int

    @property
    def digest(self) -> bytes:
        """Eight bytes that change when any text changes."""
        return _digest("\0".join(self.texts))


@dataclass(frozen=True)
class RecordVectors:
    """Unpacked vectors of a record: titles (t, dim), body (1, dim), sentences (s, dim).

    While a record is being embedded, body and sentences may still have no rows.
    """

    titles: Vectors
    body: Vectors
    sentences: Vectors

    @property
    def rows(self) -> Vectors:
        """All of them, in the order of the plan's texts."""
        return np.concatenate((self.titles, self.body, self.sentences))


def leaf(title: str) -> str:
    """The last heading of a heading path."""
    return title.rsplit(PATH_SEPARATOR, 1)[-1]


def plan_record(title: str, text: str, alternatives: Sequence[str] = ()) -> Plan:
    """What to embed of a record: its title (whole path and last heading), other phrasings, title + text, title + sentence.

    Blank alternatives and those beyond 22 are left out.
    """
    name = leaf(title)
    words = plain(text)
    own = [text for text in dict.fromkeys((name.strip(), title.strip())) if text]
    others = [text for text in dict.fromkeys(map(str.strip, alternatives)) if text and text not in own]
    others = others[: MAX_TITLES - len(own)]
    titles = own + others or [words[:100] or "-"]
    body = f"{name}\n{words[:MAX_BODY_CHARS]}"
    parts = [f"{name}\n{sentence[:MAX_SENTENCE_CHARS]}" for sentence in sentences(text)[:MAX_SENTENCES]]
    # another phrasing counts as a whole sentence too: what an operator wrote for a question has to win it
    parts += others
    return Plan((*titles, body, *parts), len(titles))


def pack_vectors(plan: Plan, vectors: Vectors, embedder_name: str) -> bytes:
    """Vectors of `plan.texts`, shape (len(texts), dim), as a small header and float16 rows."""
    if vectors.ndim != 2 or len(vectors) != len(plan.texts):
        raise ValueError(f"vectors: expected {len(plan.texts)} rows, got shape {vectors.shape}")
    counts = (vectors.shape[1], plan.titles, len(plan.texts) - plan.titles - 1)
    head = _HEADER.pack(VERSION, _digest(embedder_name), plan.digest, *counts)
    return head + vectors.astype("<f2").tobytes()


def unpack_vectors(
    data: bytes | memoryview | None, embedder_name: str, kind: type[np.floating[Any]] = np.float32
) -> RecordVectors | None:
    """The stored vectors, or None when there are none, or they are damaged or of another embedder or version.

    As float16 they are a view of the data itself.
    """
    data = bytes(data or b"")
    if len(data) < _HEADER.size:
        return None
    version, embedder, _, dim, titles, parts = _HEADER.unpack_from(data)
    rows = titles + 1 + parts
    if version != VERSION or embedder != _digest(embedder_name) or len(data) != _HEADER.size + rows * dim * 2:
        return None
    matrix = np.frombuffer(data, "<f2", offset=_HEADER.size).reshape(rows, dim).astype(kind, copy=False)
    return RecordVectors(matrix[:titles], matrix[titles : titles + 1], matrix[titles + 1 :])


def is_current(data: bytes | memoryview | None, plan: Plan, embedder_name: str) -> bool:
    """Whether the stored vectors are those of exactly these texts, so that nothing needs to be embedded."""
    if unpack_vectors(data, embedder_name) is None:
        return False
    return bool(_HEADER.unpack_from(bytes(data or b""))[2] == plan.digest)


def embed_texts(texts: Sequence[str], known: Mapping[str, Vectors], embedder: Embedder) -> Vectors:
    """A row for each text; those that repeat or are known already are not embedded again."""
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    rows = {**known, **dict(zip(missing, embedder.embed_passages(missing), strict=True))}
    return np.stack([rows[text] for text in texts])


def embed_record(title: str, text: str, alternatives: Sequence[str], embedder: Embedder) -> bytes:
    """Embed one record at once and pack the result: up to 59 texts, 10 to 130 ms of CPU each."""
    plan = plan_record(title, text, alternatives)
    return pack_vectors(plan, embed_texts(plan.texts, {}, embedder), embedder.name)


def _digest(text: str) -> bytes:
    return hashlib.blake2s(text.encode("utf-8", "replace"), digest_size=8).digest()
