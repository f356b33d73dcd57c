"""Structured logs: one JSON object a line on stderr.

Configured once, by ``__main__``; knows nothing of what is logged.
"""

import logging
import sys

import structlog


def configure_logging(level: str) -> None:
    """Log *level* and above as JSON to stderr: time in UTC, level, event, and the call's request id and method."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
