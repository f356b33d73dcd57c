"""A stranger's tool, knowing nothing of ours, calls both services through reflection."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from lensdex_client import Content, Item, Retriever
from lensdex_local.stack import Stack

BUF = Path(sys.executable).with_name("buf")


def buf_curl(address: str, method: str, request: dict[str, Any]) -> dict[str, Any]:
    """Call *method* with ``buf curl``, which learns the schema from the server."""
    finished = subprocess.run(
        [str(BUF), "curl", "--protocol", "grpc", "--http2-prior-knowledge", "--reflect", "-d", json.dumps(request),
         f"http://{address}/{method}"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    return dict(json.loads(finished.stdout))


def test_buf_curl_embeds_and_searches(stack: Stack) -> None:
    """`buf curl` embeds a text and searches with the vector it got, by reflection alone."""
    with Retriever.connect(stack.embedder_at.address, stack.index_at.address) as retriever:
        retriever.ensure_collection("reflected")
        list(retriever.ingest("reflected", [Item("one", Content("first")), Item("two", Content("second"))]))

    embedded = buf_curl(
        stack.embedder_at.address, "lensdex.embedder.v1.EmbedderService/Embed", {"contents": [{"texts": ["second"]}]}
    )
    block = embedded["blocks"][0]
    found = buf_curl(
        stack.index_at.address,
        "lensdex.index.v1.RecordService/SearchRecords",
        {"collection": "reflected", "k": 1, "vectors": block},
    )

    vector = np.frombuffer(base64.b64decode(block["vectors"]["data"]), "<f4")
    assert np.isclose(np.linalg.norm(vector), 1.0, atol=1e-5)
    assert found["results"][0]["hits"]["hits"][0]["record"]["id"] == "two"
