"""What every provider of speech takes and gives: plain data, no models."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Audio:
    """Sound in a file's form; ``extension`` without the dot."""

    data: bytes
    media_type: str
    extension: str


@dataclass
class SpeechError(Exception):
    """``unconfigured`` (the operator of the server has to do something) or ``unavailable`` (the provider did not do it now)."""

    code: str
    message: str


class Speaker(Protocol):
    """Reads aloud. ``voice`` names provider, model and voice, so that the same text in the same voice is made once."""

    voice: str

    async def speak(self, text: str, language: str) -> Audio:
        """The text as sound; ``language`` is a code or empty. Raises ``SpeechError``."""
        ...
