"""The command as a process: streams, exit codes, signals."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def start(argv: Sequence[str], embedder: Any, index: Any) -> "subprocess.Popen[str]":
    """Start ``python -m lensdex_client``."""
    return subprocess.Popen(
        [sys.executable, "-m", "lensdex_client", *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "LENSDEX_EMBEDDER": embedder.address, "LENSDEX_INDEX": index.address},
    )


def test_json_goes_to_stdout_and_the_rest_to_stderr(embedder: Any, index: Any, tmp_path: Path) -> None:
    """Stdout holds one JSON document and nothing else; problems and progress go to stderr."""
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": "a", "text": "b"}\noops\n', encoding="utf-8")
    with start(["ingest", "c", str(path), "--json"], embedder, index) as process:
        out, err = process.communicate(timeout=30)

    assert process.returncode == 1
    assert json.loads(out)["stored"] == 1
    assert "not JSON" in err
    assert "ingesting" in err


def test_a_missing_service_ends_with_four(embedder: Any, index: Any, dead_address: str) -> None:
    """A service that is not there: exit code 4, nothing on stdout, the address on stderr, no traceback."""
    with start(["search", "c", "q", "--index", dead_address], embedder, index) as process:
        out, err = process.communicate(timeout=30)

    assert (process.returncode, out) == (4, "")
    assert dead_address in err
    assert "Traceback" not in err


def test_interrupt_stops_an_ingest_cleanly(embedder: Any, index: Any, tmp_path: Path, eventually: Any) -> None:
    """SIGINT in the middle of a call: exit code 130 within seconds, no traceback, and the next run goes on."""
    path = tmp_path / "x.jsonl"
    path.write_text("".join(f'{{"id": "i{n}", "text": "t{n}"}}\n' for n in range(30)), encoding="utf-8")
    release = threading.Event()
    embedder.before["Embed"] = lambda request: release.wait(20) if "t25" in str(request) else None
    with start(["ingest", "c", str(path), "--batch", "5"], embedder, index) as process:
        eventually(lambda: len(index.records) >= 25)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    release.set()
    with start(["ingest", "c", str(path), "--json"], embedder, index) as again:
        document = json.loads(again.communicate(timeout=30)[0])

    assert process.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    # The fifth batch is in the index before its answer is with the client, which counts what was acknowledged.
    assert "25 stored" in out or "20 stored" in out
    assert (document["stored"], document["skipped"]) == (5, 25)
