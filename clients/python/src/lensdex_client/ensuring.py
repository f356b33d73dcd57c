"""Makes sure that a collection exists and fits the embedder. A plan; knows no channel."""

from collections.abc import Sequence

from lensdex_client import collection_calls, embedder_calls
from lensdex_client.collection import Backend, Collection, IndexedField
from lensdex_client.errors import CollectionExistsError, CollectionNotFoundError
from lensdex_client.known import Known
from lensdex_client.plan import Plan, ask
from lensdex_client.views import DEFAULT_VIEWS, ViewPlan, check_existing, own_plans, planned_collection


def ensure_collection(
    name: str,
    known: Known,
    *,
    views: Sequence[ViewPlan] | None,
    fields: Sequence[IndexedField],
    backend: Backend | None,
    dimension: int,
) -> Plan[Collection]:
    """Return the collection *name*, created if it did not exist, checked if it did.

    *views* None: ``default`` for a new one, those it has for an existing one.
    """
    info = yield from ask(embedder_calls.embedder_info())

    def planned(plans: Sequence[ViewPlan]) -> Collection:
        return planned_collection(name, plans, info, dimension=dimension, fields=fields, backend=backend)

    wanted = planned(DEFAULT_VIEWS if views is None else views)
    known.forget(name)
    try:
        existing = yield from known.collection(name)
    except CollectionNotFoundError:
        try:
            created = yield from ask(collection_calls.create_collection(wanted))
        except CollectionExistsError:  # Somebody else was quicker; theirs may be of another kind.
            existing = yield from known.collection(name)
        else:
            known.remember(created)
            return created
    check_existing(existing, planned(own_plans(existing, info)) if views is None else wanted)
    return existing
