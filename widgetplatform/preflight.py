"""What must hold before anything starts: a writable DATA_DIR and a free port. Each refusal is one line."""

import errno
import os
import socket
import tempfile
from pathlib import Path


class Refusal(Exception):
    """One line for the person who started the program."""


def data_dir(value: str) -> Path:
    """The folder, made and proved writable."""
    folder = Path(value).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise Refusal(f"DATA_DIR {folder} cannot be written: {error.strerror}") from None


def listener(host: str, port: str) -> socket.socket:
    """A socket that listens there already, so that nobody takes the port while the rest starts; port 0 takes a free one."""
    if not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise Refusal(f"PORT must be a number from 0 to 65535, not {port!r}")
    try:
        return socket.create_server((host, int(port)), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048)
    except socket.gaierror:
        raise Refusal(f"HOST {host!r} is not an address of this machine") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Refusal(f"Port {port} of {host} is taken; choose another one: make run PORT={int(port) + 1}") from None
        raise Refusal(f"HOST {host}, PORT {port} cannot be used: {os.strerror(error.errno or 0)}") from None
