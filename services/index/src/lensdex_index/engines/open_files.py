"""How many files the process may have open. Every collection keeps about six open, more while it is read."""

import contextlib
import errno
import os
import resource


def raise_limit() -> int:
    """Raise the soft limit of open files to the hard one, as far as the system lets; return the limit now in force."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def are_too_many() -> bool:
    """Return whether no other file can be opened: SQLite does not say why it could not."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno in {errno.EMFILE, errno.ENFILE}
    return False


def reason(error: OSError) -> str:
    """Return why a file could not be opened, in words for the operator."""
    return too_many() if error.errno in {errno.EMFILE, errno.ENFILE} else str(error.strerror)


def too_many() -> str:
    """Return what to say when no other file can be opened."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return f"too many open files: the process may have {limit} (RLIMIT_NOFILE); raise its hard limit and restart"
