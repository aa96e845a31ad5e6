"""A reply that is rendered while it is written."""

from dataclasses import dataclass
from time import monotonic, thread_time

from rendering.change import Change, splice
from rendering.dress import dress
from rendering.features import Features
from rendering.markdown import parse, settled
from rendering.source import Source

# A block that is dear to render is rendered less often, so no reply takes more than this share of a core.
_DEAR_SECONDS = 0.002
_PAUSE_PER_COST = 20
_PAUSE_SECONDS = 0.5  # a reader who waits longer thinks that it hangs
# A growing block that ends is sent as a splice, and what follows with the next change, where that saves
# more than this many characters.
_WORTH_HOLDING = 100


@dataclass(frozen=True)
class Rendered:
    """A whole reply: safe html of each top-level block."""

    blocks: tuple[str, ...]

    @property
    def html(self) -> str:
        """The blocks joined."""
        return "".join(self.blocks)


class Stream:
    """One reply. Feed it text in any split, ask for changes at any pace, finish it once.

    Only the tail that is still open is parsed; a block is sealed when the next one has begun for sure,
    and is never rendered again.
    """

    def __init__(self, features: Features) -> None:
        self.rev = 0
        self._features = features
        self._source = Source()
        self._sealed: list[str] = []
        self._open: list[str] = []
        self._shown: list[str] = []
        self._fresh = True
        self._finished = False
        self._resume_at = 0.0

    @property
    def text(self) -> str:
        """Raw text so far, without NUL and half surrogates."""
        return self._source.text

    def feed(self, text: str) -> None:
        """Append raw text of the model; ValueError after finish()."""
        if self._finished:
            raise ValueError("the reply is finished")
        self._source.feed(text)
        self._fresh = False

    def change(self) -> Change | None:
        """What happened to the html since the last call, None for nothing (or nothing yet)."""
        if not self._fresh and (not self._resume_at or monotonic() >= self._resume_at):
            self._render()
        old, new = self._shown, self._sealed + self._open
        shared = min(len(old), len(new))
        at = next((n for n in range(shared) if old[n] != new[n]), shared)
        if at == len(old) == len(new):
            return None
        self.rev += 1
        grew = at == len(old) - 1 and at < len(new)
        if grew and not self._finished:
            edit = splice(old[at], new[at])
            saved = len(new[at]) - len(edit.insert)
            if saved > (0 if len(new) == len(old) else _WORTH_HOLDING):
                before = old[at]
                self._shown = new[: at + 1]
                return Change(self.rev, at, self._final(), (), edit, before)
        self._shown = new
        return Change(self.rev, at, self._final(), tuple(new[at:]))

    def snapshot(self) -> Change:
        """All that change() has told so far, as one change from block 0."""
        return Change(self.rev, 0, self._final(), tuple(self._shown))

    def finish(self) -> Rendered:
        """Seal everything; change() then tells what that changed."""
        if not self._finished:
            self._source.close()
            self._finished = True
            self._render()
        return Rendered(tuple(self._sealed))

    def _final(self) -> int:
        return min(len(self._sealed), len(self._shown))

    def _render(self) -> None:
        began = thread_time()
        source = self._source.tail()
        blocks = parse(source)
        count = len(blocks) if self._finished else settled(blocks, source, self._source.complete)
        for block in blocks[:count]:
            self._sealed.append(dress(block, source, self._features, sealed=True))
        self._open = [dress(block, source, self._features, sealed=False) for block in blocks[count:]]
        if 0 < count < len(blocks):
            self._source.drop(blocks[count].line - 1, at_table=blocks[count].tag == "table")
        self._fresh = True
        cost = thread_time() - began
        self._resume_at = monotonic() + min(cost * _PAUSE_PER_COST, _PAUSE_SECONDS) if cost > _DEAR_SECONDS else 0.0


def render(text: str, features: Features) -> Rendered:
    """The whole text at once; its blocks are those that a stream of it ends with."""
    stream = Stream(features)
    stream.feed(text)
    return stream.finish()
