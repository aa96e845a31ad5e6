"""How long a text is to a model. No model's own tokenizer is here, so this is an estimate that is the same everywhere."""

BYTES_PER_TOKEN = 4


def tokens(text: str) -> int:
    """A quarter of the text's bytes in UTF-8, rounded up."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)
