"""The contract as a whole: nothing in it is unimplemented, and our wheels own no general name."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("module", "service", "implementation"),
    [
        ("lensdex.embedder.v1.embedder_service_pb2", "EmbedderService", "lensdex_embedder.service:EmbedderFace"),
        ("lensdex.embedder.v1.reranker_service_pb2", "RerankerService", "lensdex_embedder.service:RerankerFace"),
        (
            "lensdex.index.v1.collection_service_pb2",
            "CollectionService",
            "lensdex_index.faces.collection_face:CollectionFace",
        ),
        ("lensdex.index.v1.record_service_pb2", "RecordService", "lensdex_index.faces.record_face:RecordFace"),
    ],
)
def test_every_rpc_is_implemented(module: str, service: str, implementation: str) -> None:
    """Every RPC of the contract has a method of ours: none falls through to the generated UNIMPLEMENTED."""
    descriptor = importlib.import_module(module).DESCRIPTOR.services_by_name[service]
    name, _, face = implementation.partition(":")
    methods = vars(getattr(importlib.import_module(name), face))

    missing = [method.name for method in descriptor.methods if method.name not in methods]

    assert missing == []


def test_generated_code_is_all_below_our_own_name() -> None:
    """The generated tree owns the import name `lensdex` and nothing general such as `google`."""
    assert {path.name for path in (ROOT / "proto" / "python").iterdir() if path.is_dir()} - {
        "lensdex_proto.egg-info"
    } == {"lensdex", "lensdex_wire"}


def test_all_distributions_have_one_version() -> None:
    """The distributions are released together: one version in every pyproject.toml."""
    import tomllib

    projects = [
        tomllib.loads(path.read_text())["project"]
        for path in ROOT.rglob("pyproject.toml")
        if path.parent != ROOT and ".venv" not in path.parts
    ]

    assert len(projects) == 7
    assert {project["version"] for project in projects} == {"0.1.0"}
