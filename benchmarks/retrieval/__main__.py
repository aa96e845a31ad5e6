"""`python -m benchmarks.retrieval [--misses] [--stages] [--embed]`: how often the knowledge search is right, and when it refuses.

The constants were chosen with the questions of the split "dev" alone; "held" tells what they are worth. `--stages` adds how it is
while records are still being embedded, `--misses` names each question that did not end well, `--embed` computes all vectors anew.
"""

import sys
from typing import get_args

from bots.retrieval.embedder import EMBEDDER

from . import speed
from .corpora import CORPORA, Stage, questions
from .evaluation import GOALS, Outcome, Report, evaluate
from .vectors import FILE, StoredEmbedder


def main(arguments: list[str]) -> None:
    """Print the figures, then one line a kind of question."""
    embedder = StoredEmbedder(None if "--embed" in arguments else FILE)
    asked = questions()
    print(f"{len(asked)} questions to {len(CORPORA)} corpora, {sum(q.off_topic for q in asked)} of them off the subject")
    for stage in get_args(Stage) if "--stages" in arguments else ("all",):
        report = evaluate(embedder, stage, asked)
        parts = {split: report.of(lambda q, split=split: q.split == split) for split in ("dev", "held")} | {"all": report}  # type: ignore[misc]
        if "--misses" in arguments:
            print(*(_miss(outcome) for outcome in report.outcomes if not outcome.good), sep="\n")
        print(f"\n{'records embedded: ' + stage:<20}" + "".join(f"{name:>8}" for name in parts) + "    aim")
        for name in report.figures():
            values = "".join(f"{part.figures()[name]:8.3f}" for part in parts.values())
            goal = GOALS.get(name, 0)
            print(f"{name:<20}{values}" + (f"  {'≤' if goal < 0 else '≥'} {abs(goal):.2f}" if goal else ""))
        for title, part in parts.items():
            _kinds(title, part)
    if embedder.computed:
        embedder.save()
    if "--no-speed" not in arguments:
        print("\n" + speed.line(speed.measure(EMBEDDER.dim)))


def _kinds(title: str, part: Report) -> None:
    print(f"\n{title + ', by kind':<20}{'asked':>6}{'hit@1':>7}{'hit@3':>7}")
    for kind in dict.fromkeys(outcome.question.kind for outcome in part.outcomes):
        one = part.kind(kind)
        hits = f"{one.hit(1):7.2f}{one.hit(3):7.2f}" if one.on_topic.outcomes else " " * 14
        shown = ", ".join(f"{number} {word}" for word, number in one.words().most_common())
        print(f"{kind:<20}{len(one.outcomes):>6}{hits}  {shown}")


def _miss(outcome: Outcome) -> str:
    asked, found = outcome.question, outcome.found
    context = f"[{' / '.join(asked.earlier)}] " if asked.earlier else ""
    return (
        f"{outcome.word:16}{asked.split:5}{asked.kind:11}{found.familiarity:6.2f}{found.margin:7.3f}{found.coverage:5.2f}  "
        f"{asked.corpus}: {context}{asked.text} -> {', '.join(found.suggestions)}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
