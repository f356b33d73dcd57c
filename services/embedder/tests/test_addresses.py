"""Allow-lists of hosts, and addresses that may be spoken to."""

import contextlib
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lensdex_embedder.addresses import Host, allowed, is_public, target


@pytest.mark.parametrize(
    ("entry", "url", "covered"),
    [
        ("example.org", "https://example.org/a.png", True),
        ("example.org", "https://EXAMPLE.org./a.png", True),
        ("example.org", "http://example.org/a.png", False),
        ("example.org", "https://example.org:8443/a.png", False),
        ("example.org", "https://www.example.org/a.png", False),
        ("example.org", "https://example.org.evil.net/a.png", False),
        ("example.org", "https://notexample.org/a.png", False),
        ("*.example.org", "https://a.b.example.org/a.png", True),
        ("*.example.org", "https://example.org/a.png", False),
        ("*.example.org", "https://evilexample.org/a.png", False),
        ("example.org:8443", "https://example.org:8443/", True),
        ("http://example.org", "http://example.org/", True),
        ("http://example.org", "https://example.org/", False),
        ("bücher.example", "https://xn--bcher-kva.example/", True),
        ("xn--bcher-kva.example", "https://BÜCHER.example/", True),
        ("[2001:db8::1]", "https://[2001:db8::1]/", True),
    ],
)
def test_an_entry_covers_what_it_says(entry: str, url: str, *, covered: bool) -> None:
    """An entry covers its scheme, its name (or the names below it) and its port, however they are spelt."""
    parts = target(urlsplit(url))

    assert parts is not None
    assert allowed([Host.parse(entry)], *parts) is covered


@pytest.mark.parametrize("entry", ["", "*", "*.", "a.*.org", "ftp://example.org", "example.org:0", "example.org/path"])
def test_what_is_no_entry_is_refused(entry: str) -> None:
    """An entry that would allow everything, or nothing that could be asked for, is refused when it is read."""
    with pytest.raises(ValueError, match=r"can be allowed|is no host"):
        Host.parse(entry)


@pytest.mark.parametrize(
    "url",
    [
        "https://user@example.org/",
        "https://user:word@example.org/",
        "https://example.org@evil.net/",
        "https://example.org\\@evil.net/",
        "https:///path",
        "https://example.org:99999/",
        "ftp://example.org/",
        "gopher://example.org/",
        "//example.org/",
    ],
)
def test_urls_with_more_than_a_host_are_refused(url: str) -> None:
    """A URL with a user, without a host, with a port that is none or another scheme is never asked for."""
    assert target(urlsplit(url)) is None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0",
        "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "2002:a9fe:a9fe::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::101:101", "64:ff9b:1::a00:1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe", "", "nonsense", "0x7f000001", "2130706433",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    """Loopback, private, link-local, shared, multicast, reserved and documentation addresses, also inside IPv6 ones."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2002:101:101::"])
def test_addresses_that_are_public(address: str) -> None:
    """Addresses of the internet at large are public, also inside IPv6 ones."""
    assert is_public(address)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_hosts(text: str) -> None:
    """Whatever a caller or an operator writes is read or refused: nothing else is raised."""
    try:
        parts = urlsplit(f"https://{text}/")
    except ValueError:
        return
    target(parts)
    is_public(text)
    with contextlib.suppress(ValueError):
        Host.parse(text)
