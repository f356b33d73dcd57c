"""Whether vectors belong into a view, or may be compared with what is in it."""

from collections.abc import Iterable, Mapping

import numpy as np

from lensdex_index.errors import (
    DomainError,
    NotFiniteVectorError,
    SpaceMismatchError,
    ViewNotFoundError,
    ZeroVectorError,
)
from lensdex_index.records import DEFAULT_VIEW, CollectionSpec, Matrix, Metric, ViewSpec

SentSpace = Mapping[str, str]
"""An embedding space as sent: field names and values as text; missing ones are empty."""


def view_of(spec: CollectionSpec, name: str) -> ViewSpec:
    """Return the view of that name; empty means default. Raises ViewNotFoundError."""
    view = spec.view(name or DEFAULT_VIEW)
    if view is None:
        raise ViewNotFoundError(spec.name, name, ",".join(view.name for view in spec.views))
    return view


def views_of(spec: CollectionSpec, names: Iterable[str]) -> list[ViewSpec]:
    """Return the views of those names, each once. Raises ViewNotFoundError."""
    return list({view.name: view for view in (view_of(spec, name) for name in names)}.values())


def check_unchanged(spec: CollectionSpec, views: Iterable[ViewSpec]) -> None:
    """Raise ViewNotFoundError where one of *views* is no longer there; another of its name does not count."""
    for view in views:
        if view_of(spec, view.name).number != view.number:
            raise ViewNotFoundError(spec.name, view.name, ",".join(known.name for known in spec.views))


def check_space(view: ViewSpec, sent: SentSpace | None) -> None:
    """Raise SpaceMismatchError unless the view is bound to no space, or to the one *sent*."""
    if view.space is None:
        return
    actual = sent or {}
    pairs = {name: (value, actual.get(name, "")) for name, value in view.space.as_text().items()}
    differences = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    if differences:
        raise SpaceMismatchError(view.name, differences)


def bad_rows(view: ViewSpec, vectors: Matrix, path: str) -> dict[int, DomainError]:
    """Return the rows that cannot be compared, and why. Shape (rows, dimension)."""
    bad: dict[int, DomainError] = {}
    finite = np.isfinite(vectors).all(axis=1)
    for row in np.flatnonzero(~finite).tolist():
        bad[row] = NotFiniteVectorError(path, row)
    if view.metric is Metric.COSINE:
        for row in np.flatnonzero(finite & ~vectors.any(axis=1)).tolist():
            bad[row] = ZeroVectorError(path, row)
    return bad
