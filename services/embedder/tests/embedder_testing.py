"""Helpers of the embedder's tests: clips made on the spot, and web servers on free ports."""

import io
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import av
import numpy as np

LIMITS = {"max_bytes": 1 << 25, "max_pixels": 1_000_000, "max_aspect_ratio": 200, "max_seconds": 60.0}


def clip(
    num_frames: int = 12, *, size: tuple[int, int] = (64, 48), rate: int = 6, kind: str = "mp4", codec: str = "mpeg4"
) -> bytes:
    """Return a clip whose frames grow brighter, one step a frame."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=kind) as container:
        stream: Any = container.add_stream(codec, rate=Fraction(rate))
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for number in range(num_frames):
            shade = np.full((size[1], size[0], 3), min(255, 20 + 15 * number), dtype=np.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return buffer.getvalue()


BODY = b"the bytes of a picture"
Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def http_serving(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve *answer* to every GET on a free port of this machine, and give the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def sends(body: bytes = BODY, status: int = 200, **headers: str) -> Answer:
    """Return an answer of *body* with these headers; a length is told unless they tell one."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in ({"Content-Length": str(len(body))} | told).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer
