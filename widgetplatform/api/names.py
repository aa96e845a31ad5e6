"""Names on the wire are camelCase, names in the code snake_case."""

import re


def camel(name: str) -> str:
    """``auto_scroll`` → ``autoScroll``."""
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def snake(name: str) -> str:
    """``autoScroll`` → ``auto_scroll``."""
    return re.sub(r"(?<!^)([A-Z])", lambda match: f"_{match[1].lower()}", name)
