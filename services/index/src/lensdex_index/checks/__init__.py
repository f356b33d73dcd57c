"""What callers send, checked against the collection and the limits before any engine sees it.

All-or-nothing calls collect every violation; a search refuses single queries. Knows plain data only.
"""

from lensdex_index.checks.blocks import SentBlock
from lensdex_index.checks.counts import check_count
from lensdex_index.checks.filters import FILTER_PATH, check_deletable, check_filter
from lensdex_index.checks.ids import check_ids
from lensdex_index.checks.updates import SentChange, check_update
from lensdex_index.checks.upserts import SentRecord, check_upsert
from lensdex_index.checks.vectors import SentSpace, bad_rows, check_space, check_unchanged, view_of, views_of

__all__ = [
    "FILTER_PATH",
    "SentBlock",
    "SentChange",
    "SentRecord",
    "SentSpace",
    "bad_rows",
    "check_count",
    "check_deletable",
    "check_filter",
    "check_ids",
    "check_space",
    "check_unchanged",
    "check_update",
    "check_upsert",
    "view_of",
    "views_of",
]
