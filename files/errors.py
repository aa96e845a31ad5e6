"""The one refusal of this app."""

from widgetplatform.api.errors import ApiError


class FileRefused(ApiError):
    """``FileRefused(413, "file: must have …")``: the API answers with just that, the admin shows the message at its field."""

    @property
    def message(self) -> str:
        """What is allowed, in one sentence."""
        return str(self.detail)


def gone() -> FileRefused:
    """For a row that was deleted while its content was on the way."""
    return FileRefused(404, "There is no such file")
