"""How much of the talk a model reads: what it begins with, and the newest messages."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from bots.engines.base import HistoryItem
from bots.retrieval.tokens import tokens

from .material import cut

PART = 2  # of the tokens that a single message may have: one in so many


def within(history: Sequence[HistoryItem], most: int, messages: int) -> list[HistoryItem]:
    """The items within `most` tokens and, unless that is 0, so many `messages`; the last one always.

    A summary and instructions in front of the talk stay, whatever goes behind them.
    """
    front = list(takewhile(lambda item: item.type in ("context", "instruction"), history))
    front = [replace(item, text=cut(item.text, most // PART)) for item in front]
    left = most - sum(tokens(item.text) for item in front)
    kept: list[HistoryItem] = []
    for item in reversed(history[len(front) :][-messages:]):
        shortened = replace(item, text=cut(item.text, most // PART))
        left -= tokens(shortened.text)
        if kept and left < 0:
            break
        kept.append(shortened)
    return front + kept[::-1]
