"""The index and the client, each installed as a wheel into an environment of its own: what is undeclared is absent."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEVER = {"torch", "torchvision", "transformers", "qwen-vl-utils", "lensdex-embedder"}


def install(folder: Path, *projects: str) -> Path:
    """Install *projects* of the repository into a fresh environment; return its Python."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "-c", "constraints.txt"]
    subprocess.run([*pip, *projects], cwd=ROOT, check=True, timeout=500)
    return python


def distributions(python: Path) -> set[str]:
    """Return the names of what is installed."""
    listed = subprocess.run(
        [str(python), "-m", "pip", "--disable-pip-version-check", "list", "--format", "json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {entry["name"].lower() for entry in json.loads(listed.stdout)}


@pytest.fixture
def allowed(request: pytest.FixtureRequest) -> None:
    """Skip, visibly, unless environments may be made."""
    if not request.config.getoption("--run-bare"):
        pytest.skip("makes an environment from the package registry; run `make test-bare`")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_index_runs_without_torch(allowed: None, tmp_path: Path) -> None:
    """The index, installed alone, has no model library beside it, starts, and answers a health check."""
    python = install(tmp_path / "venv", "./proto", "./services/index")

    assert distributions(python) & (NEVER | {"lensdex-client"}) == set()
    ready = tmp_path / "ready.json"
    command = [str(python), "-m", "lensdex_index"]
    served = subprocess.Popen(
        [*command, "serve", "--port", "0", "--metrics-port", "0", "--data-dir", str(tmp_path / "data"),
         "--ready-file", str(ready)],
    )  # fmt: skip
    try:
        address = wait_for(ready, served)
        assert (
            subprocess.run(
                [*command, "probe", "--port", address.rpartition(":")[2]], timeout=30, check=False
            ).returncode
            == 0
        )
        from lensdex_client import IndexClient

        with IndexClient(address) as client:
            assert client.info().engine == "local"
    finally:
        served.terminate()
        assert served.wait(30) == 0


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_client_runs_without_torch_and_without_an_index(allowed: None, tmp_path: Path) -> None:
    """The client, installed alone, has neither a model nor an index library beside it, and its command runs."""
    python = install(tmp_path / "venv", "./proto", "./clients/python")

    assert distributions(python) & (NEVER | {"hnswlib", "lensdex-index"}) == set()
    shown = subprocess.run([str(python.with_name("lensdex")), "--version"], capture_output=True, text=True, check=True)
    assert "0.1.0" in shown.stdout


def wait_for(ready: Path, process: subprocess.Popen[bytes]) -> str:
    """Return the address in the ready file, once it is there."""
    import time

    deadline = time.monotonic() + 60
    while not ready.exists():
        assert process.poll() is None, "the server ended"
        assert time.monotonic() < deadline, "the server does not serve"
        time.sleep(0.05)
    return str(json.loads(ready.read_text())["address"])
