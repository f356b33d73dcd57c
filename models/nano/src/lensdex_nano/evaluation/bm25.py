"""Words alone, for comparison: BM25 (Lucene's variant) over the texts, in the library bm25s.

Cut into tokens as Lucene's CJK analyser does with these texts: Latin words and numbers in lower case, Hangul in
overlapping pairs of syllables. There is no stemming, no list of stop words, and everything else is passed over.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import bm25s
import numpy as np

from lensdex_nano.evaluation.contents import View
from lensdex_nano.evaluation.systems import Scores

K1: Final = 1.2
B: Final = 0.75
"""Lucene's defaults."""

_RUNS: Final = re.compile(r"[0-9a-zß-öø-ɏ]+|[가-힣]+")


def tokenise(text: str) -> list[str]:
    """Return the tokens in order, repeated as often as they occur; a syllable that stands alone is one of its own."""
    tokens: list[str] = []
    for run in _RUNS.findall(unicodedata.normalize("NFC", text).lower()):
        if "가" <= run[0] <= "힣" and len(run) > 1:
            tokens.extend(run[place : place + 2] for place in range(len(run) - 1))
        else:
            tokens.append(run)
    return tokens


class Bm25System:
    """A System that reads the text of queries and documents, whatever the view."""

    def __init__(self, documents: Sequence[str], queries: Sequence[str]) -> None:
        """*queries*: the text of each, empty where it has none."""
        self._queries = queries
        self._count = len(documents)
        tokens = [tokenise(document) for document in documents]
        self._index = bm25s.BM25(method="lucene", k1=K1, b=B)
        self._index.index(tokens, show_progress=False)
        self._known = {token for document in tokens for token in document}

    def scores(self, queries: Sequence[int], view: View) -> Scores | None:
        """Return BM25 scores; a document that shares no token is no answer. None when a query has no text."""
        if view == "image" or not all(self._queries[place] for place in queries):
            return None
        rows = np.full((len(queries), self._count), -np.inf)
        for row, place in enumerate(queries):
            tokens = [token for token in tokenise(self._queries[place]) if token in self._known]
            if tokens:
                found = np.asarray(self._index.get_scores(tokens), dtype=np.float64)
                rows[row] = np.where(found > 0, found, -np.inf)
        return rows
