"""The one exception of this seam: something a visitor asked for is refused, in a code that both transports carry."""

from dataclasses import dataclass


@dataclass
class Refused(Exception):
    """``code`` is one of PROTOCOL's nack codes (too_long, rate, closed, expired, bad_file, bad_form, cid_conflict, budget,
    unavailable) or ``not_found``; ``retry_ms`` says when trying again may help."""

    code: str
    message: str = ""
    retry_ms: int | None = None
