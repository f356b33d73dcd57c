"""Fetches media over http(s) from hosts the operator allows, and nothing else.

A URL is a stranger's wish to have this machine speak to another. So: the host must be on the allow-list; its name is
resolved once, every address is checked, and the connection goes to one of those (a name that changes its mind between
check and use gains nothing); a redirect is a new URL and is checked as one. Bytes, time, redirects and headers are
bounded, and neither proxies, credentials nor cookies of this machine are used. It knows no format and no decoder.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from lensdex_embedder.addresses import Host, allowed, is_public, target
from lensdex_embedder.errors import (
    InvalidMediaError,
    MediaNotAllowedError,
    MediaNotFoundError,
    MediaUnavailableError,
)

Resolve = Callable[[str, int], Sequence[str]]
"""From a host's name and a port to its addresses. Raises OSError."""

_CONNECT_SECONDS: Final = 3.0
_CHUNK: Final = 65536
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = frozenset({401, 403, 404, 410})
_MAX_URL: Final = 8192


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Where media may be fetched from and what that may take."""

    hosts: tuple[Host, ...] = ()
    """None by default: nothing is fetched."""
    private_hosts: tuple[Host, ...] = ()
    """Those of them that may have addresses which are not public."""
    max_seconds: float = 10.0
    """From the first connection to the last byte, redirects included."""
    max_redirects: int = 3
    ca_file: Path | None = None
    """Certificates of authorities that are trusted instead of the system's."""


class Fetcher:
    """Fetches within limits. Thread-safe; blocks the thread that calls."""

    def __init__(self, limits: FetchLimits, *, resolve: Resolve | None = None) -> None:
        """*resolve* is for tests; the system's resolver by default."""
        self._limits = limits
        self._resolve = resolve or _addresses
        self._tls: ssl.SSLContext | None = None
        self._making = threading.Lock()

    def fetch(self, name: str, url: str, *, max_bytes: int, until: float | None = None) -> bytes:
        """Return what is under *url*, at most *max_bytes*. *name* is what errors call it, e.g. ``images[0]``.

        Gives up at *until* (of ``time.monotonic``) or after the limit's seconds, whichever comes first. Raises
        MediaNotAllowedError, MediaNotFoundError, MediaUnavailableError, InvalidMediaError.
        """
        latest = time.monotonic() + self._limits.max_seconds
        hop = _Hop(name, max_bytes, latest if until is None else min(until, latest))
        for _ in range(self._limits.max_redirects + 1):
            found = self._ask(hop, url)
            if isinstance(found, bytes):
                return found
            url = urljoin(url, found)
        raise MediaUnavailableError(name, f"it is behind more than {self._limits.max_redirects} redirects")

    def _ask(self, hop: "_Hop", url: str) -> bytes | str:
        """Return the bytes under *url*, or where it is said to be."""
        parts = _parsed(url)
        wanted = None if parts is None else target(parts)
        if parts is None or wanted is None:
            raise MediaNotAllowedError(hop.name, "http")
        scheme, host, port = wanted
        if not allowed(self._limits.hosts, scheme, host, port):
            raise MediaNotAllowedError(hop.name, scheme)
        try:
            addresses = self._resolve(host, port)
        except OSError as error:
            raise MediaUnavailableError(hop.name, "its host has no address") from error
        private = allowed(self._limits.private_hosts, scheme, host, port)
        if not addresses or not (private or all(map(is_public, addresses))):
            raise MediaNotAllowedError(hop.name, scheme)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        usual = port == (443 if scheme == "https" else 80)
        bracketed = f"[{host}]" if ":" in host else host
        with hop.connected(addresses, port, (self._context(), host) if scheme == "https" else None) as stream:
            connection = http.client.HTTPConnection(host, port)
            connection.sock = stream
            connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", bracketed if usual else f"{bracketed}:{port}")
            connection.putheader("Accept-Encoding", "identity")
            connection.putheader("User-Agent", "lensdex-embedder")
            connection.putheader("Connection", "close")
            connection.endheaders()
            with contextlib.closing(connection.getresponse()) as response:
                return hop.answer(response)

    def _context(self) -> ssl.SSLContext:
        with self._making:
            if self._tls is None:
                self._tls = ssl.create_default_context(cafile=self._limits.ca_file)
        return self._tls


@dataclass(frozen=True, slots=True)
class _Hop:
    """What all requests for one file have in common."""

    name: str
    max_bytes: int
    until: float

    @contextlib.contextmanager
    def connected(
        self, addresses: Sequence[str], port: int, tls: tuple[ssl.SSLContext, str] | None
    ) -> Iterator[socket.socket]:
        """Give a connection to the first of *addresses* that takes one; it is cut off at the time, whatever it does.

        *tls*: a context and the name to check the certificate for. What goes wrong inside is the other side's doing.
        """
        open_now = [self._connect(addresses, port)]
        # A time-out of the socket counts from the last byte: a server that drips would never meet it.
        watch = threading.Timer(max(0.0, self.until - time.monotonic()), lambda: _cut(open_now[0]))
        watch.daemon = True
        watch.start()
        try:
            if tls is not None:
                context, host = tls
                wrapped = context.wrap_socket(open_now[0], server_hostname=host, do_handshake_on_connect=False)
                open_now[0] = wrapped
                wrapped.do_handshake()
            yield open_now[0]
        except ssl.SSLCertVerificationError as error:
            raise MediaUnavailableError(
                self.name, f"its host's certificate is not valid: {error.verify_message}"
            ) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            detail = "it took too long" if time.monotonic() >= self.until else "its host broke the connection"
            raise MediaUnavailableError(self.name, detail) from error
        finally:
            watch.cancel()
            open_now[0].close()

    def answer(self, response: http.client.HTTPResponse) -> bytes | str:
        """Return the body, or where it is said to be."""
        if response.status in _REDIRECTS and response.headers.get("Location"):
            return str(response.headers["Location"])
        if response.status in _GONE:
            raise MediaNotFoundError(self.name)
        if response.status != http.client.OK:
            raise MediaUnavailableError(self.name, f"its host answers {response.status}")
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise MediaUnavailableError(self.name, "its host sends it compressed, unasked")
        if (response.length or 0) > self.max_bytes:
            raise self._too_large()
        body = bytearray()
        while chunk := response.read1(_CHUNK):
            body += chunk
            if len(body) > self.max_bytes:
                raise self._too_large()
        if time.monotonic() >= self.until:
            raise MediaUnavailableError(self.name, "it took too long")
        if response.length:
            raise MediaUnavailableError(self.name, "its host sent less than it said")
        return bytes(body)

    def _connect(self, addresses: Sequence[str], port: int) -> socket.socket:
        last: OSError | None = None
        for address in addresses:
            seconds = min(_CONNECT_SECONDS, self.until - time.monotonic())
            if seconds <= 0:
                break
            try:
                connection = socket.create_connection((address, port), timeout=seconds)
            except OSError as error:
                last = error
                continue
            connection.settimeout(max(0.001, self.until - time.monotonic()))
            return connection
        raise MediaUnavailableError(self.name, "its host takes no connection") from last

    def _too_large(self) -> InvalidMediaError:
        return InvalidMediaError(
            self.name, f"its file takes more than {self.max_bytes} bytes", maximum_bytes=self.max_bytes
        )


def _parsed(url: str) -> SplitResult | None:
    """Return the parts of *url*; None for one that is too long, or that no request line could hold."""
    if len(url) > _MAX_URL or not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _addresses(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _cut(connection: socket.socket) -> None:
    """End the connection under whoever reads from it; TLS is not told, whose state is the reader's."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
