"""Ids: UUIDv7, so they sort by creation and serve as list cursors."""

import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A new time-ordered id, as the standard library's ``UUID``."""
    return uuid7()


def parse_id(value: object) -> uuid.UUID | None:
    """The id in ``value``, or None where it is not the text of one."""
    try:
        return uuid.UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None
