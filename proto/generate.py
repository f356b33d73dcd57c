"""Generate Python from the contracts: ``python proto/generate.py OUT`` writes the tree ``lensdex/`` below OUT.

Choosing the proto root as Python's import root makes protoc's imports right as generated. protoc writes no
``__init__.py``; this adds them, and ``py.typed``. It knows nothing of who uses the result.
"""

import sys
from pathlib import Path

import grpc_tools
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent


def generate(out: Path) -> None:
    """Write the generated packages below *out*. Raises SystemExit when protoc refuses."""
    out.mkdir(parents=True, exist_ok=True)
    protos = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "lensdex").rglob("*.proto"))
    well_known = Path(grpc_tools.__file__).parent / "_proto"
    arguments = [
        "protoc",
        f"-I{ROOT}",
        f"-I{well_known}",
        f"--python_out={out}",
        f"--pyi_out={out}",
        f"--grpc_python_out={out}",
        *protos,
    ]
    if protoc.main(arguments) != 0:
        raise SystemExit("protoc failed")
    for folder in [out / "lensdex", *(path for path in (out / "lensdex").rglob("*") if path.is_dir())]:
        if folder.name != "__pycache__":
            (folder / "__init__.py").write_text("")
    (out / "lensdex" / "py.typed").write_text("")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python proto/generate.py OUT")
    generate(Path(sys.argv[1]))
