"""The process's settings: one frozen object, made once. The only reader of the environment and of flags."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, CliSettingsSource, SettingsConfigDict, SettingsError

from lensdex_index.engines.options import EngineOptions, Observer
from lensdex_index.errors import StartError
from lensdex_index.filters import MAX_DEPTH
from lensdex_index.records import Limits
from lensdex_wire.limits import GRPC_OVERHEAD_BYTES, MAX_MESSAGE_BYTES

ENV_PREFIX = "LENSDEX_INDEX_"

_ERROR_BYTES = 512
"""Bytes a refused item takes in a response."""


def _none_if_blank(value: object) -> object:
    return None if isinstance(value, str) and value.strip().lower() in {"", "none"} else value


_Port = Annotated[int, Field(ge=0, le=65_535)]


class Settings(BaseSettings):
    """Settings of the index service, from flags (`--data-dir`), then the environment (`LENSDEX_INDEX_DATA_DIR`)."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, frozen=True, extra="forbid")

    host: str = Field(
        "127.0.0.1", description="Address to listen on. Anything but loopback is open to the network, unprotected."
    )
    port: _Port = Field(50052, description="Port to listen on; 0 picks a free one, which the ready file names.")
    data_dir: Path = Field(
        Path("lensdex-index-data"), description="Folder of the catalog and the collections; one process at a time."
    )
    ready_file: Path | None = Field(
        None, description="File to write once serving: JSON with address, metrics_address and pid. Removed at the end."
    )
    metrics_host: str = Field("127.0.0.1", description="Address of the Prometheus page.")
    metrics_port: Annotated[_Port | None, BeforeValidator(_none_if_blank)] = Field(
        9552, description="Port of the Prometheus page; 0 picks a free one, empty or `none` switches it off."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe log lines to write. Above info the line per call is gone."
    )
    engine: str = Field("local", description="Engine that keeps the records.")
    default_backend: str = Field("hnsw", description="Backend of views that name none.")
    threads: int = Field(
        0,
        ge=0,
        le=256,
        description="Threads for blocking work, and for adding to a graph; 0: one per core. Fewer leave cores idle; many more only take turns.",
    )
    max_connection_seconds: float = Field(
        300.0,
        ge=0,
        le=86_400,
        description="Clients are asked to reconnect after this, so that they find new replicas; running calls finish. Too low costs handshakes; too high, or 0 for never, leaves new replicas idle.",
    )
    grace_seconds: float = Field(
        20.0,
        ge=0,
        le=600,
        description="Time running calls get to finish when stopping. Too low cuts them off; too high delays a restart.",
    )
    max_call_seconds: float = Field(
        300.0,
        gt=0,
        le=86_400,
        description="Deadline of calls that bring none. Too high lets forgotten calls hold their place.",
    )
    max_pending_calls: int = Field(
        256,
        ge=1,
        le=100_000,
        description="Calls accepted and not yet answered. Too low refuses bursts; too high makes all of them late.",
    )
    max_streams: int = Field(
        16,
        ge=0,
        le=65_536,
        description="Streams open at once; 0 refuses all. Too low: bulk callers wait for each other. Too high: memory, up to max_stream_bytes and one message for each.",
    )
    max_stream_items: int = Field(
        4_096,
        ge=1,
        le=1_000_000,
        description="Items of one stream read and not yet answered; further ones are not read until then. Lower makes smaller commits, higher costs memory.",
    )
    max_stream_bytes: int = Field(
        32 * 1024 * 1024,
        ge=1,
        le=1024 * 1024 * 1024,
        description="Bytes of one stream's items read and not yet answered, after which no further message is read.",
    )
    max_records: int = Field(
        1_000, ge=1, le=100_000, description="Records per write or read. Higher holds other writers up for longer."
    )
    max_queries: int = Field(
        256, ge=1, le=10_000, description="Queries per search. Higher lets one call keep a thread for longer."
    )
    max_k: int = Field(1_000, ge=1, le=100_000, description="Largest k. Higher allows larger and slower answers.")
    max_ef: int = Field(4_096, ge=1, le=100_000, description="Largest ef. Higher allows slower searches.")
    max_id_bytes: int = Field(512, ge=1, le=4_096, description="Bytes of a record id.")
    max_metadata_bytes: int = Field(
        64 * 1024, ge=0, le=16 * 1024 * 1024, description="Bytes of one record's metadata, serialised."
    )
    max_content_bytes: int = Field(
        4 * 1024 * 1024, ge=0, le=64 * 1024 * 1024, description="Bytes of one record's kept content, serialised."
    )
    max_dimension: int = Field(16_384, ge=1, le=16_384, description="Largest dimension of a view.")
    max_views: int = Field(16, ge=1, le=32, description="Views of one collection. Each keeps its own files and graph.")
    max_page_size: int = Field(1_000, ge=1, le=100_000, description="Largest page of ListRecords.")
    max_message_bytes: int = Field(
        MAX_MESSAGE_BYTES,
        ge=1024 * 1024,
        le=1024 * 1024 * 1024,
        description="Bytes of one message, either way. Clients must allow as much; gRPC itself refuses larger ones.",
    )
    max_response_bytes: int = Field(
        MAX_MESSAGE_BYTES - GRPC_OVERHEAD_BYTES,
        ge=512 * 1024,
        le=1024 * 1024 * 1024,
        description="Bytes of one response; what does not fit is told per item or moved to the next page.",
    )
    max_filter_depth: int = Field(
        32,
        ge=1,
        le=MAX_DEPTH,
        description="Levels of a filter. protobuf itself refuses what is nested 100 messages deep.",
    )
    max_filter_nodes: int = Field(
        1_024, ge=1, le=1_000_000, description="Filters within a filter. Higher lets one call keep a thread for longer."
    )
    max_filter_values: int = Field(
        16_384,
        ge=1,
        le=10_000_000,
        description="Values within a filter. Higher lets one call keep a thread for longer.",
    )
    index_hold_ms: float = Field(
        4.0,
        gt=0,
        le=1_000,
        description="Time background indexing may hold searches back. Lower indexes slower, higher makes searches wait.",
    )
    rebuild_deleted_fraction: float = Field(
        0.3,
        gt=0,
        lt=1,
        description="Deleted part of a graph at which it is rebuilt. Lower rebuilds often, higher slows searches.",
    )

    min_tail_vectors: int = Field(
        1_000,
        ge=1,
        le=1_000_000_000,
        description="Vectors a view may have waiting to be indexed before writers wait; the bound rises with what a graph query costs. Lower holds writers back, higher slows searches.",
    )
    first_tail_vectors: int = Field(
        5_000,
        ge=0,
        le=1_000_000_000,
        description="A view's first vectors, which never make writers wait. Lower holds the first writers back, higher slows searches until they are indexed.",
    )
    recall_audit_fraction: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Part of the queries that is searched once more, exactly and afterwards, for the metrics of recall. 0: none. Each reads its whole view: higher knows sooner and takes CPU from searches.",
    )
    save_min_vectors: int = Field(
        1_000,
        ge=1,
        le=1_000_000_000,
        description="Graphs of fewer vectors are not saved. Lower writes files that save no time; higher rebuilds more at a start.",
    )
    save_changed_fraction: float = Field(
        0.25,
        gt=0,
        le=1,
        description="Changed part of a graph at which it is saved. Lower saves often, higher leaves a longer tail after a crash.",
    )
    save_idle_seconds: float = Field(
        30.0,
        ge=0,
        le=86_400,
        description="Quiet time after which a graph with any change is saved. Lower saves often, higher leaves more of a tail after a crash.",
    )

    @model_validator(mode="after")
    def _budgets_fit(self) -> "Settings":
        if self.max_response_bytes > self.max_message_bytes - GRPC_OVERHEAD_BYTES:
            raise ValueError(
                f"max_response_bytes ({self.max_response_bytes}) must be at most max_message_bytes less "
                f"{GRPC_OVERHEAD_BYTES} ({self.max_message_bytes - GRPC_OVERHEAD_BYTES})"
            )
        largest = self.max_metadata_bytes + self.max_content_bytes + self.max_views * self.max_dimension * 4
        most_errors = max(self.max_records, self.max_queries) * _ERROR_BYTES
        needed = max(largest, most_errors) + GRPC_OVERHEAD_BYTES
        if self.max_response_bytes < needed:
            raise ValueError(
                f"max_response_bytes ({self.max_response_bytes}) must be at least {needed}: it must hold one record with "
                "metadata, content and every view, and an error for every item of a call"
            )
        return self

    def limits(self) -> Limits:
        """Return what a call may ask for."""
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})

    @property
    def num_threads(self) -> int:
        """Return the threads for blocking work: never zero."""
        return self.threads or os.cpu_count() or 1

    def engine_options(self, observer: Observer) -> EngineOptions:
        """Return what the engine is opened with."""
        return EngineOptions(
            data_dir=self.data_dir,
            default_backend=self.default_backend,
            max_ef=self.max_ef,
            index_hold_seconds=self.index_hold_ms / 1000,
            rebuild_deleted_fraction=self.rebuild_deleted_fraction,
            min_tail_vectors=self.min_tail_vectors,
            first_tail_vectors=self.first_tail_vectors,
            num_threads=self.num_threads,
            recall_audit_fraction=self.recall_audit_fraction,
            save_min_vectors=self.save_min_vectors,
            save_changed_fraction=self.save_changed_fraction,
            save_idle_seconds=self.save_idle_seconds,
            observer=observer,
        )


def load(argv: Sequence[str], program: str) -> Settings:
    """Return the settings from flags and environment. Raises StartError that names each bad one and its range.

    Exits as argparse does for ``--help`` and unknown flags.
    """
    try:
        flags: CliSettingsSource[Settings] = CliSettingsSource(
            Settings,
            cli_parse_args=list(argv),
            cli_prog_name=program,
            cli_kebab_case=True,
            cli_hide_none_type=True,
        )
        return Settings(**flags())
    except ValidationError as error:
        raise StartError("\n".join(_explained(item) for item in error.errors())) from error
    except SettingsError as error:
        raise StartError(str(error)) from error


def _explained(item: object) -> str:
    assert isinstance(item, dict)
    if not item["loc"]:
        return str(item["msg"])
    name = str(item["loc"][0])
    known = Settings.model_fields.get(name)
    limits = "" if known is None else allowed(name)
    return f"--{name.replace('_', '-')} ({ENV_PREFIX}{name.upper()}): {item['msg']}, got {item['input']!r}{limits}"


def allowed(name: str) -> str:
    """Return the range of the setting of that name as ``; allowed: …``, empty where there is none."""
    schema = Settings.model_json_schema()["properties"][name]
    schemas = [schema, *schema.get("anyOf", ())]
    bounds = {key: value for part in schemas for key, value in part.items()}
    if "enum" in bounds:
        return f"; allowed: {', '.join(bounds['enum'])}"
    low = bounds.get("minimum", bounds.get("exclusiveMinimum"))
    if low is None:
        return ""
    high = bounds.get("maximum", bounds.get("exclusiveMaximum"))
    above = "above " if "exclusiveMinimum" in bounds else ""
    below = "below " if "exclusiveMaximum" in bounds else ""
    return f"; allowed: {above}{low} to {below}{high}"
