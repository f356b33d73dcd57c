"""Real processes for the tests no single part can pass: both services on free ports, files in temporary folders."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lensdex_local.checkpoints import default_checkpoints
from lensdex_local.stack import FREE_PORTS, Stack, run_stack

ROOT = Path(__file__).parents[1]
TINY = ROOT / "tests" / "data" / "golden" / "tiny"
FAKE = ("--engine", "fake", "--embedding-model", "fake", "--reranking-model", "fake")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that makes environments of their own."""
    parser.addoption(
        "--run-bare", action="store_true", help="install parts into environments of their own (registry needed)"
    )


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Both services, the embedder with its fake engine."""
    folder = tmp_path_factory.mktemp("stack")
    with run_stack(
        folder, embedder_arguments=[*FREE_PORTS, *FAKE], index_arguments=FREE_PORTS, start_seconds=60
    ) as running:
        yield running


@pytest.fixture(scope="session")
def tiny_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Both services, the embedder with the random checkpoint in the published file layout."""
    folder = tmp_path_factory.mktemp("tiny-stack")
    checkpoint = str(TINY / "checkpoint")
    arguments = [*FREE_PORTS, "--embedding-model", checkpoint, "--reranking-model", checkpoint]
    with run_stack(folder, embedder_arguments=arguments, index_arguments=FREE_PORTS, start_seconds=100) as running:
        yield running


@pytest.fixture(scope="session")
def nano_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Both services as they run when nobody names a model: with the nano checkpoints and every default."""
    folder = tmp_path_factory.mktemp("nano-stack")
    nano = default_checkpoints()
    arguments = [*FREE_PORTS, "--embedding-model", nano.embedding, "--reranking-model", nano.reranking]
    with run_stack(folder, embedder_arguments=arguments, index_arguments=FREE_PORTS, start_seconds=100) as running:
        yield running
