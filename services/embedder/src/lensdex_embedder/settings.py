"""All settings of the process, made once and passed down. The only place that reads the environment and the command line.

Each field says what too low and too high do. The README's table is generated from it.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, CliApp, CliSettingsSource, NoDecode, SettingsConfigDict

from lensdex_embedder.addresses import Host
from lensdex_wire.limits import MAX_MESSAGE_BYTES

ENV_PREFIX: Final = "LENSDEX_EMBEDDER_"
MIB: Final = 1024 * 1024


class SettingsError(ValueError):
    """A setting that cannot be used; the text names it, its value and what is allowed."""


def _none_if_said(value: object) -> object:
    return None if isinstance(value, str) and value.strip().lower() == "none" else value


def _split(value: object) -> object:
    return tuple(value.split(",")) if isinstance(value, str) else value


def _hosts(value: object) -> object:
    entries = value.split(",") if isinstance(value, str) else value
    if not isinstance(entries, list | tuple):
        return entries
    return tuple(Host.parse(entry) if isinstance(entry, str) else entry for entry in entries)


class Settings(BaseSettings):
    """Settings of one embedder process."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        frozen=True,
        extra="ignore",
        cli_kebab_case=True,
        cli_avoid_json=True,
        env_ignore_empty=True,
    )

    host: str = Field(
        "127.0.0.1",
        description="Address to listen on. Anything but a loopback address is reachable by others, without encryption or authentication.",
    )
    port: int = Field(50051, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    metrics_port: Annotated[int | None, BeforeValidator(_none_if_said)] = Field(
        9551,
        ge=0,
        le=65535,
        description="Port of the Prometheus metrics, on the same address; 0 picks a free one, `none` switches them off.",
    )
    ready_file: Path | None = Field(
        None, description="Written once the process serves: JSON with address, metrics_address and pid."
    )
    engine: Literal["hf", "fake"] = Field(
        "hf", description="`hf` runs Qwen3-VL checkpoints; `fake` understands nothing and needs no torch: for tests."
    )
    embedding_model: str = Field(
        "", description="Hub name or folder of the checkpoint that embeds. Empty: this process does not embed."
    )
    embedding_revision: str = Field(
        "", description="Hub revision of it. Empty: the hub's default; pin it in production."
    )
    reranking_model: str = Field(
        "", description="Hub name or folder of the checkpoint that reranks. Empty: this process does not rerank."
    )
    reranking_revision: str = Field("", description="Hub revision of it.")
    device: str = Field("auto", description="`auto` (first CUDA device, else CPU), `cpu`, `cuda:0`, ...")
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "auto",
        description="Type of the computation; `auto` is bfloat16 on CUDA and float32 on a CPU. It changes vectors slightly and never their space.",
    )
    self_test_min_cosine: float | None = Field(
        None,
        ge=-1,
        le=1,
        description="Cosine that probes embedded alone and in a batch must reach before the process serves; by default 0.9999, in bfloat16 0.999. Lower: answers that depend on what is computed beside them go unnoticed.",
    )
    self_test_max_difference: float | None = Field(
        None,
        ge=0,
        le=1,
        description="By how much a probe's relevance alone and in a batch may differ before the process serves; by default 0.001, in float16 0.005, in bfloat16 0.02.",
    )
    default_pooling: Literal["last_token", "mean"] = Field(
        "last_token",
        description="Pooling of requests that name none. The published models are trained for the last token.",
    )
    max_message_bytes: int = Field(
        MAX_MESSAGE_BYTES,
        ge=MIB,
        le=2**31 - 1,
        description="Bytes of one message. Too low: large images do not arrive. Too high: one caller can fill the memory. Clients must know it too.",
    )
    max_contents: int = Field(
        256, ge=1, le=65536, description="Contents, or documents, in one call. Too high: one call delays others."
    )
    max_pending_items: int = Field(
        1024,
        ge=1,
        description="Items of calls accepted and not yet answered; streams have bounds of their own. Too low: refusals under bursts. Too high: callers wait instead of going elsewhere.",
    )
    max_pending_bytes: int = Field(
        512 * MIB,
        ge=MIB,
        description="Request bytes of calls accepted and not yet answered; bounds memory before decoding.",
    )
    max_pending_tokens: int = Field(
        1024 * 1024,
        ge=1,
        description="Tokens of calls accepted and not yet answered, estimated from the length of texts and the headers of images; bounds the wait. Too low: refusals under bursts. Too high: callers wait instead of going elsewhere.",
    )
    max_streams: int = Field(
        16,
        ge=0,
        le=65536,
        description="Streams open at once; 0 refuses all. Too low: bulk callers wait for each other. Too high: memory, up to max_stream_bytes and one message for each.",
    )
    max_stream_items: int = Field(
        128,
        ge=1,
        le=65536,
        description="Items of one stream read and not yet answered; further ones are not read until then. Below twice max_batch_items one stream alone leaves the engine waiting.",
    )
    max_stream_bytes: int = Field(
        16 * MIB,
        ge=1,
        description="Bytes of one stream's items read and not yet answered, after which no further item is read.",
    )
    max_prepared_items: int = Field(
        128,
        ge=1,
        description="Items of calls decoded and not yet answered, and half as many more of streams; bounds memory after decoding (up to 44 MB for a largest image). Below four times max_batch_items streams leave the engine waiting.",
    )
    max_batch_items: int = Field(
        32,
        ge=1,
        description="Items in one batch. Too low: the device idles. Too high: memory, and latency of what comes next.",
    )
    max_batch_tokens: int = Field(16384, ge=1, description="Tokens in one batch of more than one item. As above.")
    preprocess_workers: int = Field(
        os.cpu_count() or 1, ge=1, le=256, description="Threads that decode, resize and tokenise."
    )
    max_embedding_tokens: int = Field(
        8192,
        ge=16,
        description="Tokens of one content. The published code's limit; a longer input costs memory with its square.",
    )
    max_reranking_tokens: int = Field(10240, ge=16, description="Tokens of one query with one document.")
    max_text_bytes: int = Field(
        MIB,
        ge=1024,
        description="UTF-8 bytes of one content's texts. Longer ones are refused even where truncation is allowed: tokenising takes about a second for each million bytes.",
    )
    max_images: int = Field(16, ge=0, le=1024, description="Images in one content.")
    max_image_bytes: int = Field(32 * MIB, ge=1024, description="Bytes of one encoded image.")
    max_image_pixels: int = Field(
        64_000_000,
        ge=1024,
        description="Declared pixels of one image, checked before decoding: a small file can declare a huge picture.",
    )
    max_videos: int = Field(4, ge=0, le=64, description="Videos in one content. 0: none are taken.")
    max_video_bytes: int = Field(32 * MIB, ge=1024, description="Bytes of one encoded clip.")
    max_video_seconds: float = Field(
        600.0,
        gt=0,
        le=86_400,
        description="Seconds a clip may last, counted before decoding. Too high: one clip can keep a worker decoding for its 30 seconds.",
    )
    max_video_frames: int = Field(
        64,
        ge=2,
        le=768,
        description="Frames of one video the model looks at. The published value; another one changes vectors of longer videos.",
    )
    max_aspect_ratio: int = Field(
        200,
        ge=1,
        le=200,
        description="Longer side of an image to its shorter one; the models' own preprocessing refuses more than 200.",
    )
    min_image_tokens: int = Field(
        4, ge=1, description="Tokens a small image is scaled up to. The published value; another one changes vectors."
    )
    max_image_tokens: int = Field(
        1800,
        ge=1,
        le=16384,
        description="Tokens a large image is scaled down to. The published value; another one changes vectors. A checkpoint trained on smaller images (`size` in its preprocessor_config.json) lowers it for itself.",
    )
    max_cached_image_bytes: int = Field(
        256 * MIB,
        ge=0,
        description="Of the device's memory, for each role: what the vision tower made of the latest images, so that one that comes again is not looked at again. 0: nothing is kept.",
    )
    media_roots: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_split)] = Field(
        (),
        description="Folders, comma-separated, below which `file:` URIs may be opened. Empty: media must come as bytes.",
    )
    media_hosts: Annotated[tuple[Host, ...], NoDecode, BeforeValidator(_hosts)] = Field(
        (),
        description="Hosts, comma-separated, from which media may be fetched: `example.org`, `*.example.org` (all below it), `example.org:8443`; https, or `http://example.org` for http. Empty: nothing is fetched.",
    )
    media_private_hosts: Annotated[tuple[Host, ...], NoDecode, BeforeValidator(_hosts)] = Field(
        (),
        description="Those of media_hosts, written the same way, that may have private addresses. Without it an address that is not public is never connected to.",
    )
    media_ca_file: Path | None = Field(
        None, description="Certificates of authorities trusted for media_hosts, instead of the system's."
    )
    max_fetch_seconds: float = Field(
        10.0,
        gt=0,
        le=600,
        description="Time to fetch one file, redirects included. Too high: slow hosts fill the fetches.",
    )
    max_fetches: int = Field(
        16,
        ge=1,
        le=256,
        description="Files fetched at a time, each in a thread of its own beside those that decode. Too low: callers with URLs wait for each other. Too high: memory, a largest file each.",
    )
    max_connection_seconds: float = Field(
        300.0,
        ge=0,
        le=86_400,
        description="Clients are asked to reconnect after this, so that they find new replicas; running calls finish. Too low costs handshakes; too high, or 0 for never, leaves new replicas idle.",
    )
    grace_seconds: float = Field(
        20.0, ge=0, le=3600, description="Time for running calls after SIGTERM before they are cut off."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe level that is logged."
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        if not self.embedding_model and not self.reranking_model:
            raise ValueError(
                f"name a checkpoint: {ENV_PREFIX}EMBEDDING_MODEL (e.g. Qwen/Qwen3-VL-Embedding-2B), "
                f"{ENV_PREFIX}RERANKING_MODEL (e.g. Qwen/Qwen3-VL-Reranker-2B), or both"
            )
        if self.min_image_tokens > self.max_image_tokens:
            raise ValueError(f"{ENV_PREFIX}MIN_IMAGE_TOKENS is larger than {ENV_PREFIX}MAX_IMAGE_TOKENS")
        return self


def load(argv: Sequence[str]) -> Settings:
    """Return the settings from *argv* (first) and the environment (second).

    Raises SettingsError on a bad value, and SystemExit as argparse does for ``--help`` and unknown flags.
    """
    try:
        source: CliSettingsSource[Settings] = CliSettingsSource(
            Settings, cli_prog_name="python -m lensdex_embedder serve"
        )
        return CliApp.run(Settings, cli_args=list(argv), cli_settings_source=source)
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None


def probe_target() -> str:
    """Return where a server with this environment listens, for the probe beside it."""
    host, port = (
        os.environ.get(f"{ENV_PREFIX}{name.upper()}") or Settings.model_fields[name].default
        for name in ("host", "port")
    )
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  where all addresses are listened on
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _explain(error: ValidationError) -> str:
    lines = []
    for item in error.errors(include_url=False):
        if item["loc"]:
            name = str(item["loc"][0])
            flag = name.replace("_", "-")
            lines.append(f"{ENV_PREFIX}{name.upper()} (--{flag}) = {item['input']!r}: {item['msg']}")
        else:
            lines.append(item["msg"].removeprefix("Value error, "))
    return "; ".join(lines)
