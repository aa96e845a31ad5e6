"""What a visitor's page, or the visitor, answers to a call."""

import uuid
from collections.abc import Mapping
from typing import Any

from sessions_api.call_operations import AnswerCall
from sessions_api.chat import Access
from sessions_api.keeper import keeper
from sessions_api.models import Call
from sessions_api.switchboard import switchboard


async def answer_call(access: Access, call_id: uuid.UUID, outcome: Mapping[str, Any]) -> Call:
    """Keep the first answer, and tell whoever waits for it. Raises ``Refused`` (not_found; closed where it has one or is over)."""
    call: Call = await keeper.journal.run(AnswerCall(access.conversation_id, call_id, outcome, session_id=access.session_id))
    switchboard.answered(access.conversation_id, call_id)
    return call
