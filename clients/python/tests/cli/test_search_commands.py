"""``lensdex search`` and ``similar``: what they show."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lensdex_client import Field, all_of
from lensdex_client.cli.exit_codes import ExitCode
from lensdex_client.filter_codec import pack_filter


def test_search_shows_a_ranked_table(run: Any, corpus: Path) -> None:
    """Rank, id, score, title and picture path; the view searched; the time of each step."""
    run("ingest", "c", corpus, "--views", "text")
    result = run("search", "c", "score=0.1", "-k", "3", "--media-root", corpus.parent)

    assert result.code == 0
    assert "Title 1" in result.out
    assert str(corpus.parent / "pic.png") in result.out
    assert "view text" in result.out
    assert "embed" in result.out.splitlines()[-1]
    assert not result.err


def test_search_with_rerank_shows_the_moves(run: Any, corpus: Path) -> None:
    """Reranking shows its score and how far each hit moved, and what it did in a sentence."""
    run("ingest", "c", corpus)
    result = run("search", "c", "q", "--rerank", "8", "--media-root", corpus.parent, "--json")
    table = run("search", "c", "q", "--rerank", "8", "--media-root", corpus.parent)
    document = result.document

    assert [hit["id"] for hit in document["hits"]] == [f"r{n}" for n in range(7, -1, -1)]
    assert all(hit["move"] == hit["search_rank"] - hit["rank"] for hit in document["hits"])
    assert (document["rerank"]["num_scored"], document["rerank"]["untouched"]) == (8, False)
    assert document["request_id"]
    assert "reranked: 8 scored" in table.out


def test_a_blend_is_said_and_its_weight_read(run: Any, corpus: Path) -> None:
    """``--blend`` blends at weight 1, ``--blend 2`` at 2; the sentence and the document say so, and both ranks."""
    run("ingest", "c", corpus)
    words = ("c", "q", "--rerank", "8", "--media-root", corpus.parent, "--blend")
    table, document = run("search", *words), run("search", *words, "2", "--json").document
    similar = run("similar", "c", "r1", "--rerank", "3", "--media-root", corpus.parent, "--blend", "--json").document

    assert "blended with the search at weight 1" in table.out
    assert (document["rerank"]["blend"], similar["rerank"]["blend"]) == (2, 1)
    assert {hit["rerank_rank"] for hit in document["hits"]} == set(range(1, 9))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--rerank", "3", "--blend", "0"], "above zero"),
        (["--rerank", "3", "--blend", "much"], "no weight"),
        (["--blend"], "how many to rerank"),
    ],
)
def test_a_blend_that_cannot_be_is_told(
    run: Any, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A weight that is none, or a blend of nothing, is a usage error that says why."""
    result = run("search", "c", "q", *words)

    assert result.code == ExitCode.USAGE
    assert told in result.err + capsys.readouterr().err


def test_an_untouched_order_stands_out(run: Any, corpus: Path, embedder: Any) -> None:
    """A reranker that changes nothing is reported in so many words."""
    run("ingest", "c", corpus)
    result = run("search", "c", "q", "--rerank", "1", "--media-root", corpus.parent)

    assert "the reranker left the order untouched" in result.out


def test_hits_that_cannot_be_reranked_make_it_partial(run: Any, corpus: Path) -> None:
    """Without the media root, hits with a picture cannot be reranked: stderr says why, the exit code is 1."""
    run("ingest", "c", corpus)
    result = run("search", "c", "q", "--rerank", "8")

    assert result.code == ExitCode.PARTIAL
    assert "name the media root" in result.err


@pytest.mark.parametrize("as_json", [[], ["--json"]], ids=["table", "json"])
def test_a_rerank_that_scored_nothing_says_so(run: Any, tmp_path: Path, as_json: list[str]) -> None:
    """Where no hit could be scored, stderr says once why, and nothing says that the order was left untouched."""
    path = tmp_path / "c.jsonl"
    lines = []
    for name in "abc":
        (tmp_path / f"{name}.png").write_bytes(b"PIC" + name.encode())
        lines.append(f'{{"id": "{name}", "image": "{name}.png"}}\n')
    path.write_text("".join(lines), encoding="utf-8")
    run("ingest", "c", path)
    result = run("search", "c", "q", "--rerank", "3", *as_json)

    assert result.code == ExitCode.PARTIAL
    assert result.err.count("error:") == 1
    assert ".png is kept by its name alone" in result.err
    assert "(3 hits)" in result.err
    assert "order untouched" not in result.out
    if as_json:
        assert (result.document["rerank"]["num_scored"], result.document["rerank"]["untouched"]) == (0, False)
    else:
        assert "nothing was reranked: 3 could not be scored" in result.out


def test_similar_and_image_queries(run: Any, corpus: Path) -> None:
    """More like a record, and by picture."""
    run("ingest", "c", corpus, "--views", "image")
    similar = run("similar", "c", "r3", "-k", "2", "--json")
    picture = run("search", "c", "--image", corpus.parent / "pic.png", "--json")

    assert len(similar.document["hits"]) == 2
    assert (picture.document["view"], picture.document["num_records_without_view"]) == ("image", 6)


def test_brackets_in_titles_are_no_markup(run: Any, tmp_path: Path) -> None:
    """What users wrote is shown as they wrote it."""
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": "[red]x", "title": "[bold]T[/]", "text": "a"}\n', encoding="utf-8")
    run("ingest", "c", path)
    out = run("search", "c", "a").out

    assert "[red]x" in out
    assert "[bold]T[/]" in out


def test_conditions_are_read_by_the_types_of_the_fields(run: Any, corpus: Path, index: Any) -> None:
    """``--filter`` becomes a filter of the declared types; several must all be true; `similar` takes it as well."""
    run("ingest", "c", corpus, "--field", "grade:int64", "--field", "tags:keyword[]", "--field", "made:timestamp")
    conditions = ["grade>=3", "grade != 7.5", "tags=a=b", "tags^=3", "made<2024-01-01T00:00:00+09:00", "tags", "!made"]
    words = [word for condition in conditions for word in ("--filter", condition)]
    assert run("search", "c", "q", *words).code == 0
    assert run("similar", "c", "r1", "--filter", "grade<4").code == 0
    made = datetime.fromisoformat("2024-01-01T00:00:00+09:00")
    tags, grade = Field("tags"), Field("grade")
    sent = [request.filter for request in index.requests["SearchRecords"]]

    assert sent[0] == pack_filter(
        all_of(
            grade >= 3,
            grade != 7.5,
            tags == "a=b",
            tags.prefix("3"),
            Field("made") < made,
            tags.exists(),
            ~Field("made").exists(),
        )
    )
    assert sent[1] == pack_filter(all_of(grade < 4))


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("other=1", "no indexed field 'other'; it has grade, done"),
        ("!other", "no indexed field 'other'"),
        ("grade=x", "grade is declared as int64, and 'x' is none"),
        ("done=yes", "done is declared as bool"),
    ],
)
def test_conditions_that_cannot_be_read(run: Any, corpus: Path, condition: str, told: str) -> None:
    """A condition on an undeclared field, or with a value of another type, is a mistake of usage that says so."""
    run("ingest", "c", corpus, "--field", "grade:int64", "--field", "done:bool")
    result = run("search", "c", "q", "--filter", condition)

    assert result.code == ExitCode.USAGE
    assert told in result.err


def test_fused_views_show_their_ranks(run: Any, corpus: Path) -> None:
    """``--fuse`` names views to search at once, with weights; each hit shows its rank in each, or that it has none."""
    run("ingest", "c", corpus, "--views", "text,image")
    fused = ("search", "c", "score=0.1", "--fuse", "text=2", "--fuse", "image", "--media-root", corpus.parent)
    result, document = run(*fused), run(*fused, "--json").document
    similar = run("similar", "c", "r1", "--fuse", "text", "--fuse", "default", "--media-root", corpus.parent)

    assert result.code == similar.code == 0
    assert "ranks in the views text, image; 6 records lack it" in result.out
    assert any(line.split()[4:5] == ["-"] for line in result.out.splitlines())
    assert [item["view"] for item in document["views"]] == ["text", "image"]
    assert {place["view"] for place in document["hits"][0]["placements"]} <= {"text", "image"}
    assert document["view"] == ""


@pytest.mark.parametrize("words", [["--fuse", "text"], ["--fuse", "text", "--fuse", "text"], ["--fuse", "a=b"]])
def test_a_fusion_that_makes_no_sense_is_a_usage_error(run: Any, words: list[str]) -> None:
    """One view, one twice, or a weight that is no number: exit code 2."""
    assert run("search", "c", "q", *words).code == ExitCode.USAGE
