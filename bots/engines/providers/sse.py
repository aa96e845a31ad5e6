"""Server-sent events from bytes, as they arrive."""

BOM = b"\xef\xbb\xbf"


class TooLong(Exception):
    """An event is longer than it may be."""


class EventStream:
    """Takes a stream apart, wherever its chunks were cut: the data of its events, other fields and comments are left out.

    Every end of line is understood. `max_bytes` bounds one line, and the data of one event.
    """

    __slots__ = ("_begun", "_data", "_max", "_pending", "_size")

    def __init__(self, max_bytes: int) -> None:
        self._max = max_bytes
        self._pending: list[bytes] = []  # of a line that is not whole
        self._size = 0
        self._data: list[bytes] = []
        self._begun = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The data of the events that this chunk completes. Raises TooLong."""
        whole = chunk[:6] == b"data: " and chunk.find(b"\n") == len(chunk) - 2 and chunk[-1:] == b"\n" and b"\r" not in chunk
        if whole and self._begun and not self._pending and not self._data and len(chunk) <= self._max:
            return [chunk[6:-2]]  # one event in one chunk, as almost always
        if b"\n" not in chunk and b"\r" not in chunk:
            self._keep(chunk)
            return []
        lines = b"".join([*self._pending, chunk]).splitlines(keepends=True)
        self._pending.clear()
        self._size = 0
        if not lines[-1].endswith(b"\n"):  # also after a lone CR: its LF may be the next byte
            self._keep(lines.pop())
        return self._read(lines)

    def close(self) -> list[bytes]:
        """What is left when the stream has ended: the last event, where its blank line is missing."""
        lines = b"".join(self._pending).splitlines()
        self._pending.clear()
        return self._read([*lines, b"", b""])

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._max:
            raise TooLong
        self._pending.append(part)

    def _read(self, lines: list[bytes]) -> list[bytes]:
        events = []
        for line in lines:
            field = line.rstrip(b"\r\n")
            if not self._begun:
                self._begun = True
                field = field.removeprefix(BOM)
            if field[:5] == b"data:":
                self._data.append(field[6:] if field[5:6] == b" " else field[5:])
                if len(field) > self._max or (len(self._data) > 1 and sum(map(len, self._data)) > self._max):
                    raise TooLong
            elif not field and self._data:
                events.append(b"\n".join(self._data))
                self._data = []
        return events
