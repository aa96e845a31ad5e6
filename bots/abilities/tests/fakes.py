"""Tools that answer what a test lays ready, and remember what they were asked."""

from bots.abilities.base import AbilityError, AbilitySpec, Answer, Request
from bots.abilities.registry import run
from bots.retrieval.result import Passage


class FakeTools:
    def __init__(self):
        self.requests: list[Request] = []
        self.questions: list[tuple] = []
        self.answer: Answer | AbilityError = Answer(200, "application/json", b'{"ok": true}')
        self.passages: dict[str, tuple[Passage, ...]] = {}
        self.texts: dict = {}

    async def fetch(self, request):
        self.requests.append(request)
        if isinstance(self.answer, AbilityError):
            raise self.answer
        return self.answer

    async def search(self, dataset, query):
        self.questions.append((dataset, query))
        if dataset not in self.passages:
            raise AbilityError(f"There is no such dataset: {dataset}")
        return self.passages[dataset]

    async def file_text(self, file_id):
        return self.texts[file_id]

    async def ask(self, bot_id, instruction, text):
        self.questions.append((bot_id, instruction, text))
        return f"You said: {text}", 7


async def do(tools, instruction, *, file_id=None, bot_id=None, **arguments):
    return await run(AbilitySpec(instruction, file_id=file_id, bot_id=bot_id), arguments, tools)
