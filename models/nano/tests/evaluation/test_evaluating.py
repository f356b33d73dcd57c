"""The whole evaluation on a checkpoint that has learnt nothing, and its command line."""

import argparse
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lensdex_nano.evaluation import evaluating
from lensdex_nano.evaluation.checkpoints import write_twin
from lensdex_nano.evaluation.command import add_arguments, run
from lensdex_nano.evaluation.errors import EvaluationError
from lensdex_nano.evaluation.evaluating import evaluate
from lensdex_nano.evaluation.problems import prepare_problems
from lensdex_nano.evaluation.progress import silent
from lensdex_nano.evaluation.settings import REPOSITORY, EvaluationSettings


@pytest.fixture(scope="session")
def settings(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> EvaluationSettings:
    """Forty documents and eight queries, in a work folder that is shared by the tests."""
    return EvaluationSettings(
        embedding=checkpoint,
        reranking=checkpoint,
        documents=40,
        queries=8,
        rerank_queries=4,
        depth=5,
        seed=7,
        work=tmp_path_factory.mktemp("work"),
        resamples=50,
    )


def _options(settings: EvaluationSettings, *more: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    given = [f"--embedding={settings.embedding}", f"--reranking={settings.reranking}", f"--work={settings.work}"]
    return parser.parse_args(
        [*given, "--documents=40", "--queries=8", "--rerank-queries=4", "--depth=5", "--seed=7", *more]
    )


def test_the_whole_of_it(settings: EvaluationSettings) -> None:
    """All routes are measured, a second run computes no vector and finds the same, and all of it fits into JSON."""
    told: list[str] = []
    first = evaluate(settings, lambda stage, done, total: told.append(stage))
    assert {"drawing the corpus", "embedding documents, nano", "embedding queries, random", "reranking"} <= set(told)
    assert first.documents == 40
    assert set(first.queries.values()) == {2}
    assert first.models["nano"].weights_digest != first.models["random"].weights_digest
    assert first.reranking is not None
    assert first.reranking.pairs == 20
    assert 0 < first.reranking.score_min <= first.reranking.score_max < 1
    assert first.blending is not None
    assert len(first.blending.kinds) == 5
    assert len(first.rows) == 7
    told.clear()
    second = evaluate(settings, lambda stage, done, total: told.append(stage))
    assert set(told) == {"judging queries"}
    assert replace(second, seconds=first.seconds) == first
    document = json.loads(first.document())
    assert document["rows"][0]["cells"]["nano last token"]["ndcg"]["count"] >= 1
    assert document["settings"]["split"] == "heldout"


def test_the_embedders_vectors_are_laid_where_they_belong(settings: EvaluationSettings) -> None:
    """Rows are unit vectors; a document without an image has none in the image view and its text's in the default."""
    problems = prepare_problems(settings, silent)
    engine = evaluating.open_embedding(evaluating.engine_options(settings.embedding, settings))
    for vectors in evaluating._vectors(engine, "nano", problems, settings, silent).values():
        for place, document in enumerate(problems.documents):
            default, text, image = (vectors.documents[view][place] for view in ("default", "text", "image"))
            assert np.linalg.norm(default) == pytest.approx(1, abs=1e-5)
            assert np.isnan(image).all() == (document.image is None)
            assert np.array_equal(default, text) == (document.image is None)


def test_the_command_prints_tables_or_json(settings: EvaluationSettings, capsys: pytest.CaptureFixture[str]) -> None:
    """Tables of at most 120 columns go to stdout; with `--json -` it holds JSON alone, and they go to stderr."""
    assert run(_options(settings)) == 0
    printed = capsys.readouterr().out
    assert "image → default" in printed
    assert "own template out" in printed
    assert max(map(len, printed.splitlines())) <= 120
    assert run(_options(settings, "--json=-", "--no-reranking")) == 0
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert document["reranking"] is document["blending"] is None
    assert "image → default" in captured.err


def test_the_command_writes_json(settings: EvaluationSettings, tmp_path: Path) -> None:
    """`--json FILE` writes the result into the file, and nothing of where things lie on this machine."""
    assert run(_options(settings, f"--json={tmp_path / 'result.json'}")) == 0
    written = (tmp_path / "result.json").read_text(encoding="utf-8")
    assert json.loads(written)["reranking"]["queries"] == 4
    assert str(REPOSITORY) not in written
    assert str(tmp_path) not in written


def test_no_such_checkpoint(settings: EvaluationSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A checkpoint that is not there is named on stderr, with exit status 1 and nothing on stdout."""
    assert run(_options(settings, f"--embedding={tmp_path / 'nowhere'}")) == 1
    captured = capsys.readouterr()
    assert "nowhere" in captured.err
    assert captured.out == ""


def test_numbers_below_one_are_refused() -> None:
    """A setting out of its range is a ValueError that names it."""
    with pytest.raises(ValueError, match="depth must be 1 or more"):
        EvaluationSettings(depth=0)


def test_the_twin_differs_by_its_seed_alone(checkpoint: Path, tmp_path: Path) -> None:
    """The same seed gives the same weights and leaves those that are there; another seed gives others."""
    first = write_twin(checkpoint, tmp_path / "a", seed=1)
    weights = (first / "model.safetensors").read_bytes()
    assert (write_twin(checkpoint, tmp_path / "b", seed=1) / "model.safetensors").read_bytes() == weights
    assert (write_twin(checkpoint, tmp_path / "a", seed=2) / "model.safetensors").read_bytes() != weights
    changed = (first / "model.safetensors").stat().st_mtime_ns
    write_twin(checkpoint, tmp_path / "a", seed=1)
    assert (first / "model.safetensors").stat().st_mtime_ns == changed


def test_another_geometry_has_no_twin(checkpoint: Path, tmp_path: Path) -> None:
    """A checkpoint of another shape is refused before weights of the wrong shape are made."""
    other = tmp_path / "other"
    shutil.copytree(checkpoint, other)
    config = json.loads((other / "config.json").read_text(encoding="utf-8"))
    config["text_config"]["num_hidden_layers"] = 9
    (other / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(EvaluationError, match="another geometry"):
        write_twin(other, tmp_path / "work", seed=1)
