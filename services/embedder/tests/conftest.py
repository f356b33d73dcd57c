"""What the embedder's tests share: golden data, one loaded engine of each kind, and real servers on free ports.

A server runs in the test's own event loop, mostly on an engine without torch that can be held at a gate.
"""

import asyncio
import contextlib
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from google.rpc.status_pb2 import Status
from grpc import aio
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))  # for embedder_testing

from lensdex.common.v1 import content_pb2
from lensdex.embedder.v1 import embedder_service_pb2_grpc, reranker_service_pb2_grpc
from lensdex_embedder import loading
from lensdex_embedder.clips import ClipLimits, open_clip
from lensdex_embedder.engines.fake import FakeEngine
from lensdex_embedder.server import Ready, serve
from lensdex_embedder.settings import Settings
from lensdex_embedder.work import Content, Cost, Pooled, Truncation, Video
from lensdex_wire.errors import Refusal, unpack_refusal
from lensdex_wire.limits import message_size_options

GOLDEN: Final = Path(__file__).parents[3] / "tests" / "data" / "golden" / "tiny"
CLIP_LIMITS: Final = ClipLimits(max_bytes=1 << 25, max_pixels=64_000_000, max_aspect_ratio=200, max_seconds=600)
PATIENCE: Final = 20.0
"""Seconds after which a test that waits for something gives up. Nothing is ever waited for that long."""


@dataclass(frozen=True)
class Golden:
    """Published answers for a small random checkpoint."""

    checkpoint: Path
    inputs: Path
    cases: dict[str, Any]
    expected: dict[str, Any]
    expected_rerank: list[list[float]]

    def texts(self, case: dict[str, Any]) -> tuple[str, ...]:
        """Return a case's texts."""
        return tuple(_listed(case.get("text")))

    def files(self, case: dict[str, Any]) -> tuple[Path, ...]:
        """Return a case's picture files."""
        return tuple(self.inputs / name for name in _listed(case.get("image")))

    def content(self, case: dict[str, Any]) -> Content:
        """Return a case, decoded."""
        texts = tuple(text for text in self.texts(case) if text)
        images = tuple(_picture(path) for path in self.files(case))
        frames, clip = self.video(case)
        sampling = {"fps": case.get("fps", 1.0), "max_frames": case.get("max_frames", 64)}
        if clip is not None:
            return Content(texts, images, (Video(open_clip("clip", clip.read_bytes(), CLIP_LIMITS), **sampling),))
        return Content(texts, images, (Video(tuple(map(_picture, frames)), **sampling),) if frames else ())

    def video(self, case: dict[str, Any]) -> tuple[tuple[Path, ...], Path | None]:
        """Return a case's frames, or its clip."""
        named = case.get("video")
        if isinstance(named, str):
            return (), self.inputs / named
        return tuple(self.inputs / name for name in named or ()), None

    def message(self, case: dict[str, Any]) -> content_pb2.Content:
        """Return a case as the contract's message."""
        images = [content_pb2.Media(data=path.read_bytes()) for path in self.files(case)]
        frames, clip = self.video(case)
        video = content_pb2.Video(
            clip=content_pb2.Media(data=clip.read_bytes()) if clip else None,
            frames=[content_pb2.Media(data=path.read_bytes()) for path in frames],
            fps=case.get("fps", 0),
            max_frames=case.get("max_frames", 0),
        )
        return content_pb2.Content(texts=self.texts(case), images=images, videos=[video] if "video" in case else [])


def _picture(path: Path) -> Image.Image:
    return Image.open(io.BytesIO(path.read_bytes()))


def _listed(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


@pytest.fixture(scope="session")
def golden() -> Golden:
    """The published answers."""
    with np.load(GOLDEN / "expected.npz") as archive:
        expected = {name: archive[name] for name in archive.files}
    return Golden(
        checkpoint=GOLDEN / "checkpoint",
        inputs=GOLDEN / "inputs",
        cases=json.loads((GOLDEN / "inputs" / "cases.json").read_text(encoding="utf-8")),
        expected=expected,
        expected_rerank=json.loads((GOLDEN / "expected_rerank.json").read_text(encoding="utf-8")),
    )


def _options(model: Path, *, max_tokens: int, dtype: str = "float32") -> Any:
    from lensdex_embedder.engines import EngineOptions

    return EngineOptions(
        model=str(model),
        revision="",
        device="cpu",
        dtype=dtype,
        max_tokens=max_tokens,
        min_image_tokens=4,
        max_image_tokens=1800,
    )


@pytest.fixture(scope="session")
def open_hf() -> Callable[..., Any]:
    """Open an embedding engine of the kind `hf` on a folder."""
    from lensdex_embedder.engines import open_embedding_engine

    def opened(model: Path, *, max_tokens: int = 8192, dtype: str = "float32") -> Any:
        return open_embedding_engine("hf", _options(model, max_tokens=max_tokens, dtype=dtype))

    return opened


@pytest.fixture(scope="session")
def embedding_engine(open_hf: Callable[..., Any]) -> Any:
    """The golden checkpoint, loaded once, to embed."""
    return open_hf(GOLDEN / "checkpoint")


@pytest.fixture(scope="session")
def reranking_engine() -> Any:
    """The golden checkpoint, loaded once, to rerank."""
    from lensdex_embedder.engines import open_reranking_engine

    return open_reranking_engine("hf", _options(GOLDEN / "checkpoint", max_tokens=10240))


@dataclass(frozen=True)
class Item:
    """An input of the gated engine, which remembers its text."""

    name: str
    inner: Any
    cost: Cost


class GatedEngine(FakeEngine):
    """The fake engine, held at a gate: it records what it is asked to run, and runs it only while the gate is open.

    A text that begins with `raise:` makes preparing it fail as a bug would, one that begins with `poison:` its batch,
    and one that begins with `overflow:` has infinite values.
    """

    def __init__(self, *, max_tokens: int = 8192, name: str = "gated") -> None:
        super().__init__(max_tokens=max_tokens, name=name)
        self.gate = threading.Event()
        self.gate.set()
        self.batches: list[list[str]] = []
        self.num_prepared = 0
        self.names: set[str] = set()
        """Texts that were prepared."""

    def prepare(self, content: Content, *, instruction: str, truncation: Truncation) -> Any:
        """As the fake engine, remembering the first text."""
        name = content.texts[0] if content.texts else ""
        if name.startswith("raise:"):
            raise ZeroDivisionError(name)
        inner = super().prepare(content, instruction=instruction, truncation=truncation)
        self.names.add(name)
        self.num_prepared += 1
        return Item(name, inner, inner.cost)

    def embed(self, batch: Sequence[Any]) -> list[Pooled]:
        """As the fake engine, once the gate is open."""
        self._pass([item.name for item in batch])
        results = super().embed([item.inner for item in batch])
        for item, result in zip(batch, results, strict=True):
            if item.name.startswith("overflow:"):
                for vector in result.vectors.values():
                    vector[3] = np.inf
        return results

    def prepare_pair(self, query: Any, document: Content, *, truncation: Truncation) -> Any:
        """As the fake engine, remembering the first text."""
        name = document.texts[0] if document.texts else ""
        inner = super().prepare_pair(query, document, truncation=truncation)
        self.num_prepared += 1
        return Item(name, inner, inner.cost)

    def score(self, batch: Sequence[Any]) -> list[float]:
        """As the fake engine, once the gate is open."""
        self._pass([item.name for item in batch])
        return [float("nan") if item.name.startswith("overflow:") else item.inner.score for item in batch]

    def ran(self) -> list[str]:
        """Return the texts of all that was run."""
        return [name for batch in self.batches for name in batch]

    def forget(self) -> None:
        """Forget what was recorded: the warm-up."""
        self.batches.clear()
        self.num_prepared = 0

    def _pass(self, names: list[str]) -> None:
        self.batches.append(names)
        assert self.gate.wait(PATIENCE), "nobody opened the gate"
        if any(name.startswith("poison:") for name in names):
            raise RuntimeError("the device is on fire")


@pytest.fixture
def gated() -> Iterator[Callable[..., GatedEngine]]:
    """Make gated engines; all gates are opened at the end."""
    made: list[GatedEngine] = []

    def make(**arguments: Any) -> GatedEngine:
        made.append(GatedEngine(**arguments))
        return made[-1]

    yield make
    for engine in made:
        engine.gate.set()


@dataclass
class Running:
    """A server in this event loop."""

    address: str
    metrics_address: str | None
    channel: aio.Channel
    stop: asyncio.Event
    task: asyncio.Task[None]

    @property
    def embedder(self) -> Any:
        """Stub of EmbedderService."""
        return embedder_service_pb2_grpc.EmbedderServiceStub(self.channel)  # type: ignore[no-untyped-call]

    @property
    def reranker(self) -> Any:
        """Stub of RerankerService."""
        return reranker_service_pb2_grpc.RerankerServiceStub(self.channel)  # type: ignore[no-untyped-call]


@pytest.fixture
async def serving(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Any]]:
    """Start real servers on free ports, which end with the test; each call takes an engine and any settings.

    Without *engine* the settings choose it; they say `fake`, embedding and reranking, no metrics port.
    """
    for name in [name for name in os.environ if name.startswith("LENSDEX_EMBEDDER_")]:
        monkeypatch.delenv(name)
    started: list[Running] = []

    async def start(*, engine: Any = None, reranker: Any = None, **changes: Any) -> Running:
        if engine is not None:
            monkeypatch.setattr(loading, "open_embedding_engine", lambda name, options: engine)
        if reranker is not None or engine is not None:
            monkeypatch.setattr(loading, "open_reranking_engine", lambda name, options: reranker or engine)
        base = {"engine": "fake", "embedding_model": "one", "reranking_model": "two", "port": 0, "metrics_port": None}
        settings = Settings(**{**base, **changes})
        stop = asyncio.Event()
        ready: asyncio.Future[Ready] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(serve(settings, stop=stop, on_ready=ready.set_result))
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE)
        if task.done():
            task.result()
        facts = ready.result()
        if isinstance(engine, GatedEngine):
            engine.forget()
        channel = aio.insecure_channel(facts.address, options=message_size_options())
        started.append(Running(facts.address, facts.metrics_address, channel, stop, task))
        return started[-1]

    yield start
    for server in started:
        await server.channel.close()
        server.stop.set()
        await server.task


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Any]:
    """Wait until a condition holds, giving way to the event loop; fails when it never does."""

    async def wait(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110  as said below
                await asyncio.sleep(0)  # gives way; the condition may be of another thread, which sets no event

    return wait


@pytest.fixture
def refusal_of() -> Callable[[aio.AioRpcError], Refusal]:
    """Read the contract's error out of a failed call; fails when there is none."""

    def read(error: aio.AioRpcError) -> Refusal:
        metadata = {str(key): value for key, value in error.trailing_metadata() or ()}
        packed = metadata["grpc-status-details-bin"]
        refusal = unpack_refusal(Status.FromString(packed if isinstance(packed, bytes) else packed.encode()))
        assert refusal.code is error.code()
        assert refusal.message == error.details()
        return refusal

    return read


@pytest.fixture
def refused(refusal_of: Callable[[aio.AioRpcError], Refusal]) -> Callable[[Any], Any]:
    """Await a call that must fail, and return the contract's error."""

    async def wait(call: Any) -> Refusal:
        with pytest.raises(aio.AioRpcError) as caught:
            await call
        return refusal_of(caught.value)

    return wait


@pytest.fixture(scope="session")
def text() -> Callable[..., content_pb2.Content]:
    """Make a content of texts."""
    return lambda *texts: content_pb2.Content(texts=texts)


@pytest.fixture(scope="session")
def image() -> Callable[..., content_pb2.Content]:
    """Make a content of pictures' bytes."""
    return lambda *pictures: content_pb2.Content(images=[content_pb2.Media(data=data) for data in pictures])


@pytest.fixture(scope="session")
def picture() -> Callable[..., bytes]:
    """Make a picture's file."""

    def make(width: int = 40, height: int = 30, *, mode: str = "RGB", kind: str = "PNG", **options: Any) -> bytes:
        buffer = io.BytesIO()
        Image.new(mode, (width, height)).save(buffer, kind, **options)
        return buffer.getvalue()

    return make


@pytest.fixture
def command() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `python -m lensdex_embedder …` with an environment that holds no setting but those given."""
    with contextlib.ExitStack() as stack:

        def start(
            *arguments: str, environ: dict[str, str] | None = None, run: Sequence[str] = ("-m", "lensdex_embedder")
        ) -> subprocess.Popen[str]:
            clean = {name: value for name, value in os.environ.items() if not name.startswith("LENSDEX_EMBEDDER_")}
            process = subprocess.Popen(
                [sys.executable, *run, *arguments],
                env={**clean, **(environ or {})},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start
