"""What translating widgets' texts by a language model costs: it counts for the widget's owner."""

from sessions_api.budgets import check_budget
from sessions_api.usage import Spent, record_usage
from widgets.translation import Work
from widgets.translators.base import Translated


async def check_translation(work: Work) -> None:
    """Raises ``EngineError("budget")`` where the widget's day or the owner's month is used up."""
    await check_budget(work.owner_id, work.widget_id, None)


async def record_translation(work: Work, spent: Translated, failed: bool) -> None:
    """One request to a model."""
    usage = {"input": spent.input_tokens, "output": spent.output_tokens, "model": spent.model}
    await record_usage(Spent(work.owner_id, "failed" if failed else "done", usage=usage, widget_id=work.widget_id, is_reply=False))
