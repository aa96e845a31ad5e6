"""What a client holds of a reply while it is written, and how deltas change it."""

from dataclasses import dataclass, field
from typing import Any

Frame = dict[str, Any]


class DeltaGap(Exception):
    """A delta does not fit what is held."""


@dataclass
class Draft:
    """What is held of an open reply: blocks of html as of ``rev``, of which the first ``sealed`` are final."""

    rev: int = -1
    sealed: int = 0
    blocks: list[str] = field(default_factory=list)

    @property
    def html(self) -> str:
        """The blocks joined."""
        return "".join(self.blocks)

    def apply(self, delta: Frame) -> bool:
        """Take a delta of either form; False for one that is old, ``DeltaGap`` for one that does not fit."""
        if delta["rev"] <= self.rev:
            return False
        following = delta["rev"] == self.rev + 1 and self.rev >= 0
        if "at" in delta:
            if not following or not self.blocks:
                raise DeltaGap
            self.blocks[-1] = splice(self.blocks[-1], delta["at"], delta.get("del", 0), delta["ins"])
        else:
            start = delta["from"]
            if start > len(self.blocks) or (not following and start > self.sealed):
                raise DeltaGap
            self.blocks[start:] = delta["blocks"]
            self.sealed = delta["sealed"]
        self.rev = delta["rev"]
        return True


def splice(text: str, at: int, remove: int, insert: str) -> str:
    """``text`` with a piece replaced, counted in UTF-16 units as browsers do."""
    units = text.encode("utf-16-le")
    return (units[: at * 2] + insert.encode("utf-16-le") + units[(at + remove) * 2 :]).decode("utf-16-le")


def utf16_length(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
