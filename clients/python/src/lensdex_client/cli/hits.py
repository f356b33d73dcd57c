"""Shows a search's answer: a ranked table for people, a document for programs. Knows no command."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from lensdex_client.answer import RankedHit, RerankReport, SearchAnswer
from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.cli.output import Output
from lensdex_client.cli.plain import plain
from lensdex_client.errors import LensdexError
from lensdex_client.fusion import SearchedView
from lensdex_client.record import Record


def show(answer: SearchAnswer, output: Output, media_root: str) -> ExitCode:
    """Write *answer*; a hit that could not be reranked makes the exit code PARTIAL.

    Why hits were not reranked goes to stderr: hit by hit, or cause by cause where that was all of them.
    """
    if output.as_json:
        output.result(_document(answer, media_root))
    else:
        _tables(answer, output, media_root)
    failures = {hit.record.id: hit.rerank_error for hit in answer.hits if hit.rerank_error is not None}
    if answer.rerank is not None and not answer.rerank.num_scored:
        output.error(f"nothing was reranked: {_causes(list(failures.values()))}")
    else:
        for record_id, error in failures.items():
            output.error(f"{record_id} could not be reranked: {error}")
    return ExitCode.PARTIAL if answer.rerank is not None and answer.rerank.num_failed else ExitCode.OK


def rerank_sentence(report: RerankReport) -> str:
    """Return what the reranker did, in a sentence that cannot be overlooked when it did nothing."""
    if not report.num_scored:
        return f"nothing was reranked: {report.num_failed} could not be scored"
    tau = "" if report.kendall_tau is None else f", Kendall tau {report.kendall_tau:.2f}"
    scores = f"scores {report.lowest:.4f} to {report.highest:.4f} (spread {report.spread:.4f})"
    failed = f", {report.num_failed} could not be scored" if report.num_failed else ""
    blend = "" if report.blend is None else f", blended with the search at weight {report.blend:g}"
    if report.untouched:
        return f"the reranker left the order untouched{blend}: {report.num_scored} scored{tau}, {scores}{failed}"
    return f"reranked{blend}: {report.num_scored} scored, {report.num_moved} moved{tau}, {scores}{failed}"


def _causes(errors: Sequence[LensdexError]) -> str:
    """Return each kind of *errors* once, by its first, with how many hits there are of it."""
    kinds: dict[tuple[type[LensdexError], str], list[LensdexError]] = {}
    for error in errors:
        kinds.setdefault((type(error), error.reason), []).append(error)
    return "; ".join(str(same[0]) + (f" ({len(same)} hits)" if len(same) > 1 else "") for same in kinds.values())


def _tables(answer: SearchAnswer, output: Output, media_root: str) -> None:
    console = output.console
    if not answer.hits:
        console.print("nothing found")
    else:
        table = Table(box=None, pad_edge=False)
        table.add_column("rank", justify="right")
        table.add_column("id", overflow="fold")
        table.add_column("score", justify="right")
        if answer.rerank is not None:
            table.add_column("rerank", justify="right")
            table.add_column("move", justify="right")
        if answer.views:
            table.add_column("ranks", justify="right")
        table.add_column("title", overflow="ellipsis", no_wrap=True, max_width=60)
        table.add_column("picture", overflow="fold")
        for hit in answer.hits:
            table.add_row(*_cells(hit, answer, media_root))
        console.print(table)
    console.print(_searched(answer))
    if answer.rerank is not None:
        style = "bold yellow" if not answer.rerank.num_moved else "none"
        console.print(rerank_sentence(answer.rerank), style=style)
    console.print("; ".join(f"{time.step} {time.seconds * 1000:.1f} ms" for time in answer.times))


def _searched(answer: SearchAnswer) -> str:
    """Return which views were searched, and how many records lack them."""
    views = answer.views or [SearchedView(answer.view, answer.num_records_without_view)]
    told = ", ".join(
        f"{item.view}; {item.num_records_without_view:,} records lack it"
        if item.num_records_without_view
        else item.view
        for item in views
    )
    return f"ranks in the views {told}" if answer.views else f"view {told}"


def _cells(hit: RankedHit, answer: SearchAnswer, media_root: str) -> list[str]:
    more = []
    if answer.rerank is not None:
        score = "-" if hit.rerank_score is None else f"{hit.rerank_score:.4f}"
        more = [score, f"{hit.move:+d}" if hit.move else "="]
    if answer.views:
        ranks = {place.view: str(place.rank) for place in hit.placements}
        more.append(" ".join(ranks.get(item.view, "-") for item in answer.views))
    return [
        str(hit.rank),
        escape(hit.record.id),
        f"{hit.score:.4f}",
        *more,
        escape(title_of(hit.record)),
        escape(picture_of(hit.record, media_root)),
    ]


def title_of(record: Record) -> str:
    """Return the record's title, else the beginning of its text."""
    title = record.metadata.get("title")
    text = title if isinstance(title, str) and title else " ".join(record.content.texts)
    return " ".join(text.split())[:200]


def picture_of(record: Record, media_root: str) -> str:
    """Return where the record's first picture lies; below *media_root*, where that is named."""
    if not record.content.images:
        return ""
    image = record.content.images[0]
    if not image.uri:
        return f"({len(image.data):,} bytes, kept inline)"
    return str(Path(media_root) / image.uri) if media_root and "://" not in image.uri else image.uri


def _document(answer: SearchAnswer, media_root: str) -> dict[str, Any]:
    rerank = None
    if answer.rerank is not None:
        extra = {"spread": answer.rerank.spread, "untouched": answer.rerank.untouched}
        rerank = {**plain(answer.rerank), **extra}
    return {
        "collection": answer.collection,
        "view": answer.view,
        "views": plain(answer.views),
        "num_records_without_view": answer.num_records_without_view,
        "hits": [
            {
                "rank": hit.rank,
                "id": hit.record.id,
                "score": hit.score,
                "search_rank": hit.search_rank,
                "placements": plain(hit.placements),
                "rerank_score": hit.rerank_score,
                "rerank_rank": hit.rerank_rank,
                "rerank_error": plain(hit.rerank_error),
                "move": hit.move,
                "title": title_of(hit.record),
                "picture": picture_of(hit.record, media_root),
                "texts": list(hit.record.content.texts),
                "metadata": plain(hit.record.metadata),
            }
            for hit in answer.hits
        ],
        "rerank": rerank,
        "seconds": {time.step: time.seconds for time in answer.times},
        "request_id": answer.request_id,
    }
