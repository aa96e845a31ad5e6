"""What a bot can do besides talking: one file a kind, all alike, plain data in and out, no models.

``registry.run(spec, arguments, tools)`` does it. ``bots.skills`` makes the spec of a stored ability, ``bots.toolbox`` the tools.
"""

from collections.abc import Callable
from typing import Any

# Contacts belong to a higher layer, which adds its look-up here: (owner, the id that was sent) -> the contact's id, or None
# where the owner has no such contact.
CONTACT_LOOKUPS: list[Callable[[Any, str], str | None]] = []
