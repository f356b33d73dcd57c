"""Arrays that are kept."""

from pathlib import Path

import numpy as np

from lensdex_nano.evaluation.arrays import Arrays, kept


def test_made_once_for_a_key(tmp_path: Path) -> None:
    """The same key reads what was written; another one is made for itself."""
    calls: list[int] = []

    def make() -> Arrays:
        calls.append(1)
        return {"a": np.full((2, 3), len(calls), dtype=np.float32)}

    first = kept(tmp_path, "x", {"weights": "1", "corpus": "2"}, make)
    again = kept(tmp_path, "x", {"corpus": "2", "weights": "1"}, make)
    other = kept(tmp_path, "x", {"weights": "1", "corpus": "3"}, make)
    assert len(calls) == 2
    np.testing.assert_array_equal(first["a"], again["a"])
    assert again["a"].dtype == np.float32
    assert other["a"][0, 0] == 2


def test_a_broken_file_is_made_anew(tmp_path: Path) -> None:
    """What was cut off in writing or holds another key is not believed."""

    def make() -> Arrays:
        return {"a": np.arange(3)}

    kept(tmp_path, "x", {"k": "1"}, make)
    (path,) = tmp_path.iterdir()
    for broken in (b"", path.read_bytes()[:40], b"no archive"):
        path.write_bytes(broken)
        np.testing.assert_array_equal(kept(tmp_path, "x", {"k": "1"}, make)["a"], np.arange(3))
    np.savez(path, key=np.array("{}"), a=np.zeros(3))
    np.testing.assert_array_equal(kept(tmp_path, "x", {"k": "1"}, make)["a"], np.arange(3))
    assert list(tmp_path.iterdir()) == [path]
