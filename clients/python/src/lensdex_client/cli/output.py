"""Where the command writes: results to stdout, everything else to stderr. Knows no command."""

import json
from typing import Any, Final, TextIO

from rich.console import Console
from rich.markup import escape

from lensdex_client.cli.plain import plain

_PIPED_WIDTH: Final = 140
"""Columns of a table where there is no terminal to ask."""


class Output:
    """Tables for people or, with ``--json``, one JSON document for programs."""

    def __init__(self, stdout: TextIO, stderr: TextIO, *, as_json: bool) -> None:
        self.as_json = as_json
        self._stdout = stdout
        width = None if stdout.isatty() else _PIPED_WIDTH
        self.console = Console(file=stdout, width=width, highlight=False)
        """For people; unused with ``--json``."""
        self.errors = Console(file=stderr, width=None if stderr.isatty() else _PIPED_WIDTH, highlight=False)

    def result(self, value: Any) -> None:
        """Write *value* as JSON to stdout."""
        json.dump(plain(value), self._stdout, ensure_ascii=False, indent=2, allow_nan=False)
        self._stdout.write("\n")

    def error(self, message: str) -> None:
        """Write *message* to stderr."""
        self.errors.print(f"[bold red]error:[/] {escape(message)}", soft_wrap=True)

    def note(self, message: str) -> None:
        """Write *message* to stderr, less loudly."""
        self.errors.print(escape(message), soft_wrap=True)
