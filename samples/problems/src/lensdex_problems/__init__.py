"""Exam-like problems with figures, made from a seed, whose relevance to each other is known because they are made.

Knows nothing of Lensdex's services: what it writes is files.
"""

from lensdex_problems.catalog import Split, concepts, subjects
from lensdex_problems.corpus import Manifest, generate, summary
from lensdex_problems.errors import ForeignFolderError, ProblemsError
from lensdex_problems.item import Item, make_item
from lensdex_problems.judge import judge
from lensdex_problems.relevance import relevance

__all__ = [
    "ForeignFolderError",
    "Item",
    "Manifest",
    "ProblemsError",
    "Split",
    "concepts",
    "generate",
    "judge",
    "make_item",
    "relevance",
    "subjects",
    "summary",
]
