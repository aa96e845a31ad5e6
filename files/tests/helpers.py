"""What several test modules do with files."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from files.models import File
from tests.support.actors import Operator


def make_file(operator: Operator, **fields: Any) -> File:
    """A file of ``operator``, by the API."""
    answer = operator.post("file/create", fields)
    assert answer.status_code == 200, answer.content
    return File.objects.get(pk=answer.json()["id"])


def upload(operator: Operator, file: File, data: bytes, media_type: str = "text/plain", **query: str) -> Any:
    """The bytes themselves."""
    path = f"/api/v1/file/{file.pk}/upload"
    return operator.client.post(path, data, content_type=media_type, query_params=query)


def stored(media: Path) -> list[Path]:
    """Everything below the media folder."""
    return [path for path in media.rglob("*") if path.is_file()]


def path_of(url: str) -> str:
    """What a client of this process asks for an absolute address."""
    return urlsplit(url).path


def content(answer: Any) -> bytes:
    """The body of a streamed answer."""
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def download(operator: Operator, file: File) -> bytes:
    """The content by way of a link."""
    answer = operator.get(f"file/{file.pk}/download")
    assert answer.status_code == 200, answer.content
    return content(Client().get(path_of(answer.json()["url"])))


def refused(answer: Any, status: int, *words: str) -> bool:
    """Whether it is the API's error with these words in its message."""
    body = json.loads(answer.content)
    return answer.status_code == status and set(body) == {"message", "code"} and all(word in body["message"] for word in words)
