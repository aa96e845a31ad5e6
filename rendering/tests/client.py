"""A client that follows the protocol to the letter, for the tests."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Client:
    """Applies delta frames; refuses those that the protocol says do not apply, and any change of sealed blocks."""

    rev: int = 0
    sealed: int = 0
    blocks: list[str] = field(default_factory=list)

    def apply(self, frame: dict[str, Any]) -> None:
        """One `delta` frame, short or long form."""
        assert frame["type"] == "delta"
        if "at" in frame:
            assert frame["rev"] == self.rev + 1
            old = self.blocks[-1].encode("utf-16-le")
            at, end = 2 * frame["at"], 2 * (frame["at"] + frame["del"])
            assert end <= len(old)
            new = old[:at] + frame["ins"].encode("utf-16-le") + old[end:]
            assert self.sealed < len(self.blocks)
            self.blocks[-1] = new.decode("utf-16-le")
        else:
            start, sealed = frame["from"], frame["sealed"]
            assert frame["rev"] == self.rev + 1 or (frame["rev"] > self.rev and start <= self.sealed)
            assert self.sealed <= sealed <= start + len(frame["blocks"])
            kept = self.blocks[: self.sealed]
            self.blocks[start:] = frame["blocks"]
            assert self.blocks[: self.sealed] == kept
            self.sealed = sealed
        self.rev = frame["rev"]
