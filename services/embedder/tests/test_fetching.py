"""Fetching media from a real server: what is allowed, what is not, and what a hostile host can do."""

import base64
import os
import socket
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from embedder_testing import BODY, Answer, http_serving, sends

from lensdex_embedder.addresses import Host
from lensdex_embedder.errors import (
    ContentError,
    InvalidMediaError,
    MediaNotAllowedError,
    MediaNotFoundError,
    MediaUnavailableError,
)
from lensdex_embedder.fetching import Fetcher, FetchLimits
from lensdex_embedder.media_source import MediaSource, SourceLimits
from lensdex_embedder.work import Media

NAME = "media.test"


def fetch(port: int, path: str = "/a.png", *, max_bytes: int = 1000, scheme: str = "http", **changes: Any) -> bytes:
    """Fetch from the server on *port*, which is allowed by name although its address is private."""
    host = Host.parse(f"{scheme}://{NAME}:{port}")
    limits = {"hosts": (host,), "private_hosts": (host,), "max_seconds": 5.0}
    resolve = changes.pop("resolve", lambda *_: ["127.0.0.1"])
    fetcher = Fetcher(FetchLimits(**{**limits, **changes}), resolve=resolve)
    return fetcher.fetch("images[0]", f"{scheme}://{NAME}:{port}{path}", max_bytes=max_bytes)


def test_what_is_allowed_is_fetched() -> None:
    """The bytes under an allowed URL are returned; the host is told its name, path and query, and nothing of ours."""
    seen: list[tuple[str, dict[str, str]]] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        seen.append((request.path, dict(request.headers)))
        sends()(request)

    with http_serving(answer) as port:
        assert fetch(port, "/a b.png?x=1".replace(" ", "%20")) == BODY
        ((path, headers),) = seen
        assert path == "/a%20b.png?x=1"
        assert headers["Host"] == f"{NAME}:{port}"
        assert {"Authorization", "Cookie", "Proxy-Authorization", "Referer"}.isdisjoint(headers)


def test_nothing_is_fetched_by_default() -> None:
    """Without a setting no URL is fetched, and nobody is even asked for an address."""
    asked: list[str] = []
    fetcher = Fetcher(FetchLimits(), resolve=lambda host, _: asked.append(host) or [])  # type: ignore[func-returns-value]
    with pytest.raises(MediaNotAllowedError) as caught:
        fetcher.fetch("images[0]", "https://example.org/a.png", max_bytes=10)
    assert (caught.value.media, caught.value.scheme, asked) == ("images[0]", "https", [])


def test_a_host_that_is_not_listed_is_refused() -> None:
    """A listed host allows no other one, no other port and no other scheme."""
    with http_serving(sends()) as port:
        for host in (f"http://other.test:{port}", f"http://{NAME}:{port + 1}", f"https://{NAME}:{port}"):
            with pytest.raises(MediaNotAllowedError):
                fetch(port, hosts=(Host.parse(host),))


def test_a_private_address_is_refused_unless_allowed() -> None:
    """An allowed name with an address that is not public is not connected to, unless that was allowed as well."""
    asked: list[str] = []
    with http_serving(lambda request: asked.append(request.path)) as port, pytest.raises(MediaNotAllowedError):
        fetch(port, private_hosts=())
    assert asked == []


def test_every_address_of_a_name_is_checked() -> None:
    """One address that is not public among others spoils the name."""
    with http_serving(sends()) as port, pytest.raises(MediaNotAllowedError):
        fetch(port, private_hosts=(), resolve=lambda *_: ["93.184.216.34", "10.0.0.1"])


def test_the_address_that_was_checked_is_the_one_spoken_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that changes its address between check and use (DNS rebinding) gains nothing: it is resolved once."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    connected: list[str] = []

    def refuse(address: tuple[str, int], **_: object) -> None:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", refuse)
    with http_serving(sends()) as port, pytest.raises(MediaUnavailableError, match="takes no connection"):
        fetch(port, private_hosts=(), resolve=lambda *_: next(answers))
    assert connected == ["93.184.216.34"]


def test_a_redirect_is_followed_and_checked() -> None:
    """A redirect to an allowed URL is followed; one to another host, port, scheme or to a private one is refused."""
    targets: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/moved":
            sends(b"", 302, Location=targets[-1])(request)
        else:
            sends()(request)

    with http_serving(answer) as port:
        targets.append("/a.png")
        assert fetch(port, "/moved") == BODY
        for target in (
            "http://evil.test/a.png",
            f"http://127.0.0.1:{port}/a.png",
            "http://169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
            "ftp://media.test/a.png",
            f"http://{NAME}@evil.test:{port}/a.png",
        ):
            targets.append(target)
            with pytest.raises(MediaNotAllowedError):
                fetch(port, "/moved")


def test_redirects_are_bounded() -> None:
    """A host that redirects for ever is given up after the limit, which the refusal names."""
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        sends(b"", 307, Location=f"/{len(asked)}")(request)

    with http_serving(answer) as port, pytest.raises(MediaUnavailableError, match="more than 2 redirects"):
        fetch(port, max_redirects=2)
    assert len(asked) == 3


@pytest.mark.parametrize("told", [True, False])
def test_too_many_bytes_are_refused(*, told: bool) -> None:
    """A file over the limit is refused, by its declared length at once, or as soon as that many bytes have come."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        if told:
            return sends(b"", Content_Length="1001")(request)
        request.send_response(200)
        request.end_headers()
        try:
            while True:
                request.wfile.write(b"x" * 4096)
        except OSError:
            return None

    with http_serving(answer) as port, pytest.raises(InvalidMediaError, match="more than 1000 bytes") as caught:
        fetch(port)
    assert caught.value.maximum_bytes == 1000


@pytest.mark.parametrize("where", ["headers", "body"])
def test_a_host_that_drips_is_cut_off(where: str) -> None:
    """A host that sends a byte now and then is cut off after the time for the whole file."""
    done = threading.Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: 900\r\n\r\n" if where == "body" else b"X: "))
        try:
            while not done.wait(0.05):
                request.wfile.write(b"x")
        except OSError:
            pass

    with http_serving(answer) as port:
        started = time.monotonic()
        try:
            with pytest.raises(MediaUnavailableError, match="it took too long"):
                fetch(port, max_seconds=0.5)
        finally:
            done.set()
        assert time.monotonic() - started < 4


def test_the_callers_deadline_ends_a_fetch() -> None:
    """A fetch ends when its caller's deadline does, before its own time is over."""
    done = threading.Event()
    with http_serving(lambda _: done.wait(20) and None) as port:
        host = Host.parse(f"http://{NAME}:{port}")
        fetcher = Fetcher(FetchLimits((host,), (host,), max_seconds=20), resolve=lambda *_: ["127.0.0.1"])
        started = time.monotonic()
        try:
            with pytest.raises(MediaUnavailableError, match="took too long"):
                fetcher.fetch("images[0]", f"http://{NAME}:{port}/", max_bytes=10, until=time.monotonic() + 0.3)
        finally:
            done.set()
        assert time.monotonic() - started < 8


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (sends(status=404), MediaNotFoundError),
        (sends(status=403), MediaNotFoundError),
        (sends(status=500), MediaUnavailableError),
        (sends(status=206), MediaUnavailableError),
        (sends(b"", 302), MediaUnavailableError),
        (sends(BODY, Content_Encoding="gzip"), MediaUnavailableError),
        (sends(BODY, Content_Length=str(len(BODY) + 5)), MediaUnavailableError),
        (sends(BODY, **{f"X-{n}": "x" for n in range(200)}), MediaUnavailableError),
        (sends(BODY, X="x" * 100_000), MediaUnavailableError),
        (lambda request: request.wfile.write(b"nonsense\r\n\r\n"), MediaUnavailableError),
        (lambda request: request.connection.shutdown(socket.SHUT_RDWR), MediaUnavailableError),
    ],
    ids=["gone", "forbidden", "fault", "part", "nowhere", "gzip", "short", "headers", "header", "nonsense", "closed"],
)
def test_answers_that_are_no_file(answer: Answer, error: type[ContentError]) -> None:
    """What is not the file, whole and as it is, is an error of that item: gone for good, or not there this time."""
    with http_serving(answer) as port, pytest.raises(error):
        fetch(port, max_seconds=2.0)


def test_a_host_that_is_not_there() -> None:
    """A name without an address, and an address where nobody listens, are told as such."""

    def unknown(*_: object) -> list[str]:
        raise OSError("no such name")

    with http_serving(sends()) as port, pytest.raises(MediaUnavailableError, match="has no address"):
        fetch(port, resolve=unknown)
    with pytest.raises(MediaUnavailableError, match="takes no connection"):
        fetch(port)


@pytest.mark.parametrize(
    "url",
    [
        "http://media.test/a b",
        "http://media.test/a\r\nHost: evil",
        "http://media.test/\0",
        "http://media.test/" + "a" * 9000,
        "http://[::1",
        "http://",
        "http://0x7f.1/",
    ],
)
def test_urls_that_are_none(url: str) -> None:
    """A URL with spaces, line ends or control characters, of any length or without a host is refused."""
    host = Host.parse(f"http://{NAME}")
    fetcher = Fetcher(FetchLimits((host,), (host,)), resolve=lambda *_: ["127.0.0.1"])
    with pytest.raises(MediaNotAllowedError):
        fetcher.fetch("images[0]", url, max_bytes=10)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for media.test that signs itself, and its key, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    command = (
        f"openssl req -x509 -newkey rsa:2048 -nodes -keyout {folder}/key.pem -out {folder}/cert.pem -days 2 "
        f"-subj /CN={NAME} -addext subjectAltName=DNS:{NAME}"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    return both


def test_certificates_are_checked(authority: Path) -> None:
    """Over TLS the host must prove the name that was asked for, to an authority that is trusted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    with http_serving(sends(), context) as port:
        assert fetch(port, scheme="https", ca_file=authority) == BODY
        with pytest.raises(MediaUnavailableError, match="certificate is not valid"):
            fetch(port, scheme="https")
        other = Host.parse(f"other.test:{port}")
        fetcher = Fetcher(FetchLimits((other,), (other,), ca_file=authority), resolve=lambda *_: ["127.0.0.1"])
        with pytest.raises(MediaUnavailableError, match="certificate is not valid"):
            fetcher.fetch("images[0]", f"https://other.test:{port}/", max_bytes=1000)


def source(*roots: Path) -> MediaSource:
    """Return a source without a fetcher."""
    return MediaSource(SourceLimits(max_bytes=1000, roots=roots))


@pytest.mark.parametrize(
    "uri",
    [
        "data:image/png;base64," + base64.b64encode(BODY).decode(),
        "data:;base64," + base64.b64encode(BODY).decode().replace("=", "%3D"),
        "data:text/plain,the%20bytes%20of%20a%20picture",
        "DATA:,the bytes of a picture",
    ],
)
def test_data_urls(uri: str) -> None:
    """A data URL is the bytes it holds, whatever it says they are; no setting is needed."""
    assert source().read("images[0]", Media(uri=uri)) == BODY


@pytest.mark.parametrize(
    ("uri", "problem"),
    [
        ("data:image/png;base64", "has no comma"),
        ("data:;base64,####", "is not base64"),
        ("data:,", "has no bytes"),
        ("data:," + "a" * 1001, "takes 1001 bytes; at most 1000"),
        ("data:," + "a" * 100_000, "at most 1000"),
    ],
)
def test_bad_data_urls(uri: str, problem: str) -> None:
    """A data URL that is none, or holds nothing or too much, is refused with the limit."""
    with pytest.raises(InvalidMediaError, match=problem):
        source().read("images[0]", Media(uri=uri))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """What is no regular file below a root is not found, at once."""
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(MediaNotFoundError):
            source(tmp_path).read("images[0]", Media(uri=f"file://{tmp_path}/{name}"))


def test_a_link_that_appears_after_the_check_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is the file that was opened: a folder that became a link to another place in between is noticed."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "inner").mkdir(parents=True)
    outside.mkdir()
    (outside / "a.png").write_bytes(b"secret")
    (root / "inner" / "a.png").write_bytes(b"open")
    resolve = os.path.realpath
    monkeypatch.setattr(
        "os.path.realpath", lambda path, **_: path if str(path).startswith(str(root)) else resolve(path)
    )
    (root / "inner" / "a.png").unlink()
    (root / "inner").rmdir()
    (root / "inner").symlink_to(outside)

    with pytest.raises(MediaNotAllowedError):
        source(root).read("images[0]", Media(uri=f"file://{root}/inner/a.png"))
