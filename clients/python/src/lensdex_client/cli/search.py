"""``lensdex search``: find what a text, pictures or clips describe."""

import argparse
from pathlib import Path

from lensdex_client.blending import check_weight
from lensdex_client.cli import hits
from lensdex_client.cli.connection import add_media_root, add_options, connect, positive
from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.cli.filtering import add_filter, filter_of
from lensdex_client.cli.output import Output
from lensdex_client.content import Content, Video
from lensdex_client.embedding import Truncation
from lensdex_client.fusion import FusedView
from lensdex_client.media_file import Image
from lensdex_client.retriever import Retriever
from lensdex_client.searching import SearchOptions
from lensdex_client.settings import Settings


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "search",
        help="find what a text, pictures or clips describe",
        description="Embed TEXT, pictures and clips as one query, find the nearest records, and rerank if asked to.",
    )
    parser.add_argument("collection", metavar="COLLECTION", help="where to search")
    parser.add_argument("text", metavar="TEXT", nargs="?", default="", help="what to look for")
    parser.add_argument("--image", metavar="PATH", type=Path, action="append", default=[], help="a picture to look for")
    parser.add_argument("--video", metavar="PATH", type=Path, action="append", default=[], help="a clip to look for")
    parser.add_argument("--instruction", metavar="TEXT", default="", help="instruction to embed the query with")
    add_search_options(parser, settings)
    parser.set_defaults(run=run)


def add_search_options(parser: argparse.ArgumentParser, settings: Settings) -> None:
    """Add the options of everything that searches."""
    parser.add_argument("-k", metavar="N", type=positive, default=10, help="how many records to find (default: 10)")
    parser.add_argument("--rerank", metavar="N", type=positive, default=0, help="rerank the best N")
    parser.add_argument("--rerank-instruction", metavar="TEXT", default="", help="what makes a record relevant")
    parser.add_argument(
        "--blend",
        metavar="WEIGHT",
        type=blend_weight,
        nargs="?",
        const=1.0,
        help="order what is reranked by the search's score as well, with this weight beside the reranker's of 1 "
        "(without a number: 1, both count alike)",
    )
    parser.add_argument(
        "--view", metavar="NAME", help="view to search (default: the one of the query's modality, else default)"
    )
    parser.add_argument(
        "--fuse",
        metavar="VIEW[=WEIGHT]",
        type=fused_view,
        action="append",
        default=[],
        help="search this view together with the others named so, ranked by reciprocal rank",
    )
    parser.add_argument("--exact", action="store_true", help="compare with every record: slower, and the truth")
    parser.add_argument("--ef", metavar="N", type=positive, default=0, help="candidates the index keeps")
    parser.add_argument("--truncate", action="store_true", help="cut texts that are too long instead of refusing them")
    add_filter(parser)
    add_media_root(parser, settings, "pictures kept by their path are read below this folder")
    add_options(parser, settings)


def search_options(arguments: argparse.Namespace, retriever: Retriever, instruction: str = "") -> SearchOptions:
    """Return what *arguments* say about the search. Raises ValueError for a filter that cannot be read."""
    return SearchOptions(
        k=arguments.k,
        view=arguments.view,
        rerank=arguments.rerank,
        instruction=instruction,
        rerank_instruction=arguments.rerank_instruction,
        rerank_blend=arguments.blend,
        truncation=Truncation.CUT_TEXT if arguments.truncate else Truncation.REFUSE,
        exact=arguments.exact,
        ef=arguments.ef,
        filter=filter_of(arguments, retriever),
        fuse=arguments.fuse,
    )


def fused_view(text: str) -> FusedView:
    """Return what ``VIEW`` or ``VIEW=WEIGHT`` says. Raises ArgumentTypeError."""
    name, equals, weight = text.partition("=")
    try:
        return FusedView(name, float(weight) if equals else 1.0)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{weight!r} is no weight; say VIEW or VIEW=WEIGHT") from None


def blend_weight(text: str) -> float:
    """Return the weight *text* says. Raises ArgumentTypeError."""
    try:
        weight = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no weight; say --blend after all else, or --blend 1") from None
    try:
        check_weight(weight)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return weight


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Search and show. Raises ValueError for a query that is nothing, LensdexError, OSError."""
    query = query_of(arguments)
    with connect(arguments) as retriever:
        options = search_options(arguments, retriever, arguments.instruction)
        answer = retriever.search(arguments.collection, query, options)
    return hits.show(answer, output, arguments.media_root)


def query_of(arguments: argparse.Namespace) -> Content:
    """Return what TEXT, ``--image`` and ``--video`` describe.

    Raises ValueError for nothing, OSError for a file that is not there.
    """
    for path in (*arguments.image, *arguments.video):
        path.stat()
    content = Content(
        texts=[arguments.text] if arguments.text else [],
        images=[Image.from_path(path) for path in arguments.image],
        videos=[Video.from_path(path) for path in arguments.video],
    )
    if not content.modalities():
        raise ValueError("name a TEXT, an --image or a --video")
    return content
