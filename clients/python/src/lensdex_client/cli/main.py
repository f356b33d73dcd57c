"""Puts the commands together and turns what they raise into messages and exit codes. Knows no command from inside."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Final, Protocol, TextIO, cast

from lensdex_client.cli import aliases, collections, embed, export, importing, info, ingest, search, similar, snapshots
from lensdex_client.cli.connection import add_options
from lensdex_client.cli.exit_codes import ExitCode, code_of
from lensdex_client.cli.output import Output
from lensdex_client.errors import LensdexError
from lensdex_client.settings import Settings, SettingsError, load


class Command(Protocol):
    """What every command module offers."""

    def add(self, commands: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings) -> None:
        """Add the command's parser to *commands*, with ``run`` as its default."""


COMMANDS: Final = (ingest, search, similar, embed, export, importing, collections, aliases, snapshots, info)


def build_parser(settings: Settings) -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    parser = argparse.ArgumentParser(
        prog="lensdex",
        description="Find things by what they show and say: ingest, search, rerank.",
        epilog="Exit codes: 0 done; 1 some items failed; 2 usage; 3 refused; 4 a service does not answer; 130 Ctrl-C.",
    )
    parser.add_argument("--version", action="version", version=f"lensdex {version('lensdex-client')}")
    add_options(parser, settings, outermost=True)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in COMMANDS:
        cast("Command", module).add(commands, settings)
    return parser


def main(argv: Sequence[str], environ: Mapping[str, str], stdout: TextIO, stderr: TextIO) -> int:
    """Run ``lensdex`` with *argv* and return its exit code. Argparse itself raises SystemExit for usage and help."""
    try:
        settings = load(environ)
    except SettingsError as error:
        Output(stdout, stderr, as_json=False).error(str(error))
        return ExitCode.USAGE
    arguments = build_parser(settings).parse_args(argv)
    output = Output(stdout, stderr, as_json=arguments.json)
    run: Callable[[argparse.Namespace, Output], ExitCode] = arguments.run
    try:
        return run(arguments, output)
    except LensdexError as error:
        output.error(str(error))
        return code_of(error)
    except (OSError, ValueError) as error:
        output.error(str(error))
        return ExitCode.USAGE
    except KeyboardInterrupt:
        output.error("interrupted")
        return ExitCode.INTERRUPTED
