"""Searching under a mask by what is found without one, for backends that cannot do better. Knows hits only."""

import numpy as np

from lensdex_index.engines.local.backends.base import Hits
from lensdex_index.engines.scan import Mask


def first_allowed(hits: Hits, allowed: Mask, k: int) -> Hits:
    """Return the first *k* of each query's *hits* whose labels are *allowed*, padded."""
    passes = (hits.labels >= 0) & allowed[hits.labels]
    order = np.argsort(~passes, axis=1, kind="stable")[:, :k]
    labels = np.where(np.take_along_axis(passes, order, axis=1), np.take_along_axis(hits.labels, order, axis=1), -1)
    return Hits(labels, np.take_along_axis(hits.scores, order, axis=1))
