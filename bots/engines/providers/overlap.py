"""Going on after a cut: models like to begin again with what they said last."""

TAIL_CHARACTERS = 400
OVERLAP_CHARACTERS = 12  # shorter ones are chance


class Overlap:
    """Takes away the beginning of a continuation that repeats the end of `before`."""

    def __init__(self, before: str) -> None:
        self._tail = before[-TAIL_CHARACTERS:]
        self._held = ""
        self._open = len(self._tail) >= OVERLAP_CHARACTERS

    def feed(self, text: str) -> str:
        """What is new of the text so far; nothing while it may still be a repetition."""
        if not self._open:
            return text
        self._held += text
        held, tail = self._held, self._tail
        for start in range(len(tail) - OVERLAP_CHARACTERS + 1):
            rest = tail[start:]
            if held.startswith(rest):
                self._open = False
                return held[len(rest) :]
            if rest.startswith(held):
                return ""
        self._open = False
        return held

    def finish(self) -> str:
        """What was held back."""
        return self._held if self._open else ""
