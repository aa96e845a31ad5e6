"""When a record is good enough to be given as the answer. The limits were tuned with `python -m benchmarks.retrieval`."""

from .lexical import words
from .named import Named
from .result import Verdict

SURE, UNSURE = 0.5, -0.5  # familiarity from which a passage is given, and from which titles are offered
CLOSE_RACE = 0.025  # margin below which two passages are as likely
# the same where a record has only its titles yet
TITLE_SURE, TITLE_UNSURE, TITLE_CLOSE_RACE = 3.0, -1.5, 0.04
# by words alone: overlap as good as a hit, and from which titles are offered
WORDS_FULL, WORDS_UNSURE = 0.6, 0.3
SAME_WORDS = 2 / 3  # of the words of question and title together: what is answered by words alone


def by_meaning(familiarity: float, margin: float, titles_only: bool = False, more_to_come: bool = False) -> Verdict:
    """For a record with vectors; `more_to_come` where a title that fits better may still be without."""
    sure, unsure, close_race = SURE, UNSURE, CLOSE_RACE
    if titles_only:
        sure, unsure, close_race = TITLE_SURE, TITLE_UNSURE, TITLE_CLOSE_RACE
        if more_to_come:
            sure = float("inf")
    if familiarity < unsure:
        return "unknown"
    return "answer" if familiarity >= sure and margin >= close_race else "unsure"


def by_words(query: str, titles: set[str], overlap: float) -> Verdict:
    """Words that occur somewhere in a text prove little: only a question that nearly is the title is answered."""
    if overlap < WORDS_UNSURE:
        return "unknown"
    asked = set(words(query))
    same = max(_share(asked, set(words(title))) for title in titles)
    return "answer" if same >= SAME_WORDS else "unsure"


def with_names(verdict: Verdict, best: int, named: Named) -> Verdict:
    """A title or code decides; one that several records hold, or none, keeps from being sure."""
    if best in named.titled:
        return "answer"
    if named.missing:
        return "unsure" if verdict == "answer" else verdict
    if best in named.single:
        return "answer"
    return "unsure" if best in named.possible and (named.bare or verdict == "unknown") else verdict


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(len(one | other), 1)
