"""Extraction in a child process: whatever a file does to its parser, the server does not feel it."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from .errors import ExtractError

ROOT = Path(__file__).resolve().parent.parent.parent
REFUSED = 3  # exit status of a child that has an ExtractError to tell
MEGABYTE = 1_048_576
MESSAGE_BYTES = 1_000
ARGUMENT_CHARACTERS = 255  # of a name the end, where its extension is
UTF8_BYTES = 4  # of a character at most
AT_ONCE = threading.BoundedSemaphore(max(2, os.cpu_count() or 1))  # children, so that many uploads do not take all memory


def extract_limited(
    data: bytes,
    content_type: str,
    filename: str = "",
    *,
    seconds: float | None = None,
    memory_mb: int | None = None,
    max_characters: int | None = None,
) -> str:
    """`extract` in a child process with limits; those not given are the settings EXTRACT_SECONDS, _MEMORY_MB and _CHARACTERS.

    Blocks for at most twice `seconds`: as long for its turn as for its work. Raises ExtractError and nothing else.
    """
    from django.conf import settings  # here, because the child imports this module and must start fast

    seconds = settings.EXTRACT_SECONDS if seconds is None else seconds
    memory_mb = settings.EXTRACT_MEMORY_MB if memory_mb is None else memory_mb
    max_characters = settings.EXTRACT_CHARACTERS if max_characters is None else max_characters
    arguments = [content_type, filename, str(max_characters), str(memory_mb * MEGABYTE), str(int(seconds) + 1)]
    if not AT_ONCE.acquire(timeout=seconds):
        raise ExtractError("timeout", "Too many files are being read; try again later")
    try:
        status, answer = _run(data, arguments, seconds=seconds, max_bytes=max_characters * UTF8_BYTES + MESSAGE_BYTES)
    except OSError:
        raise ExtractError("timeout", "The file cannot be read now; try again later") from None
    finally:
        AT_ONCE.release()
    text = answer.decode("utf-8", "replace")
    if status == 0:
        return text
    if status == REFUSED and "\n" in text:
        code, _, message = text.partition("\n")
        raise ExtractError(code, message)
    raise ExtractError("broken", "The file is damaged: reading it failed")


def _run(data: bytes, arguments: list[str], *, seconds: float, max_bytes: int) -> tuple[int, bytes]:
    """Exit status and standard output of a child. It gets no environment, hence no secrets, and is killed after `seconds`."""
    safe = [argument[-ARGUMENT_CHARACTERS:].encode("utf-8", "replace").replace(b"\0", b"") for argument in arguments]
    command: list[str | bytes] = [sys.executable, "-E", "-s", "-B", "-W", "ignore", "-X", "utf8", "-m", "files.extract", *safe]
    late = threading.Event()
    with tempfile.TemporaryFile() as source:
        source.write(data)
        source.seek(0)
        with subprocess.Popen(  # noqa: S603 our own interpreter and module; the arguments are data
            command, cwd=ROOT, env={}, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as child:
            assert child.stdout is not None  # noqa: S101

            def kill() -> None:
                late.set()
                child.kill()

            timer = threading.Timer(seconds, kill)
            timer.start()
            try:
                answer = child.stdout.read(max_bytes + 1)
                if len(answer) > max_bytes:
                    child.kill()
                child.wait()
            finally:
                timer.cancel()
                child.kill()
    if late.is_set() or child.returncode == -signal.SIGXCPU:
        raise ExtractError("timeout", "Reading the file took too long")
    return child.returncode, answer
