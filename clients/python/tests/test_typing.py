"""The types of the public surface are tested as what they are."""

import subprocess
import sys
from pathlib import Path


def test_callers_type_check() -> None:
    """Typical callers pass mypy in strict mode, and get the types the documentation promises."""
    target = Path(__file__).with_name("typing_api.py")
    root = next(parent for parent in target.parents if (parent / "proto").is_dir())
    command = [sys.executable, "-m", "mypy", "--config-file", str(root / "pyproject.toml"), str(target)]

    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout
