"""The two lines before the engine: interactive first, and a bound on how long bulk is passed over."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lensdex_embedder.waiting import BULK_SHARE, Waiting
from lensdex_embedder.work import Priority

INTERACTIVE, BULK = Priority.INTERACTIVE, Priority.BULK
PASSED_OVER = 3
"""What BULK_SHARE means: three tokens of interactive work for one of bulk."""


@dataclass
class Entry:
    """An item with a cost, which somebody may stop waiting for."""

    name: str
    cost: int
    wanted: bool = True


def lines() -> Waiting[Entry]:
    """Return two empty lines."""
    return Waiting(cost=lambda entry: entry.cost, is_wanted=lambda entry: entry.wanted)


def fill(waiting: Waiting[Entry], *, interactive: str = "", bulk: str = "", cost: int = 1) -> None:
    """Add one entry per letter."""
    for name in interactive:
        waiting.add(Entry(name, cost), INTERACTIVE)
    for name in bulk:
        waiting.add(Entry(name, cost), BULK)


def taken(waiting: Waiting[Entry], *, max_items: int = 4, max_cost: int = 100) -> str:
    """Take a batch; return its names."""
    return "".join(entry.name for entry in waiting.take(max_items=max_items, max_cost=max_cost))


def test_the_share_is_a_quarter() -> None:
    """Bulk is promised a quarter of the work while both wait."""
    assert BULK_SHARE == 1 / (1 + PASSED_OVER)


def test_interactive_goes_first() -> None:
    """What is interactive is taken before bulk that came earlier."""
    waiting = lines()
    fill(waiting, bulk="xy")
    fill(waiting, interactive="ab")

    assert taken(waiting, max_items=2) == "ab"


def test_each_line_is_first_come_first_served() -> None:
    """Within a line nothing overtakes."""
    waiting = lines()
    fill(waiting, interactive="abcdefgh", bulk="stuvwxyz")
    order = "".join(taken(waiting) for _ in range(8))

    assert "".join(name for name in order if name < "m") == "abcdefgh"
    assert "".join(name for name in order if name > "m") == "stuvwxyz"


def test_bulk_alone_fills_batches() -> None:
    """Where nothing interactive waits, bulk has the engine to itself."""
    waiting = lines()
    fill(waiting, bulk="uvwxyz")

    assert taken(waiting) == "uvwx"
    assert taken(waiting) == "yz"


def test_bulk_is_no_filling_for_interactive_batches() -> None:
    """A batch with interactive items is not made longer by bulk that has not earned its place."""
    waiting = lines()
    fill(waiting, interactive="a", bulk="wxyz")

    assert taken(waiting) == "a"
    assert taken(waiting) == "wxyz"


@pytest.mark.parametrize("max_items", [1, 2, 3, 4, 32])
def test_bulk_gets_its_share_while_both_wait(max_items: int) -> None:
    """After interactive items of three times its cost, the first bulk item is next, whatever the size of batches."""
    waiting = lines()
    fill(waiting, interactive="abcdefghi", bulk="xyz", cost=5)
    order = ""
    while len(waiting):
        order += taken(waiting, max_items=max_items, max_cost=1000)

    assert order == "abcxdefyghiz"


def test_a_dear_bulk_item_waits_for_its_own_cost() -> None:
    """A bulk item is passed over in proportion to what it costs: shares are of work, not of items."""
    waiting = lines()
    fill(waiting, interactive="abcdefg", cost=10)
    waiting.add(Entry("X", 20), BULK)

    assert taken(waiting, max_items=8, max_cost=1000) == "abcdefXg"


def test_free_items_count_as_one() -> None:
    """Items that cost nothing pass bulk over too: nothing is passed over for ever."""
    waiting = lines()
    fill(waiting, interactive="abcd", bulk="x", cost=0)

    assert taken(waiting, max_items=8) == "abcxd"


def test_credit_is_not_saved_up() -> None:
    """Interactive work done while no bulk waited earns bulk nothing."""
    waiting = lines()
    fill(waiting, interactive="abcdefgh")
    assert taken(waiting, max_items=8) == "abcdefgh"
    fill(waiting, interactive="i", bulk="x")

    assert taken(waiting) == "i"


def test_what_does_not_fit_is_next() -> None:
    """An item whose turn it is and that does not fit ends the batch and begins the next; nothing overtakes it."""
    waiting = lines()
    fill(waiting, interactive="abcd", cost=10)
    waiting.add(Entry("X", 10), BULK)

    assert taken(waiting, max_cost=30) == "abc"
    assert taken(waiting, max_cost=30) == "Xd"


def test_nobody_is_taken_for_those_who_left() -> None:
    """Unwanted entries are dropped when their turn comes, take no room, and leave the lines when they are first."""
    waiting = lines()
    gone, stays = Entry("gone", 50), Entry("s", 1)
    for priority in Priority:
        waiting.add(gone, priority)
    waiting.add(stays, BULK)
    gone.wanted = False

    assert taken(waiting, max_cost=1) == "s"
    assert len(waiting) == 0


def test_counts_by_priority() -> None:
    """Each line says how many wait in it."""
    waiting = lines()
    fill(waiting, interactive="ab", bulk="xyz")

    assert (waiting.count(INTERACTIVE), waiting.count(BULK), len(waiting)) == (2, 3, 5)
    assert sorted(entry.name for entry in waiting.drain()) == ["a", "b", "x", "y", "z"]
    assert len(waiting) == 0


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("interactive"), st.integers(0, 30)),
        st.tuples(st.just("interactive"), st.integers(0, 30)),
        st.tuples(st.just("bulk"), st.integers(0, 30)),
        st.tuples(st.just("leave"), st.integers(0, 40)),
        st.tuples(st.just("take"), st.just(0)),
    ),
    max_size=60,
)


class Watched:
    """Two lines that check, whenever a batch is taken, what has gone by each bulk item."""

    def __init__(self, *, max_items: int, max_cost: int, largest: int) -> None:
        self.max_items = max_items
        self.max_cost = max_cost
        self.largest = largest
        self.waiting = lines()
        self.entries: list[tuple[Entry, Priority]] = []
        self.passed: dict[str, int] = {}
        self.allowed: dict[str, int] = {}
        self.seen: list[str] = []

    def add(self, cost: int, priority: Priority) -> None:
        entry = Entry(str(len(self.entries)), cost)
        self.entries.append((entry, priority))
        self.waiting.add(entry, priority)
        if priority is BULK:
            ahead = [item for item, own in self.entries if own is BULK and item.name not in self.seen]
            self.allowed[entry.name] = PASSED_OVER * sum(max(1, item.cost) for item in ahead) + self.largest
            self.passed[entry.name] = 0

    def leave(self, index: int) -> None:
        for entry, _ in self.entries[index : index + 1]:
            entry.wanted = False
            self.passed.pop(entry.name, None)

    def take(self) -> bool:
        batch = self.waiting.take(max_items=self.max_items, max_cost=self.max_cost)
        assert len(batch) <= self.max_items
        assert len(batch) == 1 or sum(entry.cost for entry in batch) <= self.max_cost
        for entry in batch:
            assert entry.wanted
            self.seen.append(entry.name)
            if entry.name in self.passed:
                assert self.passed.pop(entry.name) <= self.allowed[entry.name]
            else:
                self.passed = {name: cost + max(1, entry.cost) for name, cost in self.passed.items()}
        return bool(batch)


@settings(max_examples=300, deadline=None)
@given(steps=STEPS, max_items=st.integers(1, 6), max_cost=st.integers(1, 60))
def test_the_bound(steps: list[tuple[str, int]], max_items: int, max_cost: int) -> None:
    """A bulk item sees at most three times the cost of the bulk up to and with itself go by, and one item more."""
    largest = max([1, *(number for kind, number in steps if kind == "interactive")])
    watched = Watched(max_items=max_items, max_cost=max_cost, largest=largest)
    for kind, number in steps:
        if kind == "take":
            watched.take()
        elif kind == "leave":
            watched.leave(number)
        else:
            watched.add(number, Priority(kind))
    while watched.take():
        pass
    assert len(watched.waiting) == 0
    assert len(watched.seen) == len(set(watched.seen)), "taken twice"
    assert {entry.name for entry, _ in watched.entries if entry.wanted} <= set(watched.seen)
