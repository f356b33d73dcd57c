"""Importing does nothing and brings nothing along: each package in a fresh interpreter."""

import json
import subprocess
import sys

import pytest

SCRIPT = """
import importlib, json, pkgutil, sys, threading
package = importlib.import_module(sys.argv[1])
skipped = tuple(sys.argv[2].split(","))
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.startswith(skipped) and not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(json.dumps({"modules": sorted(sys.modules), "threads": [t.name for t in threading.enumerate()]}))
"""


def imported(package: str, *, skipping: str = "nothing") -> dict[str, list[str]]:
    """Import every module of *package* in a fresh interpreter; return what came along."""
    finished = subprocess.run(
        [sys.executable, "-c", SCRIPT, package, skipping], capture_output=True, text=True, check=True, timeout=100
    )
    return dict(json.loads(finished.stdout))


MODELS = {"torch", "torchvision", "transformers", "qwen_vl_utils"}
STORES = {"hnswlib", "sqlite3"}


@pytest.mark.parametrize(
    ("package", "skipping", "never"),
    [
        ("lensdex_wire", "nothing", MODELS | STORES | {"lensdex_embedder", "lensdex_index", "lensdex_client"}),
        ("lensdex_client", "nothing", MODELS | STORES | {"lensdex_embedder", "lensdex_index"}),
        ("lensdex_index", "nothing", MODELS | {"lensdex_embedder", "lensdex_client"}),
        (
            "lensdex_embedder",
            "lensdex_embedder.engines.hf",
            MODELS | STORES | {"lensdex_index", "lensdex_client"},
        ),
        ("lensdex_problems", "nothing", MODELS | STORES | {"grpc", "lensdex"}),
        ("lensdex_local", "nothing", MODELS | STORES | {"lensdex_embedder", "lensdex_index"}),
    ],
)
def test_a_package_brings_nothing_it_must_not_know(package: str, skipping: str, never: set[str]) -> None:
    """No package brings along, at import, a library or a part of Lensdex it must not know."""
    came_along = {name.partition(".")[0] for name in imported(package, skipping=skipping)["modules"]}

    assert package in came_along
    assert came_along & never == set()


@pytest.mark.parametrize("package", ["lensdex_client", "lensdex_index", "lensdex_embedder", "lensdex_local"])
def test_importing_starts_no_thread(package: str) -> None:
    """Importing a package starts no thread."""
    assert imported(package, skipping="lensdex_embedder.engines.hf")["threads"] == ["MainThread"]
