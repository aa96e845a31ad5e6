"""Which provider reads aloud: ``SPEECH_PROVIDER`` names it."""

from collections.abc import Callable

from django.conf import settings

from sessions_api.speech.base import Speaker, SpeechError
from sessions_api.speech.espeak import EspeakSpeaker
from sessions_api.speech.openai import OpenAISpeaker


def _openai() -> Speaker:
    if not settings.SPEECH_URL:
        raise SpeechError("unconfigured", "SPEECH_URL: must name the speech server, for example https://api.openai.com/v1")
    return OpenAISpeaker(
        settings.SPEECH_URL, settings.SPEECH_KEY, settings.SPEECH_MODEL, settings.SPEECH_VOICE or "alloy", settings.SPEECH_SECONDS
    )


def _espeak() -> Speaker:
    return EspeakSpeaker(settings.SPEECH_VOICE, settings.SPEECH_SECONDS)


SPEAKERS: dict[str, Callable[[], Speaker]] = {"openai": _openai, "espeak": _espeak}


def speaker() -> Speaker:
    """The configured one; ``SpeechError`` ("unconfigured") where there is none."""
    make = SPEAKERS.get(settings.SPEECH_PROVIDER)
    if make is None:
        allowed = " or ".join(SPEAKERS)
        raise SpeechError("unconfigured", f"SPEECH_PROVIDER: reading aloud is not set up on this server; it may be {allowed}")
    return make()
