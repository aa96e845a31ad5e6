"""What happened to a reply's html."""

from dataclasses import dataclass, field

_STEP = 256


@dataclass(frozen=True)
class Splice:
    """In the open block's html, at `at`, remove `delete` and insert `insert` (code points)."""

    at: int
    delete: int
    insert: str


@dataclass(frozen=True)
class Change:
    """Replace everything from block `start` by `blocks`; the first `sealed` blocks are final.

    With `splice` only the last block, number `start`, grew and `blocks` is empty. `before` is that
    block's html without the splice, which the wire form needs to count UTF-16 units.
    """

    rev: int
    start: int
    sealed: int
    blocks: tuple[str, ...]
    splice: Splice | None = None
    before: str = field(default="", repr=False, compare=False)

    def utf16_splice(self) -> Splice | None:
        """`splice` with its numbers in UTF-16 code units, as browsers count."""
        if self.splice is None or self.before.isascii():
            return self.splice
        at, end = self.splice.at, self.splice.at + self.splice.delete
        return Splice(utf16_length(self.before[:at]), utf16_length(self.before[at:end]), self.splice.insert)


def utf16_length(text: str) -> int:
    """Length of `text` in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def splice(old: str, new: str) -> Splice:
    """The one replacement that turns `old` into `new`: common beginning and end left alone."""
    limit = min(len(old), len(new))
    start = _common(old, new, limit)
    end = _common(old[start:][::-1], new[start:][::-1], limit - start)
    return Splice(start, len(old) - end - start, new[start : len(new) - end])


def _common(a: str, b: str, limit: int) -> int:
    """Length of the common beginning, at most `limit`: whole steps at once, then by character."""
    at = 0
    while at < limit and a[at : at + _STEP] == b[at : at + _STEP]:
        at += _STEP
    end = min(at + _STEP, limit)
    return next((n for n in range(at, end) if a[n] != b[n]), min(end, limit))
