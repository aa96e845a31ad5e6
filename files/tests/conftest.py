"""Fixtures of the files' tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from files.tests.samples import Source, running_source
from tests.support.s3 import Bucket, running_bucket


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """The folder of the bytes, a new one for each test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def source(settings: Any) -> Iterator[Source]:
    """Something to fetch, at an address that the operator of the server allows."""
    with running_source() as running:
        settings.FETCH_ALLOWED_HOSTS = [running.host]
        yield running


@pytest.fixture
def bucket(settings: Any) -> Iterator[Bucket]:
    """Files are kept in this S3."""
    with running_bucket() as running:
        settings.STORAGES = {**settings.STORAGES, "default": running.storages}
        yield running
