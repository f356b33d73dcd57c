"""An evaluation for people: rich tables that fit 120 columns. Computes nothing."""

from collections.abc import Iterator
from itertools import groupby

from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from lensdex_nano.evaluation.interval import Interval
from lensdex_nano.evaluation.result import Blending, Difference, Evaluation, RerankedKind, Reranking, Row

_NONE = "–"


def tables(evaluation: Evaluation) -> Iterator[RenderableType]:
    """Yield what is printed, in order."""
    yield _facts(evaluation)
    yield _routes(evaluation.rows)
    yield _differences(evaluation.differences)
    if evaluation.reranking is not None:
        yield from _reranking(evaluation.reranking)
    if evaluation.blending is not None:
        yield from _blending(evaluation.blending)


def _facts(evaluation: Evaluation) -> Table:
    table = Table.grid(padding=(0, 2))
    kinds = ", ".join(f"{count} {kind}" for kind, count in evaluation.queries.items())
    settings = evaluation.settings
    table.add_row(
        "documents",
        f"{evaluation.documents} ({evaluation.documents_with_image} with an image), split {settings.split}, "
        f"seed {settings.seed}, sha256 {evaluation.corpus_hash[:16]}",
    )
    table.add_row("queries", kinds)
    for role, model in evaluation.models.items():
        table.add_row(role, f"{model.name}  {model.weights_digest[:23]}  {model.dtype} on {model.device}")
    table.add_row("commit", evaluation.commit or "unknown")
    table.add_row("seconds", ", ".join(f"{stage} {value:.0f}" for stage, value in evaluation.seconds.items()))
    return table


def _routes(rows: tuple[Row, ...]) -> Table:
    table = _measured("Retrieval: mean over queries [95 % interval]", "query → view", "system")
    table.add_column("queries", justify="right")
    for row in rows:
        route = f"{row.kind} → {row.view}"
        for name, cell in row.cells.items():
            counted = cell.ndcg.count if cell and cell.ndcg else 0
            table.add_row(
                route,
                name,
                _figure(cell.success if cell else None),
                _figure(cell.ndcg if cell else None),
                str(counted) if counted else _NONE,
            )
            route = ""
        table.add_section()
    return table


def _differences(differences: tuple[Difference, ...]) -> Table:
    table = _measured("Paired differences: first minus second [95 % interval], bold where it leaves out zero", "")
    for (first, second), members in groupby(differences, key=lambda difference: (difference.first, difference.second)):
        table.add_section()
        table.add_row(Text(f"{first}  minus  {second}", style="italic"))
        for member in members:
            table.add_row(f"  {member.route}", _signed(member.cell.success), _signed(member.cell.ndcg))
    return table


def _reranking(reranking: Reranking) -> Iterator[RenderableType]:
    yield _before_after(
        f"Reranking, by the reranker alone: nDCG@10 of {reranking.queries} queries, {reranking.pairs} pairs",
        reranking.kinds,
    )
    yield Text(
        f"order changed in {reranking.changed} of {reranking.queries} rankings, mean Kendall tau "
        f"{_tau(reranking.mean_tau)}; scores "
        f"{reranking.score_min:.4f} to {reranking.score_max:.4f}, standard deviation {reranking.score_std:.4f}, "
        f"within a query {reranking.mean_std_within:.4f}"
    )
    if reranking.changed == 0:
        yield Panel(
            Text("THE RERANKER CHANGED NOTHING: every ranking is in the order it had before.", style="bold"),
            border_style="red",
        )


def _blending(blending: Blending) -> Iterator[RenderableType]:
    yield _before_after(
        f"Reranking, blended with the search at weight {blending.weight:g}: nDCG@10, "
        f"queries of {' and '.join(blending.left)} alone left as found",
        blending.kinds,
    )
    yield Text(f"order changed in {blending.changed} rankings, mean Kendall tau {_tau(blending.mean_tau)}")


def _before_after(title: str, kinds: tuple[RerankedKind, ...]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in ("queries of kind", "before", "after", "after - before"):
        table.add_column(name)
    table.add_column("queries", justify="right")
    for kind in kinds:
        if kind.kind == "all":
            table.add_section()
        counted = str(kind.before.count) if kind.before else _NONE
        table.add_row(kind.kind, _figure(kind.before), _figure(kind.after), _signed(kind.difference), counted)
    return table


def _tau(value: float | None) -> str:
    return _NONE if value is None else f"{value:.3f}"


def _measured(title: str, *names: str) -> Table:
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name)
    table.add_column("success@5", no_wrap=True)
    table.add_column("nDCG@10", no_wrap=True)
    return table


def _figure(value: Interval | None) -> str:
    return _NONE if value is None else f"{value.mean:.3f} [{value.low:.3f}, {value.high:.3f}]"


def _signed(value: Interval | None) -> Text:
    """Return the difference, in bold where its interval leaves zero out."""
    if value is None:
        return Text(_NONE)
    certain = value.low > 0 or value.high < 0
    return Text(f"{value.mean:+.3f} [{value.low:+.3f}, {value.high:+.3f}]", style="bold" if certain else "")
