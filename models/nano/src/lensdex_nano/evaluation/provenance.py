"""Which commit of the repository a figure comes from."""

import shutil
import subprocess
from pathlib import Path


def commit_of(folder: Path) -> str | None:
    """Return the commit checked out in *folder*, with `-dirty` when tracked files differ; None when git has none."""
    git = shutil.which("git")
    if git is None:
        return None
    answer = subprocess.run(  # noqa: S603  a fixed command
        [git, "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip() or None
