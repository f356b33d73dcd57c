"""What this process does: embedding, reranking or both. Builds each role's face, engine, batcher and pipeline.

Both roles share one device, so their batches take turns in one thread; preprocessing has a pool of its own beside it.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeVar

from grpc import aio

from lensdex.embedder.v1 import (
    embedder_service_pb2,
    embedder_service_pb2_grpc,
    model_pb2,
    reranker_service_pb2,
    reranker_service_pb2_grpc,
)
from lensdex_embedder import __version__
from lensdex_embedder.admission import Admission
from lensdex_embedder.batcher import Batcher, BatchReport
from lensdex_embedder.clips import ClipLimits
from lensdex_embedder.contents import ContentLimits, ContentOpener
from lensdex_embedder.device import Device
from lensdex_embedder.engine import EmbeddingEngine, RerankingEngine
from lensdex_embedder.engines import library_versions
from lensdex_embedder.estimate import Estimator
from lensdex_embedder.fetching import Fetcher, FetchLimits
from lensdex_embedder.loading import load_embedding, load_reranking
from lensdex_embedder.media_source import MediaSource, SourceLimits
from lensdex_embedder.messages import pack_build
from lensdex_embedder.metrics import Metrics
from lensdex_embedder.pictures import PictureLimits, PictureOpener
from lensdex_embedder.pipeline import EmbeddingPipeline, RerankingPipeline
from lensdex_embedder.preparation import Preparation
from lensdex_embedder.service import EmbedderFace, RerankerFace
from lensdex_embedder.settings import Settings
from lensdex_embedder.work import ImageBounds, Priority
from lensdex_wire.space import Pooling

EMBEDDER_SERVICE: Final[str] = embedder_service_pb2.DESCRIPTOR.services_by_name["EmbedderService"].full_name
RERANKER_SERVICE: Final[str] = reranker_service_pb2.DESCRIPTOR.services_by_name["RerankerService"].full_name

CLOSE_SECONDS: Final = 1.0
"""Time for a running batch to end once nobody waits for it any more."""

SWITCH_SECONDS: Final = 0.0005
"""After how long a thread of Python must let another one run, where a device computes by itself. The thread that begins
a batch gives way a thousand times; each time another may keep it waiting so long. Python's own is 5 ms (ADR 23)."""

In = TypeVar("In")
Out = TypeVar("Out")

_POOLINGS: Final = {"last_token": Pooling.LAST_TOKEN, "mean": Pooling.MEAN}


class Roles:
    """The roles the settings name. Faces exist at once; engines after ``load``."""

    def __init__(self, settings: Settings, admission: Admission, metrics: Metrics) -> None:
        self._settings = settings
        self._admission = admission
        self._metrics = metrics
        self._device = Device()
        self._pool = ThreadPoolExecutor(settings.preprocess_workers, thread_name_prefix="prepare")
        self._fetching = ThreadPoolExecutor(settings.max_fetches, thread_name_prefix="fetch")
        self._results = ThreadPoolExecutor(1, thread_name_prefix="results")
        self._preparation = Preparation(
            self._pool,
            num_workers=settings.preprocess_workers,
            max_prepared=settings.max_prepared_items,
            clock=time.monotonic,
            fetching=self._fetching,
            on_cpu_seconds=metrics.preprocess_cpu_seconds.inc,
        )
        self._opener = _opener(settings)
        self._batchers: list[Batcher[Any, Any]] = []
        self._embedder: EmbedderFace | None = None
        self._reranker: RerankerFace | None = None
        if settings.embedding_model:
            face = self._face(settings.max_embedding_tokens)
            face["limits"].MergeFrom(
                model_pb2.EmbedderLimits(
                    max_streams=settings.max_streams,
                    max_stream_items=settings.max_stream_items,
                    max_stream_bytes=settings.max_stream_bytes,
                )
            )
            self._embedder = EmbedderFace(default_pooling=_POOLINGS[settings.default_pooling], **face)
        if settings.reranking_model:
            self._reranker = RerankerFace(**self._face(settings.max_reranking_tokens))

    @property
    def services(self) -> tuple[str, ...]:
        """Full names of the services this process offers."""
        offered = ((self._embedder, EMBEDDER_SERVICE), (self._reranker, RERANKER_SERVICE))
        return tuple(name for face, name in offered if face is not None)

    def register(self, server: aio.Server) -> None:
        """Add the faces to *server*."""
        if self._embedder is not None:
            embedder_service_pb2_grpc.add_EmbedderServiceServicer_to_server(self._embedder, server)  # type: ignore[no-untyped-call]  # generated
        if self._reranker is not None:
            reranker_service_pb2_grpc.add_RerankerServiceServicer_to_server(self._reranker, server)  # type: ignore[no-untyped-call]  # generated

    async def load(self) -> None:
        """Load, test and thereby warm the engines, then open the faces. Raises CheckpointError."""
        loop = asyncio.get_running_loop()
        if self._embedder is not None:
            embedding, tested = await loop.run_in_executor(
                self._device, load_embedding, self._settings, self._device.pause
            )
            self._metrics.worst_cosine.set(tested.worst)
            self._metrics.count_images("embedding", lambda: embedding.images)
            embed = self._batcher("embedding", embedding, embedding.embed)
            self._embedder.open(EmbeddingPipeline(embedding, embed, self._preparation, self._opener), tested)
        if self._reranker is not None:
            reranking, tested = await loop.run_in_executor(
                self._device, load_reranking, self._settings, self._device.pause
            )
            self._metrics.worst_difference.set(tested.worst)
            self._metrics.count_images("reranking", lambda: reranking.images)
            score = self._batcher("reranking", reranking, reranking.score)
            self._reranker.open(RerankingPipeline(reranking, score, self._preparation, self._opener), tested)

    async def close(self) -> None:
        """Fail what waits and stop the threads, without waiting for one that still loads or computes."""
        closing = [asyncio.create_task(batcher.close()) for batcher in self._batchers]
        if closing:
            await asyncio.wait(closing, timeout=CLOSE_SECONDS)
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._fetching.shutdown(wait=False, cancel_futures=True)
        self._device.shutdown(wait=False, cancel_futures=True)
        self._results.shutdown(wait=False, cancel_futures=True)

    def _batcher(
        self,
        role: str,
        engine: EmbeddingEngine[Any] | RerankingEngine[Any, Any],
        run: Callable[[Sequence[In]], Sequence[Out]],
    ) -> Batcher[In, Out]:
        metrics = self._metrics
        # An engine that runs ahead has queued its layers long before a pause between them could let anybody pass.
        ahead = engine.runs_ahead
        if ahead:
            sys.setswitchinterval(SWITCH_SECONDS)

        def observe(report: BatchReport) -> None:
            self._admission.observe(num_tokens=report.cost, seconds=report.compute_seconds)
            metrics.batch_items.labels(role).observe(report.num_items)
            metrics.batch_tokens.labels(role).observe(report.cost)
            metrics.batch_seconds.labels(role).observe(report.compute_seconds)
            metrics.batch_failures.labels(role).inc(report.failed)

        batcher: Batcher[In, Out] = Batcher(
            engine.begin if ahead else run,
            executor=self._device,
            fetching=self._results if ahead else None,
            patient=None if ahead else self._device.patient,
            passed=lambda: self._device.passed_seconds,
            max_items=self._settings.max_batch_items,
            max_cost=self._settings.max_batch_tokens,
            clock=time.monotonic,
            on_batch=observe,
        )
        for priority in Priority:
            metrics.queued_items.labels(role, priority).set_function(partial(batcher.num_waiting, priority))
        self._batchers.append(batcher)
        return batcher

    def _face(self, max_tokens: int) -> dict[str, Any]:
        settings = self._settings
        return {
            "admission": self._admission,
            "metrics": self._metrics,
            "clock": time.monotonic,
            "estimator": Estimator(
                ImageBounds(settings.min_image_tokens, settings.max_image_tokens), settings.max_video_frames // 2 * 2
            ),
            "build": pack_build(__version__, dict(library_versions(settings.engine))),
            "limits": model_pb2.EmbedderLimits(
                max_contents=settings.max_contents,
                max_tokens=max_tokens,
                max_images=settings.max_images,
                max_videos=settings.max_videos,
                max_video_frames=settings.max_video_frames // 2 * 2,
                max_video_bytes=settings.max_video_bytes,
                max_video_seconds=settings.max_video_seconds,
                max_image_pixels=settings.max_image_pixels,
                max_aspect_ratio=settings.max_aspect_ratio,
                max_media_bytes=settings.max_image_bytes,
                max_message_bytes=settings.max_message_bytes,
                max_pending_items=settings.max_pending_items,
                max_pending_bytes=settings.max_pending_bytes,
                max_pending_tokens=settings.max_pending_tokens,
                max_text_bytes=settings.max_text_bytes,
            ),
        }


def _opener(settings: Settings) -> ContentOpener:
    fetcher = Fetcher(
        FetchLimits(
            hosts=settings.media_hosts,
            private_hosts=settings.media_private_hosts,
            max_seconds=settings.max_fetch_seconds,
            ca_file=settings.media_ca_file,
        )
    )
    source = MediaSource(SourceLimits(max_bytes=settings.max_image_bytes, roots=settings.media_roots), fetcher)
    pictures = PictureLimits(max_pixels=settings.max_image_pixels, max_aspect_ratio=settings.max_aspect_ratio)
    clip = ClipLimits(
        max_bytes=settings.max_video_bytes,
        max_pixels=settings.max_image_pixels,
        max_aspect_ratio=settings.max_aspect_ratio,
        max_seconds=settings.max_video_seconds,
    )
    limits = ContentLimits(
        max_images=settings.max_images,
        max_text_bytes=settings.max_text_bytes,
        max_videos=settings.max_videos,
        max_frames=settings.max_video_frames // 2 * 2,
        clip=clip,
    )
    return ContentOpener(limits, PictureOpener(pictures, source), source)
