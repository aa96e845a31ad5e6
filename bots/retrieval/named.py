"""What a question names: a title, or codes and phrases that only some records hold."""

from dataclasses import dataclass

import numpy as np

from .codes import Codes, Literal, folded
from .embedder import Vectors
from .titles import Titles

IN_TEXT = 0.8  # of the bonus, for a record that mentions a code that is in the title of another


@dataclass(frozen=True)
class Named:
    """`titled` are the records whose title is the question; `single` those that it can only mean; `possible` those that it may mean.

    `missing`: it names something that no record holds. `bare`: it says nothing else.
    """

    titled: tuple[int, ...] = ()
    single: tuple[int, ...] = ()
    possible: frozenset[int] = frozenset()
    missing: bool = False
    bare: bool = False
    literals: tuple[Literal, ...] = ()

    def bonus(self, size: int) -> Vectors:
        """For each of so many records how much of what is named it is or holds, 0..1."""
        bonus = np.zeros(size, np.float32)
        for literal in self.literals:
            bonus[list(literal.holders)] += (IN_TEXT if literal.titled else 1) / len(self.literals)
            bonus[list(literal.titled)] += (1 - IN_TEXT) / len(self.literals)
        bonus[list(self.titled)] += 1
        return np.minimum(bonus, 1)


def named_in(query: str, titles: Titles, codes: Codes) -> Named:
    """What the question names."""
    titled = tuple(titles.exact(query))
    if not titled and (similar := titles.similar(query)) is not None:
        titled = (similar,)
    literals = tuple(codes.find(query))
    single = [literal.best[0] for literal in literals if len(literal.best) == 1]
    possible = frozenset(number for literal in literals for number in literal.best)
    missing = any(not literal.holders for literal in literals)
    bare = bool(literals) and folded(query) == "".join(folded(literal.text) for literal in literals)
    return Named(titled, tuple(dict.fromkeys(single)), possible, missing, bare, literals)
