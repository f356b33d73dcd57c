"""``lensdex collections add-view`` and ``drop-view``: the views of a collection that is in use."""

import argparse

from rich.markup import escape

from lensdex_client.cli.connection import add_options, at_least, connect
from lensdex_client.cli.embed import POOLINGS
from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.cli.output import Output
from lensdex_client.collection import Backend, Collection, Metric, View
from lensdex_client.retriever import Retriever
from lensdex_client.settings import Settings
from lensdex_client.views import ViewPlan, space_of

_METRICS = {metric.value.removeprefix("METRIC_").lower(): metric for metric in Metric}


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings) -> None:
    """Add both commands."""
    adding = actions.add_parser(
        "add-view",
        help="add a view to a collection",
        description="Add a view, which no record has yet. It is bound to the embedder's space unless said otherwise.",
    )
    adding.add_argument("name", metavar="NAME", help="the collection")
    adding.add_argument("view", metavar="VIEW", help="the view to add")
    basis = adding.add_mutually_exclusive_group()
    basis.add_argument("--pooling", choices=sorted(POOLINGS), help="which of the embedder's poolings")
    basis.add_argument("--space-of", metavar="VIEW", help="the space of that view of the collection")
    basis.add_argument(
        "--dimension",
        metavar="N",
        type=lambda text: at_least(1, text),
        help="a bare dimension, which protects nothing",
    )
    adding.add_argument("--metric", choices=sorted(_METRICS), default="cosine", help="how vectors are compared: cosine")
    adding.add_argument("--backend", metavar="BACKEND", help="index backend, e.g. hnsw or exact")
    add_options(adding, settings)
    adding.set_defaults(run=run_add)
    dropping = actions.add_parser(
        "drop-view", help="drop a view of a collection", description="Drop a view with all its vectors; records stay."
    )
    dropping.add_argument("name", metavar="NAME", help="the collection")
    dropping.add_argument("view", metavar="VIEW", help="the view to drop")
    dropping.add_argument("--yes", action="store_true", help="really drop it; nothing is dropped without this")
    add_options(dropping, settings)
    dropping.set_defaults(run=run_drop)


def run_add(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Add one."""
    with connect(arguments) as retriever:
        changed = retriever.index.add_view(arguments.name, _view(arguments, retriever))
    _tell(changed, f"added {arguments.view}", output)
    return ExitCode.OK


def run_drop(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Drop one, if that was meant."""
    if not arguments.yes:
        raise ValueError(f"dropping the view {arguments.view} of {arguments.name} cannot be undone; say --yes to do it")
    with connect(arguments) as retriever:
        changed = retriever.index.drop_view(arguments.name, arguments.view)
    _tell(changed, f"dropped {arguments.view}", output)
    return ExitCode.OK


def _view(arguments: argparse.Namespace, retriever: Retriever) -> View:
    """Return the view to add. Raises ValueError where the collection has no view of which to take the space."""
    space, dimension = None, arguments.dimension or 0
    if arguments.space_of:
        other = retriever.index.get_collection(arguments.name).collection.view(arguments.space_of)
        if other is None:
            raise ValueError(f"{arguments.name} has no view {arguments.space_of}")
        space, dimension = other.space, other.dimension
    elif not dimension:
        plan = ViewPlan(arguments.view, pooling=POOLINGS[arguments.pooling] if arguments.pooling else None)
        space = space_of(retriever.embedder.info(), plan)
    backend = Backend(arguments.backend) if arguments.backend else None
    return View(arguments.view, space=space, dimension=dimension, metric=_METRICS[arguments.metric], backend=backend)


def _tell(changed: Collection, what: str, output: Output) -> None:
    if output.as_json:
        output.result(changed)
    else:
        output.console.print(f"{escape(what)}: {changed.name} has {', '.join(view.name for view in changed.views)}")
