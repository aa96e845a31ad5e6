"""A client that follows the protocol to the letter, for the tests."""

from dataclasses import dataclass, field

from rendering import Change


@dataclass
class Client:
    """Applies changes as the wire carries them; refuses those that the protocol says do not apply, and any change of sealed blocks."""

    rev: int = 0
    sealed: int = 0
    blocks: list[str] = field(default_factory=list)

    def apply(self, change: Change) -> None:
        """One change, short or long form."""
        edit = change.utf16_splice()
        if edit is not None:
            assert change.rev == self.rev + 1
            old = self.blocks[-1].encode("utf-16-le")
            at, end = 2 * edit.at, 2 * (edit.at + edit.delete)
            assert end <= len(old)
            new = old[:at] + edit.insert.encode("utf-16-le") + old[end:]
            assert self.sealed < len(self.blocks)
            self.blocks[-1] = new.decode("utf-16-le")
        else:
            assert change.rev == self.rev + 1 or (change.rev > self.rev and change.start <= self.sealed)
            assert self.sealed <= change.sealed <= change.start + len(change.blocks)
            kept = self.blocks[: self.sealed]
            self.blocks[change.start :] = change.blocks
            assert self.blocks[: self.sealed] == kept
            self.sealed = change.sealed
        self.rev = change.rev
