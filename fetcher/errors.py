"""The one exception of fetching."""

CODES = (
    "bad_url",  # not a URL that may be fetched: scheme, port, user name, host
    "bad_request",  # a method or header that cannot be sent
    "private_address",  # the host has an address that is not public
    "unreachable",  # no such host, or nobody answers there
    "timeout",
    "bad_status",  # an answer other than 2xx
    "too_many_redirects",
    "wrong_type",
    "too_large",
    "broken",  # the answer is not valid HTTP, or ends too early
)


class FetchRefused(Exception):
    """Nothing was fetched. `code` is one of `CODES`; `message` is a sentence for people and names no address inside a network."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
