"""``lensdex info``: what the services are, and which one does not run."""

import argparse
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from rich.markup import escape

from lensdex_client.cli.connection import add_options, connect
from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.cli.output import Output
from lensdex_client.cli.plain import plain
from lensdex_client.collection import IndexInfo, IndexLimits
from lensdex_client.embedder import RerankerClient
from lensdex_client.embedding import EmbedderInfo, EmbedderLimits, ModelInfo, RerankerInfo, SelfTest
from lensdex_client.errors import (
    DeadlineExceededError,
    LensdexError,
    NotServingError,
    ServiceUnavailableError,
    UnimplementedError,
)
from lensdex_client.settings import Settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "info",
        help="what the services are, and which one does not run",
        description="Show models, embedding spaces, limits and backends. The exit code is 4 when the embedder or the "
        "index does not answer.",
    )
    add_options(parser, settings)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Ask each service, show what it says."""
    with connect(arguments) as retriever:
        reranker = retriever.reranker or RerankerClient(
            arguments.embedder, timeout=arguments.timeout, max_message_bytes=arguments.max_message_bytes
        )
        with reranker:
            answers = {
                "embedder": (arguments.embedder, _ask(retriever.embedder.info)),
                "reranker": (arguments.reranker or arguments.embedder, _ask(reranker.info)),
                "index": (arguments.index, _ask(retriever.index.info)),
            }
    if output.as_json:
        output.result({name: {"address": address, **_document(answer)} for name, (address, answer) in answers.items()})
    else:
        for name, (address, answer) in answers.items():
            output.console.print(f"[bold]{name}[/] at {escape(address)}: {escape(_headline(answer))}")
            for line in _lines(answer):
                output.console.print(f"  {escape(line)}")
    failed = [
        answer for name, (_, answer) in answers.items() if name != "reranker" and isinstance(answer, LensdexError)
    ]
    for error in failed:
        output.error(str(error))
    return ExitCode.UNAVAILABLE if failed else ExitCode.OK


Answer: TypeAlias = EmbedderInfo | RerankerInfo | IndexInfo | LensdexError

_WORDS: Final[Mapping[type[LensdexError], str]] = {
    UnimplementedError: "not served there",
    NotServingError: "not serving: starting or draining",
    ServiceUnavailableError: "not running",
    DeadlineExceededError: "does not answer in time",
}
"""What each failure means, the more special ones first."""


def _ask(info: Callable[[], EmbedderInfo | RerankerInfo | IndexInfo]) -> Answer:
    try:
        return info()
    except LensdexError as error:
        return error


def _document(answer: Answer) -> dict[str, Any]:
    if isinstance(answer, LensdexError):
        return {"running": False, "error": plain(answer)}
    return {"running": True, **plain(answer)}


def _headline(answer: Answer) -> str:
    if isinstance(answer, LensdexError):
        return next((text for kind, text in _WORDS.items() if isinstance(answer, kind)), str(answer))
    if isinstance(answer, IndexInfo):
        return f"engine {answer.engine}, version {answer.build.version}"
    return _model(answer.model)


def _model(model: ModelInfo) -> str:
    revision = f" at {model.revision}" if model.revision else ""
    modalities = ", ".join(model.modalities)
    return f"{model.name}{revision}, engine {model.engine} on {model.device} in {model.dtype}, takes {modalities}"


def _lines(answer: Answer) -> list[str]:
    match answer:
        case EmbedderInfo():
            spaces = [
                f"space {item.fingerprint}: {item.space.pooling.value}, {item.space.dimension} values, "
                f"{item.space.normalization.value}, template {item.space.template_version}"
                for item in answer.spaces
            ]
            return [
                *spaces,
                f"dimensions {answer.min_dimension} to {answer.max_dimension}",
                f"instruction: {answer.default_instruction}",
                *_tested("cosine of answers alone and in batches", "at least", answer.self_test),
                _limits(answer.limits),
                f"version {answer.build.version}",
            ]
        case RerankerInfo():
            return [
                f"instruction: {answer.default_instruction}",
                *_tested("difference of scores alone and in batches", "at most", answer.self_test),
                _limits(answer.limits),
                f"version {answer.build.version}",
            ]
        case IndexInfo():
            return [f"backends {', '.join(answer.backends)}", _limits(answer.limits)]
        case _:
            return []


def _tested(figure: str, relation: str, tested: SelfTest | None) -> list[str]:
    return [f"self-test: {figure} {tested.worst:.9f}, {relation} {tested.bound:g}"] if tested else []


def _limits(limits: EmbedderLimits | IndexLimits) -> str:
    listed = ", ".join(
        f"{name.removeprefix('max_')} {value:,}" for name, value in plain(limits).items() if not name.startswith("min_")
    )
    return f"limits: {listed}"
