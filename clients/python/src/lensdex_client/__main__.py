"""``python -m lensdex_client`` and the console script ``lensdex``: the only place that exits."""

import os
import sys

from lensdex_client.cli.main import main


def run() -> None:
    """Run the command and exit with its code."""
    code = main(sys.argv[1:], os.environ, sys.stdout, sys.stderr)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the answer has seen enough (`lensdex … | head`); keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    run()
