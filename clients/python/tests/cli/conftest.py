"""The command, run in this process against the scripted services."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lensdex_client.cli.main import main


class Result(NamedTuple):
    """What a run of the command left."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Result]


@pytest.fixture
def run(embedder: Any, index: Any) -> Run:
    """Run the command against the scripted services."""

    def run(*argv: str | Path, environ: Mapping[str, str] | None = None) -> Result:
        out, err = io.StringIO(), io.StringIO()
        environment = {"LENSDEX_EMBEDDER": embedder.address, "LENSDEX_INDEX": index.address, **(environ or {})}
        try:
            code = main([str(word) for word in argv], environment, out, err)
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Result(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A JSONL file of eight good items, some with a picture, beside its pictures."""
    (tmp_path / "pic.png").write_bytes(b"PIC")
    lines = [
        {"id": f"r{n}", "title": f"Title {n}", "text": f"score=0.{n}", **({"image": "pic.png"} if n < 2 else {})}
        for n in range(8)
    ]
    path = tmp_path / "corpus.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path
