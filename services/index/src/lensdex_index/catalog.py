"""Collections by name and by alias: what may be created, what a name means. Knows no messages, no engine by name."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lensdex_index.engine import CollectionEngine, CollectionHandle, Trait
from lensdex_index.errors import (
    AliasNotAllowedError,
    CollectionExistsError,
    CollectionNotFoundError,
    CorruptedError,
    DomainError,
    InvalidBackendError,
    InvalidFieldError,
    TooManyItemsError,
    ViewHasAliasesError,
    ViewNotFoundError,
    ViolationsError,
    out_of_range,
    shown,
)
from lensdex_index.progress import Progress
from lensdex_index.records import (
    DEFAULT_VIEW,
    Alias,
    BackendSpec,
    CollectionSpec,
    FieldSpec,
    FieldType,
    Limits,
    Metric,
    ViewSpec,
    WriteOutcome,
)
from lensdex_wire.space import Space

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_NAME_RULE: Final = "must be a lower-case letter, then up to 62 lower-case letters, digits, - or _"
_FIELD_NAME_BYTES: Final = 128
_PAGE: Final = 1_000
_LISTED: Final = 5
"""Names of aliases in a message."""


@dataclass(frozen=True, slots=True)
class ProposedView:
    """A view as asked for. None stands for a value this version does not know."""

    name: str
    space: Space | None
    dimension: int | None
    """None together with no space: no basis was given."""
    metric: Metric | None
    backend: str
    """Empty: the default."""
    parameters: Mapping[str, object]
    bad_space_field: str | None = None
    """The field of the space that is missing or unknown."""


@dataclass(frozen=True, slots=True)
class ProposedField:
    """An indexed field as asked for. A type of None is missing or unknown."""

    name: str
    type: FieldType | None
    is_list: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A collection as asked for."""

    name: str
    views: Sequence[ProposedView]
    fields: Sequence[ProposedField]


@dataclass(frozen=True, slots=True)
class Target:
    """The collection that a call works on."""

    handle: CollectionHandle
    alias: Alias | None
    """What the call named, where that was an alias."""

    def view(self, name: str) -> ViewSpec:
        """Return the view of that name; empty: the alias's default view, else `default`. Raises ViewNotFoundError."""
        spec = self.handle.spec
        wanted = name or ("" if self.alias is None else self.alias.default_view) or DEFAULT_VIEW
        view = spec.view(wanted)
        if view is None:
            raise ViewNotFoundError(spec.name, wanted, ",".join(view.name for view in spec.views))
        return view


class Catalog:
    """The collections of one engine. Thread-safe as far as the engine is."""

    def __init__(self, engine: CollectionEngine, limits: Limits) -> None:
        self.engine = engine
        self.limits = limits

    def create(self, proposal: Proposal) -> CollectionHandle:
        """Make an empty collection, durably. Raises CollectionExistsError, or ViolationsError with all that is bad."""
        violations = list(self._violations(proposal))
        if violations:
            raise ViolationsError(violations)
        try:
            self.engine.collection(proposal.name)
        except CollectionNotFoundError:
            pass
        except CorruptedError as error:
            raise CollectionExistsError(proposal.name) from error
        else:
            raise CollectionExistsError(proposal.name)
        views = [self._view(view, "") for view in sorted(proposal.views, key=lambda view: view.name != DEFAULT_VIEW)]
        fields = [
            FieldSpec(field.name, field.type, field.is_list) for field in proposal.fields if field.type is not None
        ]
        return self.engine.create(CollectionSpec(proposal.name, views, fields, datetime.now(UTC)))

    def target(self, name: str) -> Target:
        """Return what a collection's name or an alias means now. Raises CollectionNotFoundError, CorruptedError."""
        alias = None
        while True:
            try:
                return Target(self.engine.collection(name if alias is None else alias.collection), alias)
            except CollectionNotFoundError:
                now = self.engine.alias(name)
                # The same as a moment ago: nobody has moved it, so it is not about to be found.
                if now is None or now == alias:
                    raise CollectionNotFoundError(name) from None
                alias = now

    def collection(self, name: str) -> CollectionHandle:
        """Return the open collection of that name or alias. Raises CollectionNotFoundError, CorruptedError."""
        return self.target(name).handle

    def drop(self, name: str) -> int:
        """Delete a collection, durably; return its number of records.

        Raises CollectionNotFoundError, CollectionHasAliasesError, and AliasNotAllowedError for an alias.
        """
        self._refuse_alias("name", name)
        return self.engine.drop(name)

    def set_alias(self, alias: Alias, expected: str | None) -> Alias | None:
        """Make or move an alias; return the one before. Raises as the engine's ``set_alias``, and ViewNotFoundError,
        AliasNotAllowedError for an alias of an alias, InvalidFieldError for a bad name.
        """
        if not _NAME.fullmatch(alias.name):
            raise _invalid("alias.name", _NAME_RULE, alias.name)[1]
        self._refuse_alias("alias.collection", alias.collection)
        if alias.default_view:
            spec = self.engine.collection(alias.collection).spec
            if spec.view(alias.default_view) is None:
                known = ",".join(view.name for view in spec.views)
                raise ViewNotFoundError(spec.name, alias.default_view, known)
        return self.engine.set_alias(alias, expected)

    def _refuse_alias(self, field: str, name: str) -> None:
        alias = self.engine.alias(name)
        if alias is not None:
            raise AliasNotAllowedError(field, alias.name, alias.collection)

    def check_name(self, name: str, field: str) -> None:
        """Raise InvalidFieldError where no collection can have that *name*."""
        if not _NAME.fullmatch(name):
            raise _invalid(field, _NAME_RULE, name)[1]

    def check_spec(self, spec: CollectionSpec) -> None:
        """Raise InvalidFieldError for what ``create`` would not have made here: it comes from elsewhere."""
        names = [view.name for view in spec.views]
        if names[:1] != [DEFAULT_VIEW] or len({*names}) < len(names) or not all(map(_NAME.fullmatch, names)):
            raise InvalidFieldError("views", "must be default and others of other names")
        if len(names) > self.limits.max_views:
            raise out_of_range("views", len(names), 1, self.limits.max_views)
        for view in spec.views:
            if not 1 <= view.dimension <= self.limits.max_dimension:
                raise out_of_range(f"views.{view.name}.dimension", view.dimension, 1, self.limits.max_dimension)
        fields = [field.name for field in spec.fields]
        if len({*fields}) < len(fields) or not all(1 <= len(name.encode()) <= _FIELD_NAME_BYTES for name in fields):
            raise InvalidFieldError("indexed_fields", f"must be of different names of 1 to {_FIELD_NAME_BYTES} bytes")

    def add_view(self, name: str, proposed: ProposedView, deadline: float) -> Future[WriteOutcome]:
        """Add a view to the collection *name*; its ``spec`` has it once the future is done.

        Raises CollectionNotFoundError, CorruptedError, and ViolationsError with all that is bad.
        """
        collection = self._with(Trait.VIEW_CHANGES, name)
        violations = list(self._view_violations(proposed, "view"))
        if violations:
            raise ViolationsError(violations)
        view = self._view(proposed, "view")
        return collection.add_view(view, max_views=self.limits.max_views, deadline=deadline)

    def drop_view(self, name: str, view: str, deadline: float) -> Future[WriteOutcome]:
        """Drop a view of the collection *name*; its ``spec`` lacks it once the future is done.

        Raises CollectionNotFoundError, CorruptedError, ViewNotFoundError, ViewHasAliasesError, InvalidFieldError.
        """
        collection = self._with(Trait.VIEW_CHANGES, name)
        self._check_droppable(collection, view)
        return collection.drop_view(view, deadline=deadline)

    def reindex(
        self,
        name: str,
        view: str,
        backend: str,
        parameters: Mapping[str, object],
        tell: Callable[[Progress], None],
    ) -> Future[WriteOutcome]:
        """Have a view of the collection *name* searched by *backend*; empty: the one it has, but for *parameters*.

        Raises CollectionNotFoundError, CorruptedError, ViewNotFoundError, InvalidBackendError, InvalidFieldError,
        ReindexRunningError.
        """
        collection = self._with(Trait.REINDEX, name)
        spec = collection.spec
        before = spec.view(view or DEFAULT_VIEW)
        if before is None:
            raise ViewNotFoundError(spec.name, view, ",".join(known.name for known in spec.views))
        wanted = dict(parameters) if backend else {**before.backend.parameters, **parameters}
        resolved = self.engine.resolve_backend(backend or before.backend.name, wanted, "backend.parameters")
        return collection.reindex(before.name, resolved, tell)

    def _with(self, trait: Trait, name: str) -> CollectionHandle:
        """Return an open collection of an engine with that *trait*. Raises InvalidFieldError for another's."""
        collection = self.collection(name)
        if trait not in self.engine.traits:
            raise InvalidFieldError(
                "collection", f"is kept by the engine {self.engine.name}, which lacks {trait}", name
            )
        return collection

    def _check_droppable(self, collection: CollectionHandle, view: str) -> None:
        """Raise what stands against dropping *view*."""
        spec = collection.spec
        if view == DEFAULT_VIEW:
            raise InvalidFieldError("view", "every record has the view default; delete the collection instead", view)
        if spec.view(view) is None:
            raise ViewNotFoundError(spec.name, view, ",".join(known.name for known in spec.views))
        named = [alias.name for alias in self._aliases_of(spec.name) if alias.default_view == view]
        if named:
            raise ViewHasAliasesError(spec.name, view, ",".join(named[:_LISTED]) + ",…" * (len(named) > _LISTED))

    def _aliases_of(self, collection: str) -> Iterator[Alias]:
        after = ""
        while page := self.engine.aliases(after, _PAGE):
            yield from (alias for alias in page if alias.collection == collection)
            after = page[-1].name

    def _view(self, proposed: ProposedView, path: str) -> ViewSpec:
        return ViewSpec(
            name=proposed.name,
            dimension=_dimension(proposed),
            space=proposed.space,
            metric=proposed.metric or Metric.COSINE,
            backend=self._backend(proposed, path),
        )

    def _backend(self, view: ProposedView, path: str) -> BackendSpec:
        return self.engine.resolve_backend(view.backend, dict(view.parameters), f"{path}.backend.parameters")

    def _violations(self, proposal: Proposal) -> Iterator[tuple[str, DomainError]]:
        if not _NAME.fullmatch(proposal.name):
            yield _invalid("collection.name", _NAME_RULE, proposal.name)
        if len(proposal.views) > self.limits.max_views:
            path = "collection.views"
            yield path, TooManyItemsError(path, len(proposal.views), self.limits.max_views)
            return
        if all(view.name != DEFAULT_VIEW for view in proposal.views):
            yield _invalid("collection.views", "a view named default is required", None)
        names: set[str] = set()
        for at, view in enumerate(proposal.views):
            path = f"collection.views[{at}]"
            if view.name in names:
                yield _invalid(f"{path}.name", "stands there before; each view once", view.name)
            names.add(view.name)
            yield from self._view_violations(view, path)
        names.clear()
        for at, field in enumerate(proposal.fields):
            path = f"collection.indexed_fields[{at}]"
            if not 1 <= len(field.name.encode()) <= _FIELD_NAME_BYTES:
                yield _invalid(f"{path}.name", f"must have 1 to {_FIELD_NAME_BYTES} bytes", field.name)
            if field.name in names:
                yield _invalid(f"{path}.name", "stands there before; each field once", field.name)
            names.add(field.name)
            if field.type is None:
                yield _invalid(f"{path}.type", "is required: keyword, int64, double, bool or timestamp", None)

    def _view_violations(self, view: ProposedView, path: str) -> Iterator[tuple[str, DomainError]]:
        if not _NAME.fullmatch(view.name):
            yield _invalid(f"{path}.name", _NAME_RULE, view.name)
        if view.bad_space_field is not None:
            yield _invalid(f"{path}.space.{view.bad_space_field}", "is missing or unknown", None)
        elif view.space is None and view.dimension is None:
            yield _invalid(
                f"{path}.basis", "give an embedding space, or a bare dimension, which protects nothing", None
            )
        else:
            dimension = _dimension(view)
            field = f"{path}.dimension" if view.space is None else f"{path}.space.dimension"
            if not 1 <= dimension <= self.limits.max_dimension:
                yield field, out_of_range(field, dimension, 1, self.limits.max_dimension)
        if view.metric is None:
            yield _invalid(f"{path}.metric", "is unknown; known are cosine, dot and euclidean", None)
        try:
            self._backend(view, path)
        except InvalidBackendError as error:
            yield f"{path}.backend", error
        except InvalidFieldError as error:
            yield error.field, error


def _dimension(view: ProposedView) -> int:
    return (view.dimension or 0) if view.space is None else view.space.dimension


def _invalid(field: str, problem: str, value: str | None) -> tuple[str, DomainError]:
    return field, InvalidFieldError(field, problem, None if value is None else shown(value))
