"""Uploads and downloads over real connections to a real server."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.processes import Server

FILE_BYTES = 20_971_520
HALF_MB = b"0123456789abcdef" * 32_768


@pytest.fixture(scope="module")
def api(server: Server) -> Iterator[httpx.Client]:
    with server.operator() as client:
        yield client


def make(api: httpx.Client) -> str:
    return api.post("file/create", json={}).raise_for_status().json()["id"]


def media(server: Server) -> list[Path]:
    folder = Path(server.environment["DATA_DIR"]) / "media"
    return [path for path in folder.rglob("*") if path.is_file()]


def pieces(number: int) -> Iterator[bytes]:
    for _ in range(number):
        yield HALF_MB


def downloaded(api: httpx.Client, file: str) -> httpx.Response:
    return httpx.get(api.get(f"file/{file}/download").json()["url"])


def test_the_way_of_the_sdk_with_the_largest_file(server: Server, api: httpx.Client) -> None:
    file = make(api)
    data = HALF_MB * 40
    assert len(data) == FILE_BYTES
    answer = api.post(f"file/{file}/upload", json={"file": {"type": "text/plain", "size": len(data), "name": "big.txt"}}).json()
    request = answer["uploadRequest"]
    assert request["url"].startswith(server.url)
    assert httpx.put(request["url"], content=data, headers=request["headers"]).json() == {"id": file}
    assert downloaded(api, file).content == data


def test_a_body_of_unknown_length(api: httpx.Client) -> None:
    file = make(api)
    answer = api.post(f"file/{file}/upload", content=pieces(3), headers={"content-type": "text/plain"})
    assert answer.json() == {"id": file} and downloaded(api, file).content == HALF_MB * 3


def test_a_form_and_a_stream(api: httpx.Client) -> None:
    file = make(api)
    assert api.post(f"file/{file}/upload", files={"file": ("a.txt", HALF_MB, "text/plain")}).json() == {"id": file}
    answer = api.get(f"file/{file}/download", headers={"accept": "application/octet-stream"})
    assert answer.content == HALF_MB and answer.headers["content-length"] == str(len(HALF_MB))


@pytest.mark.parametrize("number", [41, 80])
@pytest.mark.parametrize("chunked", [True, False])
def test_too_large(server: Server, api: httpx.Client, number: int, chunked: bool) -> None:
    file, before = make(api), media(server)
    body = pieces(number) if chunked else HALF_MB * number
    try:
        answer = api.post(f"file/{file}/upload", content=body, headers={"content-type": "text/plain"})
    except httpx.WriteError:  # it may hang up before everything is sent
        pass
    else:
        assert (answer.status_code, answer.json()["code"]) == (413, "CONTENT_TOO_LARGE")
    assert media(server) == before
    assert api.get(f"file/{file}/download").status_code == 204


@pytest.mark.parametrize("direct", [True, False])
def test_an_upload_that_is_cut_leaves_nothing(server: Server, api: httpx.Client, direct: bool) -> None:
    file, before = make(api), media(server)
    asked = {"file": {"type": "text/plain", "size": 1_000_000}}
    url = api.post(f"file/{file}/upload", json=asked).json()["uploadRequest"]["url"] if direct else f"{server.url}/api/v1/file/{file}/upload"
    parts = urlsplit(url)
    head = [
        f"{'PUT' if direct else 'POST'} {parts.path} HTTP/1.1", f"Host: {parts.netloc}", f"Authorization: {api.headers['authorization']}",
        "Content-Type: text/plain", "Content-Length: 1000000", "", "",
    ]  # fmt: skip
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall("\r\n".join(head).encode() + HALF_MB)
    assert api.get(f"file/{file}/download").status_code == 204
    assert media(server) == before
    if direct:  # and its link is still good
        assert httpx.put(url, content=b"x" * 1_000_000).json() == {"id": file}
