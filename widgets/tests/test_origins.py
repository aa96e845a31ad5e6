"""Allowed origins: what may be written, and which pages it lets in."""

import pytest

from widgets.origins import allows, frame_ancestors, parse_origins

OWN = "https://chat.example"


def texts(text: str) -> list[str]:
    return [entry.text for entry in parse_origins(text)]


def test_entries_are_separated_by_commas_semicolons_and_white_space() -> None:
    assert texts("https://a.example, http://b.example;https://c.example\nhttps://a.example ") == [
        "https://a.example",
        "http://b.example",
        "https://c.example",
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://Example.COM", "https://example.com"),
        ("https://example.com:443", "https://example.com"),
        ("http://example.com:80", "http://example.com"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://example.com:80", "https://example.com:80"),
        ("https://*.example.com", "https://*.example.com"),
        ("https://*.example.com:8443", "https://*.example.com:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[0:0::1]:8000", "http://[::1]:8000"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("ionic://localhost", "ionic://localhost"),
    ],
)
def test_an_entry_is_read_as_browsers_write_origins(written: str, read: str) -> None:
    assert texts(written) == [read]


@pytest.mark.parametrize(
    "entry",
    [
        "example.com", "*", "null", "https://", "https://*", "https://*.", "https://a.*.example", "https://example.com/", "https://example.com/path",
        "https://example.com?x", "https://example.com#x", "https://user@example.com", "https://user:pass@example.com", "https://example.com:0",
        "https://example.com:65536", "https://example.com:port", "https://example..com", "https://example.com.", "https://-example.com", "javascript://x",
        "ftp://example.com", "file:///etc", "https:example.com", "https://127.1", "https://0x7f000001", "https://2130706433", "https://1.2.3.256",
        "https://*.127.0.0.1", "https://[::1", "https://[1.2.3.4]", "capacitor://*.example.com", "https://exa\\mple.com", "https://%65xample.com",
        f"https://{'a' * 64}.example", f"https://{'a.' * 130}example",
    ],
)  # fmt: skip
def test_anything_else_is_refused_by_name(entry: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_origins(f"https://good.example, {entry}")
    assert entry[:200] in str(refused.value)
    assert "https://*.example.com" in str(refused.value)


@pytest.mark.parametrize(
    ("entries", "origin", "allowed"),
    [
        ("", "https://anywhere.example", True),
        ("", None, True),
        ("", "null", True),
        ("https://a.example", "https://a.example", True),
        ("https://a.example", OWN, True),
        ("https://a.example", None, False),
        ("https://a.example", "null", False),
        ("https://a.example", "", False),
        ("https://a.example", "http://a.example", False),
        ("https://a.example", "https://a.example:8443", False),
        ("https://a.example:8443", "https://a.example:8443", True),
        ("https://a.example", "https://a.example.evil.example", False),
        ("https://a.example", "https://evil-a.example", False),
        ("https://a.example", "https://www.a.example", False),
        ("https://a.example", "https://a.example@evil.example", False),
        ("https://a.example", "https://a.example/", False),
        ("https://a.example", "https://A.example", False),
        ("https://a.example", "https://a.example, https://evil.example", False),
        ("https://a.example", "https://a.example\r\nx: y", False),
        ("https://*.a.example", "https://www.a.example", True),
        ("https://*.a.example", "https://x.y.a.example", True),
        ("https://*.a.example", "https://a.example", False),
        ("https://*.a.example", "https://evila.example", False),
        ("https://*.a.example", "https://*.a.example", False),
        ("https://*.a.example", "https://www.a.example.evil.example", False),
        ("https://*.a.example", "http://www.a.example", False),
        ("https://bücher.example", "https://xn--bcher-kva.example", True),
        ("https://bücher.example", "https://bücher.example", False),
        ("capacitor://localhost", "capacitor://localhost", True),
        ("capacitor://localhost", "http://localhost", False),
        ("http://[::1]:3000", "http://[::1]:3000", True),
    ],
)
def test_a_page_is_let_in_by_its_exact_origin(entries: str, origin: str | None, allowed: bool) -> None:
    assert allows(parse_origins(entries), origin, OWN) is allowed


def test_without_an_own_origin_only_the_entries_count() -> None:
    assert not allows(parse_origins("https://a.example"), OWN, None)


def test_the_policy_names_the_platform_and_the_entries() -> None:
    entries = parse_origins("https://a.example, https://*.b.example:8443")
    assert frame_ancestors(entries) == "frame-ancestors 'self' https://a.example https://*.b.example:8443"
    assert frame_ancestors(()) == ""
