"""The talk as a model reads it: one system prompt, then user and assistant in turns, the last question with the data that belongs to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings

from bots.engines.base import Attachment, HistoryItem, Turn
from bots.retrieval.result import Passage

from .base import Picture, Prompt
from .citations import without_citations
from .guidance import guidance_of
from .history import within
from .material import attachment_blocks, block, clock, page_block, passages_block, pictures_in
from .options import ModelOptions

OPENED = "(The visitor has opened the chat.)"
BEGIN = (
    "(The visitor has opened the chat and has not written yet. Begin with a short greeting, and say in one sentence what you can help with.)"
)
GO_ON = "(Go on with the talk.)"
SHARE = 4  # of the context's tokens that passages may have, and attachments: one in so many


@dataclass(frozen=True)
class Findings:
    """What was found out before the model is asked. `instruction` is the operator's word on the search's outcome, `results` are texts
    by the names of functions that were called beforehand."""

    passages: tuple[Passage, ...] = ()
    instruction: str = ""
    results: tuple[tuple[str, str], ...] = ()


@dataclass
class _Talk:
    system: list[str]
    prompts: list[Prompt] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)  # data for the next message of the visitor

    def add(self, item: HistoryItem) -> None:
        if item.type == "instruction":
            if self.prompts:
                self.prompts.append(Prompt("system", item.text))
            else:
                self.system.append(item.text)
        elif item.type == "context":
            (self.waiting if self.prompts else self.system).append(block("context", item.text))
        elif item.type == "bot":
            if not self.prompts:
                self._say("user", OPENED)  # many models only know talks that a user begins
            self._say("assistant", item.text)
        else:
            self._say("user", "\n\n".join((*self.waiting, item.text)))
            self.waiting.clear()

    def question(self) -> int:
        """Where the message is that is to be answered."""
        spoken = [number for number, prompt in enumerate(self.prompts) if prompt.role != "system"]
        if spoken and self.prompts[spoken[-1]].role == "user":
            return spoken[-1]
        self._say("user", GO_ON if spoken else BEGIN)
        return len(self.prompts) - 1

    def _say(self, role: str, text: str) -> None:
        if self.prompts and self.prompts[-1].role == role:
            last = self.prompts[-1]
            self.prompts[-1] = replace(last, text=f"{last.text}\n\n{text}")
        else:
            self.prompts.append(Prompt("user" if role == "user" else "assistant", text))


def prompts_of(turn: Turn, options: ModelOptions, found: Findings, *, tools: bool) -> list[Prompt]:
    """The first round's prompts."""
    talk = _Talk([turn.instructions])
    for item in within(turn.history, context_of(options), options.messages):
        text = without_citations(item.text) if turn.search and item.type == "bot" else item.text
        if text.strip():
            talk.add(replace(item, text=text))
    system = [*talk.system, guidance_of(turn, tools=tools), found.instruction]
    number = talk.question()
    seen = pictures_in(turn.attachments)
    data = _data(turn, share(options), found, seen)
    asked = talk.prompts[number]
    pictures = tuple(Picture(file.type, file.data) for file in seen)
    talk.prompts[number] = replace(asked, text="\n\n".join((*data, *talk.waiting, asked.text)), pictures=pictures)
    return [Prompt("system", "\n\n".join(part.strip() for part in system if part.strip())), *talk.prompts]


def context_of(options: ModelOptions) -> int:
    """How many tokens of the talk a model reads."""
    return options.context or settings.CONTEXT_TOKENS


def share(options: ModelOptions) -> int:
    """How many tokens passages may take, and attachments as many."""
    return context_of(options) // SHARE


def _data(turn: Turn, budget: int, found: Findings, seen: Sequence[Attachment]) -> list[str]:
    """Blocks, the general ones first."""
    blocks = [block("context", clock(turn.time_zone))]
    if turn.page:
        blocks.append(page_block(turn.page))
    if found.passages:
        blocks.append(passages_block(found.passages))
    elif turn.search:
        blocks.append(block("passages", "No passage was found."))
    blocks += attachment_blocks(turn.attachments, budget, seen)
    return blocks + [block("result", text, function=name) for name, text in found.results]
