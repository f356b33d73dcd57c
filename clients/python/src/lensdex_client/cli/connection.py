"""The options every command has, and the retriever they describe. Knows no single command."""

import argparse

from lensdex_client.channel import checked_message_bytes
from lensdex_client.retriever import Retriever
from lensdex_client.settings import Settings


def add_options(parser: argparse.ArgumentParser, settings: Settings, *, outermost: bool = False) -> None:
    """Add the options that say where the services are and how to answer.

    The *outermost* parser has their defaults: what was said before a command counts unless it is said again after it.
    """

    def default(value: object) -> object:
        # A sub-parser's own default would overwrite what its parent was told.
        return value if outermost else argparse.SUPPRESS

    group = parser.add_argument_group("services and output")
    group.add_argument(
        "--embedder",
        metavar="ADDRESS",
        default=default(settings.embedder),
        help=f"address of the embedder (LENSDEX_EMBEDDER; now {settings.embedder})",
    )
    group.add_argument(
        "--index",
        metavar="ADDRESS",
        default=default(settings.index),
        help=f"address of the index (LENSDEX_INDEX; now {settings.index})",
    )
    group.add_argument(
        "--reranker",
        metavar="ADDRESS",
        default=default(settings.reranker),
        help="address of the reranker (LENSDEX_RERANKER; the embedder's unless set)",
    )
    group.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=seconds,
        default=default(settings.timeout),
        help=f"time for one call with its retries (LENSDEX_TIMEOUT; now {settings.timeout:g})",
    )
    group.add_argument(
        "--max-message-bytes",
        metavar="N",
        type=message_bytes,
        default=default(settings.max_message_bytes),
        help="bytes of one message; raise it with the services' "
        f"(LENSDEX_MAX_MESSAGE_BYTES; now {settings.max_message_bytes})",
    )
    group.add_argument(
        "--json", action="store_true", default=default(False), help="write one JSON document to stdout, not tables"
    )


def add_media_root(parser: argparse.ArgumentParser, settings: Settings, text: str) -> None:
    """Add the option that names the media root; *text* says what the command does with it."""
    parser.add_argument(
        "--media-root", metavar="FOLDER", default=settings.media_root, help=f"{text} (LENSDEX_MEDIA_ROOT)"
    )


def connect(arguments: argparse.Namespace) -> Retriever:
    """Return the retriever for *arguments*. Raises NotADirectoryError for a media root that is none."""
    return Retriever.connect(
        arguments.embedder,
        arguments.index,
        arguments.reranker or None,
        timeout=arguments.timeout,
        max_message_bytes=arguments.max_message_bytes,
        media_root=getattr(arguments, "media_root", "") or None,
    )


def seconds(text: str) -> float:
    """Return *text* as seconds above 0."""
    value = float(text)
    if not 0.0 < value <= 86_400.0:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 86400 seconds")
    return value


def message_bytes(text: str) -> int:
    """Return *text* as the bytes a message may have."""
    value = int(text)
    try:
        return checked_message_bytes(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def at_least(minimum: int, text: str) -> int:
    """Return *text* as a whole number that is at least *minimum*."""
    value = int(text)
    if value < minimum:
        raise argparse.ArgumentTypeError(f"{text} is below {minimum}")
    return value


def positive(text: str) -> int:
    """Return *text* as a whole number above 0."""
    return at_least(1, text)
