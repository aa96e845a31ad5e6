"""What was just said, kept in memory: the next question of a conversation finds its history here instead of in the database.

An entry counts only where the next question's number follows directly on the reply's closing number: then nothing else has changed.
"""

import uuid
from collections import OrderedDict

from bots.engines.base import HistoryItem

CONVERSATIONS = 500
CHARACTERS = 32_768

History = tuple[HistoryItem, ...]


class Recent:
    """The histories of the conversations that spoke last, each with the log's head it was true for."""

    def __init__(self) -> None:
        self._kept: OrderedDict[uuid.UUID, tuple[int, History]] = OrderedDict()

    def keep(self, conversation_id: uuid.UUID, head: int, history: History) -> None:
        """Remember the history as of ``head``; a long one is forgotten instead."""
        self._kept.pop(conversation_id, None)
        if sum(len(item.text) for item in history) <= CHARACTERS:
            self._kept[conversation_id] = (head, history)
            if len(self._kept) > CONVERSATIONS:
                self._kept.popitem(last=False)

    def before(self, conversation_id: uuid.UUID, position: int) -> History | None:
        """The history before the question at ``position``; None where only the database knows."""
        if position == 1:
            return ()
        head, history = self._kept.get(conversation_id, (0, ()))
        return history if head and head == position - 1 else None


recent = Recent()
