"""Fenced blocks of an instruction."""


def fenced(instruction: str, word: str) -> str | None:
    """What stands in the first block that begins with three backticks and ``word``; None without one. An open block ends with the text."""
    inside: list[str] | None = None
    for line in instruction.replace("\r\n", "\n").split("\n"):
        if inside is None:
            inside = [] if line.strip() == f"```{word}" else None
        elif line.strip() == "```":
            break
        else:
            inside.append(line)
    return None if inside is None else "\n".join(inside).strip("\n")
