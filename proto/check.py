"""Compare the committed generated code with what the contracts generate now; say what to run when they differ."""

import filecmp
import sys
import tempfile
from pathlib import Path

from generate import ROOT, generate


def differences(expected: Path, actual: Path) -> list[str]:
    """Return the generated files that are missing, left over or different, relative to the roots."""
    names = {
        path.relative_to(root).as_posix()
        for root in (expected, actual)
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    return sorted(
        name
        for name in names
        if not (expected / name).is_file()
        or not (actual / name).is_file()
        or not filecmp.cmp(expected / name, actual / name, shallow=False)
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        stale = differences(Path(folder) / "lensdex", ROOT / "python" / "lensdex")
    if stale:
        sys.exit("generated code is not what the contracts generate; run `make proto`:\n  " + "\n  ".join(stale))
    print("generated code is current")
