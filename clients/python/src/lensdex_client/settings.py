"""What the command is told by the environment: the only reader of it. Knows no option and no command."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lensdex_client.channel import LARGEST_MESSAGE_BYTES, MIN_MESSAGE_BYTES, checked_message_bytes
from lensdex_wire.limits import MAX_MESSAGE_BYTES

EMBEDDER: Final = "LENSDEX_EMBEDDER"
INDEX: Final = "LENSDEX_INDEX"
RERANKER: Final = "LENSDEX_RERANKER"
TIMEOUT: Final = "LENSDEX_TIMEOUT"
MEDIA_ROOT: Final = "LENSDEX_MEDIA_ROOT"
MAX_MESSAGE: Final = "LENSDEX_MAX_MESSAGE_BYTES"

DEFAULT_TIMEOUT: Final = 60.0


class SettingsError(ValueError):
    """A variable whose value makes no sense; the message names both."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Defaults of the command's options."""

    embedder: str = "127.0.0.1:50051"
    """Address of the embedder."""
    index: str = "127.0.0.1:50052"
    """Address of the index."""
    reranker: str = ""
    """Address of the reranker; empty: the embedder's."""
    timeout: float = DEFAULT_TIMEOUT
    """Seconds for one call with its retries. Too low fails on a busy model; too high hides a service that hangs."""
    max_message_bytes: int = MAX_MESSAGE_BYTES
    """Bytes of one message. Too low refuses what the services would take; too high lets an answer fill the memory."""
    media_root: str = ""
    """Folder below which kept pictures lie; empty: none."""


def load(environ: Mapping[str, str]) -> Settings:
    """Return the settings of *environ*; unset and empty variables mean the default. Raises SettingsError."""
    given = {
        name: environ[variable]
        for name, variable in (
            ("embedder", EMBEDDER),
            ("index", INDEX),
            ("reranker", RERANKER),
            ("media_root", MEDIA_ROOT),
        )
        if environ.get(variable)
    }
    return Settings(
        **given,
        timeout=_seconds(environ.get(TIMEOUT)),
        max_message_bytes=_message_bytes(environ.get(MAX_MESSAGE)),
    )


def _seconds(text: str | None) -> float:
    if not text:
        return DEFAULT_TIMEOUT
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0.0 < seconds <= 86_400.0:
        raise SettingsError(f"{TIMEOUT} must be seconds, above 0 and at most 86400, got {text!r}")
    return seconds


def _message_bytes(text: str | None) -> int:
    if not text:
        return MAX_MESSAGE_BYTES
    try:
        return checked_message_bytes(int(text))
    except ValueError:
        known = f"{MIN_MESSAGE_BYTES} to {LARGEST_MESSAGE_BYTES}"
        raise SettingsError(f"{MAX_MESSAGE} must be whole bytes, {known}, got {text!r}") from None
