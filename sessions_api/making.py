"""What there is of the making of a reply besides its text: what the model thought, and what the bot did. Operators read it later."""

import uuid
from collections.abc import Callable
from typing import Any

from bots.engines.base import Note
from sessions_api.functions import kept
from sessions_api.models import Message
from sessions_api.pace import Pace

THINKING_CHARACTERS = 65_536  # of a reply are shown and kept
THINKING_SECONDS = 0.1
NOTES = 64
NOTED = (Message.Type.REASONING, Message.Type.ACTIVITY)  # other types would be read as part of the talk


class Making:
    """Of one attempt. ``send`` takes the next piece of thinking, for those who may see it; not oftener than every 100 ms."""

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send = send
        self._pace = Pace(self._flush, quick=THINKING_SECONDS, steady=THINKING_SECONDS)
        self._pieces: list[str] = []
        self._size = 0
        self._sent = 0  # pieces
        self._notes: list[Note] = []

    def think(self, text: str, shown: bool) -> None:
        """The next piece of what the model thinks."""
        text = text[: THINKING_CHARACTERS - self._size]
        if text:
            self._pieces.append(text)
            self._size += len(text)
            if shown:
                self._pace.due()

    def note(self, note: Note) -> None:
        """Something that was done."""
        if len(self._notes) < NOTES and note.type in NOTED:
            self._notes.append(note)

    def stop(self) -> None:
        """Show no more; what waits is shown now."""
        if self._sent:
            self._flush()
        self._pace.stop()

    def rows(self, conversation_id: uuid.UUID, reply_id: uuid.UUID) -> list[Message]:
        """For the log; nothing for a reply that simply spoke."""
        thought = kept("".join(self._pieces))
        notes = [Note(Message.Type.REASONING, thought), *self._notes] if thought.strip() else self._notes
        return [
            Message(
                conversation_id=conversation_id, type=note.type, text=kept(note.text),
                meta={**_object(note.meta), "reply": str(reply_id)},
            )
            for note in notes
        ]  # fmt: skip

    def _flush(self) -> None:
        text = "".join(self._pieces[self._sent :])
        if "\ud800" <= text[-1:] <= "\udbff":
            return  # the other half of the character is on its way
        self._sent = len(self._pieces)
        if text:
            self._send(kept(text))


def _object(meta: Any) -> dict[str, Any]:
    found: dict[str, Any] = kept(dict(meta))
    return found
