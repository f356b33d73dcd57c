"""Check that the contracts break no caller: against the last release tag, or, before there is one, their first commit.

Exits with buf's status. Where git has no history (an archive) there is nothing to compare with, and it says so.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def git(*arguments: str) -> str:
    """Return the output of a git command, empty when it fails."""
    executable = shutil.which("git")
    if executable is None:
        return ""
    finished = subprocess.run([executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return finished.stdout.strip() if finished.returncode == 0 else ""


def baseline() -> str:
    """Return the commit to compare with, empty when there is none."""
    tag = git("describe", "--tags", "--abbrev=0", "--match", "v*")
    if tag:
        return git("rev-parse", f"{tag}^{{commit}}")
    return git("log", "--format=%H", "--diff-filter=A", "--reverse", "--", "buf.yaml").partition("\n")[0]


if __name__ == "__main__":
    commit = baseline()
    if not commit:
        print("no earlier contracts to compare with")
        sys.exit(0)
    top = git("rev-parse", "--show-toplevel")
    buf = str(Path(sys.executable).with_name("buf"))
    against = f"{top}/.git#ref={commit},subdir=proto"
    finished = subprocess.run([buf, "breaking", "proto", "--against", against], cwd=top, check=False)
    print(f"contracts compared with {commit[:12]}: {'compatible' if finished.returncode == 0 else 'BROKEN'}")
    sys.exit(finished.returncode)
