"""https: the certificate must be good for the host that was asked for, though the connection goes to an address."""

import datetime
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fetcher import FetchRefused, client, fetch

from .servers import answer, fixed, serving

LIMITS: dict[str, Any] = {"max_bytes": 1000, "seconds": 5}


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of its own authority, good for 127.0.0.1 only, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    pem += key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path / "certificate.pem"
    path.write_bytes(pem)
    return path


@pytest.fixture
def served(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def known(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The authority is one that this installation trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    client._ssl_context.cache_clear()
    yield
    client._ssl_context.cache_clear()


async def test_a_certificate_of_a_known_authority(served: ssl.SSLContext, known: None, settings: Any) -> None:
    async with serving(fixed(answer(b"safe")), tls=served) as server:
        settings.FETCH_ALLOWED_HOSTS = [server.host]
        assert (await fetch(f"https://{server.host}/", **LIMITS)).body == b"safe"


async def test_a_certificate_for_another_host(served: ssl.SSLContext, known: None, settings: Any) -> None:
    async with serving(fixed(answer(b"safe")), tls=served) as server:
        settings.FETCH_ALLOWED_HOSTS = ["localhost"]
        with pytest.raises(FetchRefused) as refused:
            await fetch(f"https://localhost:{server.port}/", **LIMITS)
    assert refused.value.code == "unreachable" and server.requests == []


async def test_a_certificate_of_an_unknown_authority(served: ssl.SSLContext, settings: Any) -> None:
    async with serving(fixed(answer(b"safe")), tls=served) as server:
        settings.FETCH_ALLOWED_HOSTS = [server.host]
        with pytest.raises(FetchRefused) as refused:
            await fetch(f"https://{server.host}/", **LIMITS)
    assert refused.value.code == "unreachable" and server.requests == []
