"""The one exception of extraction."""


class ExtractError(Exception):
    """There is no text. `code` is `unsupported`, `too_large`, `encrypted`, `broken` or `timeout`; `message` a sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
