"""A small S3: objects of one bucket in memory, behind real HTTP. It checks every signature by computing it with botocore."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCESS_KEY, SECRET_KEY, REGION, BUCKET = "access", "secret-of-the-store", "eu-central-1", "chat"
STAMP = "%Y%m%dT%H%M%SZ"
AUTHORIZATION = re.compile(r"AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})")


class Bucket:
    """``objects``: key → (bytes, media type, time). ``refused``: why requests were answered 403."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, str, datetime]] = {}
        self.refused: list[str] = []
        self.broken = False  # answers 503 to everything
        self.url = ""

    @property
    def storages(self) -> dict[str, Any]:
        """What the settings make of the variables of an operator with this store."""
        options = {
            "bucket_name": BUCKET, "endpoint_url": self.url, "region_name": REGION, "access_key": ACCESS_KEY,
            "secret_key": SECRET_KEY, "addressing_style": "path",
        }  # fmt: skip
        return {"BACKEND": "files.stores.s3.S3Store", "OPTIONS": options}

    def age(self, key: str, by: timedelta) -> None:
        """Make an object older."""
        data, media_type, when = self.objects[key]
        self.objects[key] = (data, media_type, when - by)


@contextmanager
def running_bucket() -> Iterator[Bucket]:
    """A store on a free port for as long as the block runs."""
    bucket = Bucket()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"bucket": bucket}))
    bucket.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    bucket: Bucket
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self._allowed():
            kind = self.headers.get("Content-Type", "")
            self.bucket.objects[self._key] = (body, kind, datetime.now(UTC).replace(microsecond=0))
            self._answer(200, headers={"ETag": '"0"'})

    def do_GET(self) -> None:
        if not self._allowed():
            return
        if not self._key:
            self._answer(200, self._listing(), {"Content-Type": "application/xml"})
            return
        found = self.bucket.objects.get(self._key)
        if found is None:
            self._error(404, "NoSuchKey")
            return
        asked = {name.removeprefix("response-"): value for name, value in self._query.items() if name.startswith("response-")}
        shown = {"content-type": found[1], "last-modified": format_datetime(found[2], usegmt=True)} | asked
        self._answer(200, found[0], shown)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        if self._allowed():
            self.bucket.objects.pop(self._key, None)
            self._answer(204)

    @property
    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix(f"/{BUCKET}").removeprefix("/")

    @property
    def _query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query, keep_blank_values=True).items()}

    def _allowed(self) -> bool:
        if self.bucket.broken:
            self._error(503, "SlowDown")
            return False
        headers = {name.lower(): value for name, value in self.headers.items()}
        reason = _refusal(self.command, self.path, headers, self._query)
        if reason:
            self.bucket.refused.append(reason)
            self._error(403, reason)
        return not reason

    def _listing(self) -> bytes:
        prefix, delimiter = self._query.get("prefix", ""), self._query.get("delimiter", "")
        rest = [key.removeprefix(prefix) for key in sorted(self.bucket.objects) if key.startswith(prefix)]
        folders = {key.partition(delimiter)[0] + delimiter for key in rest if delimiter and delimiter in key}
        files = [key for key in rest if not (delimiter and delimiter in key)]
        shown = [f"<Contents><Key>{escape(prefix + key)}</Key><Size>1</Size></Contents>" for key in files]
        shown += [f"<CommonPrefixes><Prefix>{escape(prefix + key)}</Prefix></CommonPrefixes>" for key in sorted(folders)]
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(shown)}</ListBucketResult>".encode()

    def _error(self, status: int, code: str) -> None:
        body = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
        self._answer(status, body, {"Content-Type": "application/xml"})

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _refusal(method: str, path: str, headers: dict[str, str], query: dict[str, str]) -> str:
    """Why a request is not signed well; empty where it is. Names of headers are in lower case."""
    if "X-Amz-Signature" in query:
        stamp, names, given = query["X-Amz-Date"], query["X-Amz-SignedHeaders"], query["X-Amz-Signature"]
        seconds = int(query["X-Amz-Expires"])
        if datetime.now(UTC) > datetime.strptime(stamp, STAMP).replace(tzinfo=UTC) + timedelta(seconds=seconds):
            return "ExpiredToken"
        path = re.sub(r"&?X-Amz-Signature=[0-9a-f]+", "", path)
        signer = S3SigV4QueryAuth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", REGION, expires=seconds)
    elif match := AUTHORIZATION.fullmatch(headers.get("authorization", "")):
        _, names, given = match.groups()
        stamp = headers["x-amz-date"]
        signer = S3SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "s3", REGION)
    else:
        return "AccessDenied"
    signed = {name: headers.get(name, "") for name in names.split(";")}
    request = AWSRequest(method=method, url=f"http://{headers['host']}{path}", headers=signed)
    request.context["timestamp"] = stamp
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return "" if signer.signature(text, request) == given else "SignatureDoesNotMatch"
