"""Ending recovery early. Not a refusal and not a failure to start, so it stands beside the tree of errors."""

from lensdex_index.errors import LensdexIndexError


class RecoveryAbandonedError(LensdexIndexError):
    """Recovery ended early because it was asked to; what is stored is as it was."""
