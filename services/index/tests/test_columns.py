"""What filters are answered from: columns, which record a vector belongs to, and both under writes."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lensdex_index.engines.local.columns.column import column_of
from lensdex_index.engines.local.places import Places
from lensdex_index.engines.local.record_index import RecordIndex
from lensdex_index.engines.local.slots import Slots
from lensdex_index.filters import AllOf, Equals, Exists, OneOf, Prefix, Range
from lensdex_index.records import FieldSpec, FieldType


def filled(labels: list[int]) -> Slots:
    """Return slots of those labels."""
    slots = Slots()
    slots.reserve(len(labels))
    slots.append(np.array(labels, dtype=np.int64), 1)
    return slots


@settings(deadline=None, database=None)
@given(st.sets(st.integers(1, 60)), st.sets(st.integers(1, 60)), st.integers(0, 60), st.data())
def test_vectors_find_their_records(mine: set[int], gone: set[int], cut: int, data: st.DataObject) -> None:
    """A mask of records becomes that of their vectors, whichever records have the view and whichever are gone."""
    records = filled(sorted(mine))
    vectors = Slots()
    has = sorted(label for label in mine | gone if label in gone or data.draw(st.booleans()))
    places = Places(records)
    mask = np.array([data.draw(st.booleans()) for _ in mine], dtype=np.bool_)
    chosen = {label for label, is_in in zip(sorted(mine), mask, strict=True) if is_in}
    for part in (has[:cut], has[cut:]):
        vectors.reserve(len(part))
        vectors.append(np.array(part, dtype=np.int64), 1)
        spread = places.spread(mask, vectors.snapshot())
        labels = vectors.labels[: vectors.size].tolist()
        assert spread.tolist() == [label in chosen for label in labels]


def test_where_every_record_has_the_view_nothing_is_kept() -> None:
    """Vectors whose numbers are those of their records take no memory to find them."""
    slots = filled(list(range(1, 1_000)))
    places = Places(slots)
    mask = np.random.default_rng(0).random(999) < 0.5
    assert np.array_equal(places.spread(mask, slots.snapshot()), mask)
    assert not len(places._places)


def test_prefixes_among_many_texts() -> None:
    """Prefixes are found among texts that came before and after they were put in order; so are the very last."""
    column = column_of(FieldSpec("f", FieldType.KEYWORD, is_list=False))
    texts = [f"{number:05}" for number in range(5_000)] + ["ab\U0010ffff", "ab\U0010ffff\U0010ffff", "ac"]
    random = np.random.default_rng(0)
    order = random.permutation(len(texts))
    shuffled = [texts[at] for at in order]
    for size, part in ((4_000, shuffled[:4_000]), (4_500, shuffled[4_000:4_500]), (5_003, shuffled[4_500:])):
        column.append(part)
        for prefix in ("", "0", "012", "04999", "x", "ab", "ab\U0010ffff"):
            found = np.flatnonzero(column.matching(Prefix("f", prefix), size)).tolist()
            assert found == [at for at, text in enumerate(shuffled[:size]) if text.startswith(prefix)]


def test_a_column_takes_few_bytes() -> None:
    """A record costs 9 bytes in an int64 column, 5 in a keyword's, 2 in a bool's; twice that right after growing."""
    for kind, value, entry in (
        (FieldType.INT64, 1.0, 9),
        (FieldType.KEYWORD, "x", 5),
        (FieldType.BOOL, True, 2),
    ):
        column = column_of(FieldSpec("f", kind, is_list=False))
        for _ in range(100):
            column.append([value] * 1_000)
        assert 100_000 * entry <= column.num_bytes <= 2 * 100_000 * entry + 1_000


def test_readers_beside_the_writer_see_whole_records() -> None:
    """However fast records are appended, whoever asks sees every field of each slot there is, single and list alike."""
    fields = [FieldSpec("one", FieldType.KEYWORD, is_list=False), FieldSpec("many", FieldType.INT64, is_list=True)]
    index = RecordIndex(fields)
    stop = threading.Event()

    def write() -> None:
        for number in range(400):
            metadata = [{"one": f"k{number % 7}", "many": [number % 7, -1]}] * 50
            index.reserve(metadata)
            index.append(np.arange(50) + number * 50, metadata, number)
        stop.set()

    def ask() -> int:
        asked = 0
        while not stop.is_set() or not asked:
            for trees in (
                (Exists("one"), Exists("many")),
                (Equals("one", "k3"), Equals("many", 3)),
                (OneOf("one", ("k1", "k2")), AllOf((Range("many", gte=1, lte=2), Equals("many", -1)))),
            ):
                before = index.slots.size
                masks = [index.matching(tree) for tree in trees]
                size = min(len(mask) for mask in masks)
                assert size >= before
                assert np.array_equal(masks[0][:size], masks[1][:size])
            asked += 1
        return asked

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        pool.submit(write).result(60)
        assert all(item.result(60) for item in asking)
