"""What is done once a transaction is committed."""

from collections.abc import Callable
from typing import Any

from django.db import transaction


def after_commit(call: Callable[..., Any], *arguments: Any) -> None:
    """Call this after the commit, at once where no transaction is open. What it raises is logged and disturbs neither the request nor
    what else waits for the commit."""

    # Django names the function in its log, and dies of a functools.partial, which has no name.
    def called_after_commit() -> None:
        call(*arguments)

    transaction.on_commit(called_after_commit, robust=True)
