"""``lensdex embed``: the vector of a text, pictures or clips."""

import argparse
import json
from pathlib import Path
from typing import Final

import numpy as np
from rich.table import Table

from lensdex_client.cli.connection import add_options, connect, positive
from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.cli.output import Output
from lensdex_client.cli.plain import plain
from lensdex_client.cli.search import query_of
from lensdex_client.embedding import Embeddings, Truncation
from lensdex_client.settings import Settings
from lensdex_wire.space import Pooling

POOLINGS: Final = {pooling.value.removeprefix("POOLING_").lower(): pooling for pooling in Pooling}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", settings: Settings) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "embed",
        help="the vector of a text, pictures or both",
        description="Embed TEXT, pictures and clips as one content; show it, or write it to a file.",
    )
    parser.add_argument("text", metavar="TEXT", nargs="?", default="", help="what to embed")
    parser.add_argument("--image", metavar="PATH", type=Path, action="append", default=[], help="a picture to embed")
    parser.add_argument("--video", metavar="PATH", type=Path, action="append", default=[], help="a clip to embed")
    parser.add_argument("--instruction", metavar="TEXT", default="", help="instruction to embed with")
    parser.add_argument("--dimension", metavar="N", type=positive, default=0, help="cut to N values and renormalise")
    parser.add_argument(
        "--pooling", choices=sorted(POOLINGS), action="append", default=[], help="pooling; may be given twice"
    )
    parser.add_argument("--truncate", action="store_true", help="cut a text that is too long instead of refusing it")
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=_file,
        help="write to FILE: .npz (vectors and spaces), .npy (one pooling's vector), .json",
    )
    add_options(parser, settings)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, output: Output) -> ExitCode:
    """Embed, write or show."""
    content = query_of(arguments)
    with connect(arguments) as retriever:
        embeddings = retriever.embedder.embed(
            [content],
            instruction=arguments.instruction,
            dimension=arguments.dimension,
            poolings=[POOLINGS[name] for name in dict.fromkeys(arguments.pooling)],
            truncation=Truncation.CUT_TEXT if arguments.truncate else Truncation.REFUSE,
        )
    cost = embeddings.outcomes[0].unwrap()
    document = {
        "num_tokens": cost.num_tokens,
        "num_truncated_tokens": cost.num_truncated_tokens,
        "timing": embeddings.timing,
        "embeddings": [{"space": block.space, "vector": block.vectors[0]} for block in embeddings.blocks],
    }
    if arguments.out is not None:
        _write(arguments.out, embeddings, json.dumps(plain(document), allow_nan=False))
        document["file"] = str(arguments.out)
        document["embeddings"] = [{"space": block.space} for block in embeddings.blocks]
    if output.as_json:
        output.result(document)
        return ExitCode.OK
    table = Table(box=None, pad_edge=False)
    for name in ("pooling", "dimension", "fingerprint", "first values"):
        table.add_column(name)
    for block in embeddings.blocks:
        first = ", ".join(f"{value:.4f}" for value in block.vectors[0][:5])
        table.add_row(_name(block.space.pooling), str(block.space.dimension), block.space.fingerprint(), first)
    output.console.print(table)
    output.console.print(f"{cost.num_tokens:,} tokens, {cost.num_truncated_tokens:,} cut")
    if arguments.out is not None:
        output.console.print(f"written to {arguments.out}", markup=False)
    return ExitCode.OK


def _write(path: Path, embeddings: Embeddings, document: str) -> None:
    if path.suffix == ".json":
        path.write_text(document + "\n", encoding="utf-8")
    elif path.suffix == ".npy":
        if len(embeddings.blocks) != 1:
            raise ValueError("a .npy file holds one vector: ask for one pooling, or write .npz")
        np.save(path, embeddings.blocks[0].vectors[0])
    else:
        vectors = {_name(block.space.pooling): block.vectors[0] for block in embeddings.blocks}
        spaces = json.dumps({_name(block.space.pooling): plain(block.space) for block in embeddings.blocks})
        np.savez(path, allow_pickle=False, spaces=np.array(spaces), **vectors)


def _name(pooling: Pooling) -> str:
    return pooling.value.removeprefix("POOLING_").lower()


def _file(text: str) -> Path:
    path = Path(text)
    if path.suffix not in {".npz", ".npy", ".json"}:
        raise argparse.ArgumentTypeError(f"{text} ends neither in .npz nor in .npy nor in .json")
    return path
