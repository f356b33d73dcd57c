"""The public surface."""

import inspect
import subprocess
import sys

import lensdex_client
from lensdex_client import aio, errors

FORBIDDEN = (
    "torch",
    "transformers",
    "hnswlib",
    "PIL",
    "lensdex_embedder",
    "lensdex_index",
    "rich",
    "argparse",
    "sqlite3",
)


def test_all_is_sorted_and_complete() -> None:
    """``__all__`` is sorted, constants first, and every name in it exists."""
    names = lensdex_client.__all__

    assert names == sorted(names, key=lambda name: (not name.isupper(), name))
    assert all(hasattr(lensdex_client, name) for name in names)


def test_every_error_is_public() -> None:
    """Every exception a caller may meet can be imported from the package itself."""
    kinds = {
        name for name, kind in vars(errors).items() if inspect.isclass(kind) and kind.__module__ == errors.__name__
    }

    assert kinds <= set(lensdex_client.__all__)


def test_both_faces_have_the_same_methods() -> None:
    """The asyncio classes offer the methods of the waiting ones, with the same arguments."""
    for name in aio.__all__:
        waiting, awaiting = getattr(lensdex_client, name), getattr(aio, name)
        own = {item: member for item, member in vars(waiting).items() if not item.startswith("_")}
        for method, member in own.items():
            twin = inspect.getattr_static(awaiting, method)
            expected = inspect.signature(getattr(waiting, method) if callable(member) else member.__func__)
            actual = inspect.signature(getattr(awaiting, method) if callable(twin) else twin.__func__)

            assert [(p.name, p.default) for p in actual.parameters.values()] == [
                (p.name, p.default) for p in expected.parameters.values()
            ], f"{name}.{method}"


def test_importing_brings_nothing_heavy() -> None:
    """Importing the library loads no model library, no index library, no service and nothing of the command."""
    program = f"import sys, lensdex_client, lensdex_client.aio; print([m for m in {FORBIDDEN!r} if m in sys.modules])"

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"


def test_the_command_needs_no_model_library() -> None:
    """Importing the command loads rich, and still no model library and no service."""
    heavy = [name for name in FORBIDDEN if name not in {"rich", "argparse"}]
    program = f"import sys, lensdex_client.cli.main; print([m for m in {heavy!r} if m in sys.modules])"

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"
