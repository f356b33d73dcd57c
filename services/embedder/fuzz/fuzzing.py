"""How every target begins: its seeds go where the corpus is to be, and libFuzzer takes over with our limits."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import atheris


def fuzz(check: Callable[[bytes], None], seeds: Sequence[bytes], *limits: str) -> None:
    """Fuzz *check* as the command line and *limits* say. Does not return."""
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    if folders:
        folders[0].mkdir(parents=True, exist_ok=True)
        for place, seed in enumerate(seeds):
            (folders[0] / f"seed-{place:02d}").write_bytes(seed)
    atheris.Setup([*sys.argv, "-rss_limit_mb=4096", "-print_final_stats=1", *limits], check)
    atheris.Fuzz()
