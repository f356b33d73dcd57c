"""Importing does nothing: no model library, no network, no thread, no file, whatever module is imported first."""

import json
import pkgutil
import subprocess
import sys

import lensdex_embedder

CHECK = """
import json, sys, threading
names = sys.argv[1:]
touched = []
def hook(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
        touched.append(event)
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        touched.append(f"open {arguments[0]}")
sys.dont_write_bytecode = True
sys.addaudithook(hook)
before = threading.active_count()
for name in names:
    __import__(name)
heavy = {"torch", "torchvision", "transformers", "qwen_vl_utils", "huggingface_hub", "safetensors"}
heavy |= {"hnswlib", "lensdex_index", "lensdex_client"}
print(json.dumps([sorted(heavy & set(sys.modules)), threading.active_count() - before, touched]))
"""
ALL = [
    module.name
    for module in pkgutil.walk_packages(lensdex_embedder.__path__, "lensdex_embedder.", onerror=lambda name: None)
    if not module.name.startswith("lensdex_embedder.engines.hf.")
]


def _imported(*names: str) -> tuple[list[str], int, list[str]]:
    finished = subprocess.run(
        [sys.executable, "-c", CHECK, *names], capture_output=True, text=True, timeout=60, check=True
    )
    heavy, threads, touched = json.loads(finished.stdout)
    return heavy, threads, touched


def test_nothing_but_the_hf_engine_imports_a_model_library() -> None:
    """Every module but those of the hf engine is imported without a model library, an index or a client."""
    assert "lensdex_embedder.server" in ALL
    assert "lensdex_embedder.__main__" in ALL
    assert len(ALL) >= 20
    heavy, threads, touched = _imported(*ALL)
    assert heavy == []
    assert threads == 0
    assert touched == []


def test_the_policy_does_not_import_grpc() -> None:
    """What is below the faces is imported without gRPC and without the contracts."""
    below = ("batcher", "admission", "pictures", "pipeline", "work", "errors", "engine", "engines.fake", "embeddings")
    names = [f"lensdex_embedder.{name}" for name in below]
    code = "import sys, importlib; [importlib.import_module(n) for n in sys.argv[1:]]; print('grpc' in sys.modules)"
    finished = subprocess.run(
        [sys.executable, "-c", code, *names], capture_output=True, text=True, timeout=60, check=True
    )
    assert finished.stdout.strip() == "False"


def test_the_hf_engine_touches_nothing_when_imported() -> None:
    """Importing the hf engine loads libraries, and neither connects to anything nor writes."""
    _, _, touched = _imported("lensdex_embedder.engines.hf.opening")
    assert touched == []
