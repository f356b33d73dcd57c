"""Helpers of the embedder's tests: clips made on the spot."""

import io
from fractions import Fraction
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
