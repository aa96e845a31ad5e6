"""Files in an S3-compatible store, by django-storages; imported only where the settings name a bucket."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO, cast

from boto3.s3.transfer import TransferConfig  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]
from django.conf import settings
from storages.backends.s3 import S3Storage  # type: ignore[import-untyped]

from files.errors import FileRefused
from files.stores.base import PutLink

CONNECT_SECONDS = 5
READ_SECONDS = 30


class S3Store(S3Storage):
    """Objects are private because that is S3's own default; an ACL that says so is refused by buckets that have none."""

    def __init__(self, **options: Any) -> None:
        style = options.get("addressing_style", "auto")
        options["client_config"] = Config(
            signature_version="s3v4",
            s3={"addressing_style": style},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": 2, "mode": "standard"},
            # Checksums in trailers are AWS's own; many compatible stores refuse them.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        options["transfer_config"] = TransferConfig(
            multipart_threshold=settings.FILE_BYTES + 1, use_threads=False
        )
        super().__init__(**options)

    def stream(self, key: str) -> BinaryIO:
        """The answer of the store, not yet read."""
        with _answers():
            return cast(BinaryIO, _Body(self.bucket.Object(self._normalize_name(key)).get()["Body"]))

    def put_link(self, key: str, size: int, media_type: str, seconds: int) -> PutLink | None:
        """A presigned PUT; length and type are signed, so the store refuses anything else."""
        asked = {
            "Bucket": self.bucket_name,
            "Key": self._normalize_name(key),
            "ContentType": media_type,
            "ContentLength": size,
        }
        url = self.connection.meta.client.generate_presigned_url("put_object", Params=asked, ExpiresIn=seconds)
        return PutLink(url, {"content-type": media_type})

    def get_link(self, key: str, disposition: str, media_type: str, seconds: int) -> str | None:
        """A presigned GET whose answer has our headers."""
        shown = {
            "ResponseContentDisposition": disposition,
            "ResponseContentType": media_type,
            "ResponseCacheControl": f"private, max-age={seconds}",
        }
        return str(self.url(key, parameters=shown, expire=seconds))

    def size(self, name: str) -> int:
        """How many bytes the object has; FileNotFoundError."""
        with _answers():
            return int(super().size(name))

    def get_modified_time(self, name: str) -> datetime:
        """When the object came; FileNotFoundError."""
        with _answers():
            return cast(datetime, super().get_modified_time(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Folders and objects."""
        with _answers():
            return cast(tuple[list[str], list[str]], super().listdir(path))

    def delete(self, name: str) -> None:
        """Remove the object."""
        with _answers():
            super().delete(name)

    def _save(self, name: str, content: Any) -> str:
        with _answers():
            return str(super()._save(name, content))


class _Body:
    """An object while it is read; a store that stops in the middle is one that does not answer."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self.close = body.close

    def __enter__(self) -> "_Body":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, size: int | None = None) -> bytes:
        """At most so many bytes, or all that is left."""
        with _answers():
            return cast(bytes, self._body.read(size))


@contextmanager
def _answers() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            raise FileNotFoundError(error.response["Error"].get("Code", "")) from None
        raise _down(error) from error
    except (BotoCoreError, OSError) as error:
        raise _down(error) from error


def _down(error: Exception) -> FileRefused:
    return FileRefused(503, f"The file storage does not answer ({type(error).__name__})")
