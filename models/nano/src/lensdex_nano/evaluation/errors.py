"""What can go wrong for the caller of an evaluation."""


class EvaluationError(Exception):
    """Something the caller can put right; its text says what."""
