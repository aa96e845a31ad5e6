"""The child process: the file on standard input, its text on standard output, or why there is none.

    python -m files.extract TYPE NAME CHARACTERS MEMORY_BYTES CPU_SECONDS

Ends with 0 and the text in utf-8, or with `REFUSED` and `code\\nmessage`.
"""

import resource
import sys

from .errors import ExtractError
from .limited import REFUSED
from .registry import extract


def main(content_type: str, filename: str, characters: int, memory_bytes: int, cpu_seconds: int) -> int:
    """Lower the limits for good, then read and extract."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))  # the first is a signal that says why
    for limit, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(limit, (value, value))
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl loads it where it is there: 100 ms and threads
    status = 0
    try:
        answer = extract(sys.stdin.buffer.read(), content_type, filename, max_characters=characters).encode()
    except ExtractError as error:
        status, answer = REFUSED, f"{error.code}\n{error.message}".encode()
    except MemoryError:
        status, answer = REFUSED, b"too_large\nThe file needs too much memory to be read"
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])))
