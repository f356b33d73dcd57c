"""The command ``python -m lensdex_index``: serve | probe. Turns what happens into an exit code; knows nothing else."""

import asyncio
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lensdex_index.errors import StartError

if TYPE_CHECKING:
    from lensdex_index.settings import Settings

_USAGE = """usage: python -m lensdex_index COMMAND [FLAGS]

commands:
  serve   serve until SIGTERM or SIGINT
  probe   ask a server on this machine whether it serves; exit 0 if so, 1 if not

Flags, the same for both, also as environment variables: COMMAND --help"""

_PROBE_SECONDS = 5.0


def main(argv: Sequence[str]) -> int:
    """Run the command; return the exit code: 0 well, 1 could not, 2 misused."""
    if argv and argv[0] in {"-h", "--help"}:
        print(_USAGE)
        return 0
    commands = {"serve": _serve, "probe": _probe}
    if not argv or argv[0] not in commands:
        print(_USAGE, file=sys.stderr)
        return 2
    # A call has one thread. Were numpy to split its products over the cores, a search would wait for the slowest one,
    # and for long while the indexing thread keeps that busy. Numpy reads this when it is loaded: before our imports.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Saving a graph forks. gRPC's support of that stops its threads around each, and the child uses none of it.
    os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"
    from lensdex_index import settings  # noqa: PLC0415  see above

    try:
        loaded = settings.load(argv[1:], f"python -m lensdex_index {argv[0]}")
        return commands[argv[0]](loaded)
    except StartError as error:
        print(f"lensdex-index: {error}", file=sys.stderr)
        return 1


def _serve(loaded: "Settings") -> int:
    from lensdex_index import logs  # noqa: PLC0415  bad settings are told before anything else is loaded
    from lensdex_index.server import serve  # noqa: PLC0415  as above

    logs.configure(loaded.log_level)
    asyncio.run(serve(loaded))
    return 0


def _probe(loaded: "Settings") -> int:
    from lensdex_index.probe import is_serving  # noqa: PLC0415  as above

    return 0 if is_serving(loaded.host, loaded.port, _PROBE_SECONDS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
