"""espeak-ng on this machine: no key, no server, a robot's voice in a hundred languages."""

import asyncio
import re
import shutil
import struct

from sessions_api.speech.base import Audio, SpeechError

PROGRAM = "espeak-ng"
VOICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9+_-]{0,40}")
DEFAULT_VOICE = "en"
RIFF_SIZE_AT, DATA_SIZE_AT, HEADER_BYTES = 4, 40, 44


class EspeakSpeaker:
    """``voice`` empty: by the conversation's language."""

    def __init__(self, voice: str, seconds: float) -> None:
        self.voice = f"espeak/{voice}"
        self._voice = voice
        self._seconds = seconds

    async def speak(self, text: str, language: str) -> Audio:
        """Runs the program with the text on its standard input; it is killed when its time is over."""
        program = shutil.which(PROGRAM)
        if program is None:
            raise SpeechError("unconfigured", f"SPEECH_PROVIDER: {PROGRAM} is not installed on the server")
        voice = self._voice or language.split("-")[0].lower() or DEFAULT_VOICE
        if not VOICE.fullmatch(voice):
            raise SpeechError("unconfigured", "SPEECH_VOICE: must be the name of a voice")
        pipe = asyncio.subprocess.PIPE
        running = await asyncio.create_subprocess_exec(
            program, "--stdin", "--stdout", "-v", voice, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(self._seconds):
                sound, _ = await running.communicate(text.encode())
        except TimeoutError:
            raise SpeechError("unavailable", f"{PROGRAM} took longer than {self._seconds:g} s") from None
        finally:
            if running.returncode is None:
                running.kill()
                await running.wait()
        if running.returncode or len(sound) <= HEADER_BYTES:
            raise SpeechError("unavailable", f"{PROGRAM} has no voice “{voice}” or broke off")
        return Audio(_with_sizes(sound), "audio/wav", "wav")


def _with_sizes(wave: bytes) -> bytes:
    """A program that writes to a pipe does not know how much will come, so its header says nonsense."""
    fixed = bytearray(wave)
    fixed[RIFF_SIZE_AT : RIFF_SIZE_AT + 4] = struct.pack("<I", len(wave) - 8)
    fixed[DATA_SIZE_AT : DATA_SIZE_AT + 4] = struct.pack("<I", len(wave) - HEADER_BYTES)
    return bytes(fixed)
