"""What can go wrong for a caller.

ProblemsError
├── ForeignFolderError   the folder holds something else than the corpus asked for
└── UnreadableCorpusError    the folder holds no corpus that can be read
"""


class ProblemsError(Exception):
    """Anything that the caller can put right; its text says how."""


class ForeignFolderError(ProblemsError):
    """The output folder holds files that are not this corpus; nothing in it was touched."""


class UnreadableCorpusError(ProblemsError):
    """The folder named as a corpus holds none, or one that was not finished."""
