"""Which views a collection gets and which one a query is matched against. Pure; knows no service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import grpc

from lensdex.common.v1.error_reason_pb2 import ErrorReason
from lensdex_client.collection import DEFAULT_VIEW, Backend, Collection, IndexedField, View
from lensdex_client.content import Content
from lensdex_client.embedding import EmbedderInfo
from lensdex_client.errors import CollectionMismatchError, InvalidFieldError, SpaceMismatchError, ViewNotFoundError
from lensdex_client.refusals import refusal
from lensdex_wire.space import Pooling, Space


@dataclass(frozen=True, slots=True)
class ViewPlan:
    """One view to keep: which part of a content it shows, in which pooling."""

    name: str
    part: Literal["all", "text", "image"] = "all"
    pooling: Pooling | None = None
    """None: the embedder's default."""

    def content_of(self, content: Content) -> Content | None:
        """Return the part of *content* this view shows; None: it has none, and its record lacks the view."""
        if self.part == "all":
            return content
        return content.only(self.part) if self.part in content.modalities() else None


DEFAULT_VIEWS: Final = (ViewPlan(DEFAULT_VIEW),)

MODALITY_VIEWS: Final = (ViewPlan(DEFAULT_VIEW), ViewPlan("text", "text"), ViewPlan("image", "image"))
"""So that a query by picture alone can be matched against pictures alone."""


def own_plans(collection: Collection, info: EmbedderInfo) -> tuple[ViewPlan, ...]:
    """Return the plans of the modality views *collection* has, ``default`` always among them, in its own poolings.

    A pooling the embedder does not offer is left to its default, for ``check_space`` to refuse.
    """
    offered = {item.space.pooling for item in info.spaces}
    plans = []
    for plan in MODALITY_VIEWS:
        view = collection.view(plan.name)
        if view is not None or plan.name == DEFAULT_VIEW:
            pooling = None if view is None or view.space is None else view.space.pooling
            plans.append(replace(plan, pooling=pooling if pooling in offered else None))
    return tuple(plans)


def check_complete(collection: Collection, plans: Sequence[ViewPlan]) -> None:
    """Raise CollectionMismatchError, naming them, when *collection* has views that no plan fills.

    A record stored without them cannot be found there, and one stored again loses the vectors it had.
    """
    planned = {plan.name for plan in plans}
    missing = [view.name for view in collection.views if view.name not in planned]
    if not missing:
        return
    names = ", ".join(missing)
    known = {plan.name for plan in MODALITY_VIEWS}
    remedy = (
        f"name {names} among the views too, or name none for all of the collection's"
        if known.issuperset(missing)
        else "name every view with what it shows (ViewPlan); only default, text and image are known by their names"
    )
    message = f"the collection {collection.name} has the views {names}, which the records would lack: {remedy}"
    raise CollectionMismatchError(
        refusal(grpc.StatusCode.FAILED_PRECONDITION, message, collection=collection.name, views=",".join(missing))
    )


def space_of(info: EmbedderInfo, plan: ViewPlan, dimension: int = 0) -> Space:
    """Return the space the embedder makes *plan*'s vectors in, cut to *dimension* unless that is zero.

    Raises InvalidFieldError when it does not offer the pooling.
    """
    for offered in info.spaces:
        if plan.pooling is None or offered.space.pooling is plan.pooling:
            return replace(offered.space, dimension=dimension) if dimension else offered.space
    message = f"the embedder offers no {plan.pooling} for the view {plan.name}"
    raise InvalidFieldError(
        refusal(
            grpc.StatusCode.INVALID_ARGUMENT,
            message,
            ErrorReason.ERROR_REASON_INVALID_FIELD,
            field=f"views.{plan.name}",
        )
    )


def planned_collection(
    name: str,
    plans: Sequence[ViewPlan],
    info: EmbedderInfo,
    *,
    dimension: int,
    fields: Sequence[IndexedField],
    backend: Backend | None,
) -> Collection:
    """Return the collection *name* with one view per plan, each bound to the embedder's space."""
    views = [View(name=plan.name, space=space_of(info, plan, dimension), backend=backend) for plan in plans]
    return Collection(name=name, views=views, indexed_fields=tuple(fields))


def check_existing(existing: Collection, wanted: Collection) -> None:
    """Raise unless *existing* can take what *wanted* was planned for.

    ViewNotFoundError for a view it lacks, SpaceMismatchError for one that is bound to another space or to none,
    CollectionMismatchError for an indexed field it does not declare in the same way.
    """
    for view in wanted.views:
        bound = existing.view(view.name)
        if bound is None:
            raise view_not_found(existing, view.name)
        assert view.space is not None
        check_space(bound, view.space, collection=existing.name)
    declared = {field.name: field for field in existing.indexed_fields}
    missing = [field.name for field in wanted.indexed_fields if declared.get(field.name) != field]
    if missing:
        message = f"the collection {existing.name} does not declare {', '.join(missing)} as asked"
        raise CollectionMismatchError(
            refusal(grpc.StatusCode.FAILED_PRECONDITION, message, collection=existing.name, fields=",".join(missing))
        )


def check_space(view: View, space: Space, *, collection: str) -> None:
    """Raise SpaceMismatchError, naming the fields that differ, unless *view* takes vectors of *space*.

    A view with a bare dimension takes any vectors of that dimension.
    """
    if view.space is not None:
        differences = view.space.differences(space)
    else:
        expected, actual = str(view.dimension), str(space.dimension)
        differences = {"dimension": (expected, actual)} if expected != actual else {}
    if not differences:
        return
    listed = ", ".join(
        f"{name} (view: {expected}; embedder: {actual})" for name, (expected, actual) in differences.items()
    )
    facts: dict[str, str] = {"view": view.name, "collection": collection, "fields": ",".join(differences)}
    for name, (expected, actual) in differences.items():
        facts |= {f"expected_{name}": expected, f"actual_{name}": actual}
    raise SpaceMismatchError(
        refusal(
            grpc.StatusCode.FAILED_PRECONDITION,
            f"the view {view.name} of {collection} holds vectors of another space than the embedder makes: {listed}",
            ErrorReason.ERROR_REASON_SPACE_MISMATCH,
            **facts,
        )
    )


def choose_view(collection: Collection, query: Content, named: str | None, fallback: str = "") -> View:
    """Return the view *query* is matched against.

    The one the caller named; else the one called like the query's only modality (``text`` or ``image``), where the
    collection has it; else *fallback*, an alias's default view; else ``default``. Raises ViewNotFoundError for a name
    it does not have.
    """
    modalities = query.modalities()
    otherwise = fallback or DEFAULT_VIEW
    name = named or (next(iter(modalities)) if len(modalities) == 1 else otherwise)
    view = collection.view(name) or (None if named else collection.view(otherwise))
    if view is None:
        raise view_not_found(collection, name)
    return view


def view_not_found(collection: Collection, name: str) -> ViewNotFoundError:
    """Return the error for a view that *collection* does not have."""
    known = ",".join(view.name for view in collection.views)
    facts: Mapping[str, str] = {"collection": collection.name, "view": name, "known": known}
    message = f"the collection {collection.name} has no view {name}; it has {known}"
    return ViewNotFoundError(
        refusal(grpc.StatusCode.NOT_FOUND, message, ErrorReason.ERROR_REASON_VIEW_NOT_FOUND, **facts)
    )
