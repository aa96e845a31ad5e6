"""Any server with OpenAI's ``/audio/speech``: OpenAI itself, LocalAI, Kokoro, Speaches …"""

import httpx

from sessions_api.speech.base import Audio, SpeechError

AUDIO_BYTES = 16_777_216
FORMAT = "mp3"


class OpenAISpeaker:
    """``url`` is the address up to ``/v1``. It is the operator's own word, so it may be a private one."""

    def __init__(self, url: str, key: str, model: str, voice: str, seconds: float) -> None:
        self.voice = f"openai/{model}/{voice}"
        self._address = f"{url.rstrip('/')}/audio/speech"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._wanted = {"model": model, "voice": voice, "response_format": FORMAT}
        self._seconds = seconds

    async def speak(self, text: str, language: str) -> Audio:
        """One request; no redirects."""
        try:
            async with httpx.AsyncClient(timeout=self._seconds, trust_env=False) as client:
                request = client.build_request(
                    "POST", self._address, json={**self._wanted, "input": text}, headers=self._headers
                )
                answer = await client.send(request, stream=True)
                try:
                    return await _audio(answer)
                finally:
                    await answer.aclose()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SpeechError("unavailable", f"The speech server does not answer ({type(error).__name__})") from None


async def _audio(answer: httpx.Response) -> Audio:
    if answer.status_code in (401, 403):
        raise SpeechError("unconfigured", "SPEECH_KEY: the speech server refuses it")
    if answer.status_code != 200:
        raise SpeechError("unavailable", f"The speech server answers with {answer.status_code}")
    data = bytearray()
    async for piece in answer.aiter_bytes():
        data += piece
        if len(data) > AUDIO_BYTES:
            raise SpeechError("unavailable", f"The speech server sends more than {AUDIO_BYTES} bytes")
    if not data:
        raise SpeechError("unavailable", "The speech server sends no sound")
    return Audio(bytes(data), "audio/mpeg", FORMAT)
