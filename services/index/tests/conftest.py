"""Fixtures of the index service's tests: engines, and whole servers on free ports."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import structlog

sys.path.insert(0, str(Path(__file__).parent))

from index_testing import ENGINE_NAMES, ENGINES, Reopen, Server, clear, open_local, running
from milvus_testing import MilvusServer, shared_server, stop_shared

from lensdex_index.engine import CollectionEngine
from lensdex_index.engines.local.engine import LocalEngine


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that makes the crash test a long one."""
    parser.addoption("--kills", type=int, default=3, help="how often the crash test of the index kills its server")


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """Undo what a command run in this process set for its logs."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[LocalEngine]:
    """Give a recovered local engine on an empty folder."""
    opened = open_local(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def milvus_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    """Give a running Milvus, shared by all tests; each has its own prefix there."""
    yield shared_server(tmp_path_factory.mktemp("milvus"))
    stop_shared()


@pytest.fixture
def open_engine_by_name(request: pytest.FixtureRequest) -> Callable[[str, Path], CollectionEngine]:
    """Give a function that opens an engine on a folder, with the server it needs."""

    def _open(name: str, folder: Path) -> CollectionEngine:
        if name == "milvus":
            request.getfixturevalue("milvus_server")
        return ENGINES[name][0](folder)

    return _open


@pytest.fixture(params=ENGINE_NAMES)
def reopen(
    request: pytest.FixtureRequest, tmp_path: Path, open_engine_by_name: Callable[[str, Path], CollectionEngine]
) -> Iterator[Reopen]:
    """Give a function that opens each engine anew on what it stored; the one before is closed first."""
    opened: list[CollectionEngine] = []

    def _reopen() -> CollectionEngine:
        if opened:
            opened.pop().close()
        opened.append(open_engine_by_name(request.param, tmp_path / "data"))
        return opened[0]

    yield _reopen
    for engine in opened:
        if engine.is_remote:
            clear(engine)
        engine.close()


@pytest.fixture
def opened(reopen: Reopen) -> CollectionEngine:
    """Give each engine on an empty folder."""
    return reopen()


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Server]]]:
    """Give a function that starts a server in this process; all of them are stopped at the end."""
    started = []

    async def _start(**settings: object) -> Server:
        manager = running(tmp_path / "data", **settings)
        server = await manager.__aenter__()
        started.append(manager)
        return server

    yield _start
    for manager in reversed(started):
        await manager.__aexit__(None, None, None)


@pytest.fixture
async def server(start: Callable[..., Awaitable[Server]]) -> Server:
    """Give a server with default settings."""
    return await start()


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    """Give how often to kill."""
    number: int = request.config.getoption("--kills")
    return number
