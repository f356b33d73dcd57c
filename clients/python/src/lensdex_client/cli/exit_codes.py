"""What the command's exit codes mean. The README's table is checked against this."""

from enum import IntEnum

from lensdex_client.errors import DeadlineExceededError, LensdexError, ServiceUnavailableError


class ExitCode(IntEnum):
    """Exit codes of ``lensdex``."""

    OK = 0
    """Everything asked for was done."""
    PARTIAL = 1
    """Some items failed or some lines were bad; the others are done."""
    USAGE = 2
    """The command line, a setting or an input file makes no sense."""
    REFUSED = 3
    """A service refused the request, or failed at it."""
    UNAVAILABLE = 4
    """A service does not answer, or not in time."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C; what was stored stays stored."""


def code_of(error: LensdexError) -> ExitCode:
    """Return the exit code for *error*."""
    unavailable = isinstance(error, ServiceUnavailableError | DeadlineExceededError)
    return ExitCode.UNAVAILABLE if unavailable else ExitCode.REFUSED
