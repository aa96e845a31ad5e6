"""Why a page is left alone, as opposed to one that could not be read just now (that is a ``FetchRefused``)."""


class NotTaken(Exception):
    """The page gives no records, and trying again would not change that; ``message`` is a sentence for the operator."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
