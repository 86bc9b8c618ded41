"""Watched lists in the store: rows by key, what changed since, how they stand, what is kept."""

import math
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.clean import Clean
from opsconsole.model import Column, Fault, Quantity, Row, Sample, State
from opsconsole.ports import Patch
from opsconsole.spec import Probe
from opsconsole.store import Standing, Store
from opsconsole.store.history import WATCHED
from opsconsole.store.listed import REMEMBERED
from tests.store.test_newest import Clocks

FAULT = Fault("lost", Clean("the cable"), Clean("plug it in"))
COLUMNS = (
    Column("name", "NAME", Quantity.TEXT, "x"),
    Column("restarts", "RESTARTS", Quantity.COUNT, "x", history=True),
)
POD = Probe("box.pod", "Pods", "pods", COLUMNS, ("name",), bytes, lambda _, __: [])
PAIR = ("box.pod", "a")


def cleaned(rows: Iterable[tuple[str, int]]) -> list[Row]:
    return [(Clean(name), restarts) for name, restarts in rows]


class Console:
    """A store that is sent patches."""

    def __init__(self) -> None:
        self.clocks = Clocks()
        self.store = Store([POD], clock=lambda: self.clocks.mono, wall=lambda: self.clocks.wall)

    def patch(
        self,
        *rows: tuple[str, int],
        gone: tuple[str, ...] = (),
        whole: bool = False,
        loading: bool = False,
    ) -> None:
        keys: list[Row] = [(Clean(name),) for name in gone]
        told = "box.pod", "a", self.clocks.wall, 10.0, (0,), cleaned(rows), keys
        assert self.store.patch([Patch(*told, whole=whole, loading=loading)]) == {PAIR}

    def sample(self, *rows: tuple[str, int]) -> None:
        self.store.put([Sample("box.pod", "a", self.clocks.wall, cleaned(rows), None, 30.0)])

    def fault(self) -> None:
        self.store.put([Sample("box.pod", "a", self.clocks.wall, None, FAULT, 30.0)])

    def state(self) -> Standing:
        return self.store.state(*PAIR)

    def rows(self) -> list[Row]:
        return self.store.rows(*PAIR)

    def trend(self, name: str, points: int = 10) -> list[float]:
        return self.store.trend(*PAIR, (Clean(name),), "restarts", points)


@pytest.fixture
def console() -> Console:
    return Console()


def test_patches_are_laid_over_the_rows_in_order_of_arrival(console: Console) -> None:
    console.patch(("b", 1), ("a", 1), whole=True)
    console.patch(("b", 2), ("c", 1))
    assert console.rows() == [("b", 2), ("a", 1), ("c", 1)]
    assert console.rows() is console.rows(), "the same list until something changes"
    console.patch(("b", 3), gone=("b", "never"))
    assert console.rows() == [("a", 1), ("c", 1), ("b", 3)]
    console.patch(("z", 1), whole=True)
    assert console.rows() == [("z", 1)]


def test_a_list_that_is_loading_says_how_much_is_there(console: Console) -> None:
    console.patch(whole=True, loading=True)
    assert console.state() == Standing(State.WAITING, None, None, 0)
    console.patch(("a", 1), ("b", 1), loading=True)
    assert console.state() == Standing(State.LIVE, 0.0, None, 2)
    console.patch()
    assert console.state() == Standing(State.LIVE, 0.0, None)
    console.patch(gone=("a", "b"))
    assert console.state() == Standing(State.EMPTY, 0.0, None)


def test_a_word_without_rows_renews_the_age_and_ends_a_fault(console: Console) -> None:
    console.patch(("a", 1), whole=True)
    console.clocks.pass_(31.0)
    assert console.state().state is State.STALE
    console.fault()
    assert console.state() == Standing(State.FAULT, 31.0, FAULT)
    console.patch()
    assert console.state() == Standing(State.LIVE, 0.0, None)
    assert console.rows() == [("a", 1)]


def test_whole_samples_take_the_place_of_a_list_and_it_goes_on_from_them(console: Console) -> None:
    console.patch(("a", 1), whole=True)
    version = console.store.version(*PAIR)
    console.sample(("b", 1), ("c", 1))
    assert console.rows() == [("b", 1), ("c", 1)]
    assert (console.store.version(*PAIR), console.store.changes(*PAIR, version)) == (0, None)
    console.patch(("d", 1), gone=("b",))
    assert console.rows() == [("c", 1), ("d", 1)]
    assert console.store.changes(*PAIR, version) is None


_NAMES = st.sampled_from("abcdef")
_STEPS = st.lists(
    st.tuples(
        st.lists(st.tuples(_NAMES, st.integers(0, 3)), max_size=4),
        st.lists(_NAMES, max_size=3),
        st.booleans(),
        st.integers(0, 2),
    ),
    max_size=20,
)


@given(_STEPS)
def test_panes_that_ask_what_changed_have_all_rows(
    steps: list[tuple[list[tuple[str, int]], list[str], bool, int]],
) -> None:
    """Two panes, of which each step lets some look."""
    console = Console()
    panes: list[dict[Row, Row]] = [{}, {}]
    versions = [0, 0]
    for rows, gone, whole, looks in steps:
        console.patch(*rows, gone=() if whole else tuple(gone), whole=whole)
        for at in range(looks):
            changes = console.store.changes(*PAIR, versions[at])
            if changes is None:
                panes[at] = {row[:1]: row for row in console.rows()}
                versions[at] = console.store.version(*PAIR)
                continue
            assert not {row[:1] for row in changes.rows} & set(changes.gone)
            for key in changes.gone:
                panes[at].pop(key, None)
            panes[at] |= {row[:1]: row for row in changes.rows}
            versions[at] = changes.version
            assert set(panes[at].values()) == set(console.rows())


def test_who_looked_too_long_ago_draws_all_anew(console: Console) -> None:
    console.patch(("a", 1), whole=True)
    version = console.store.version(*PAIR)
    for number in range(REMEMBERED):
        console.patch((f"x{number}", 1))
        console.patch(gone=(f"x{number}",))
    changes = console.store.changes(*PAIR, version)
    assert changes is not None
    assert (changes.rows, len(changes.gone)) == ([], REMEMBERED)
    console.patch(("b", 1))
    assert console.store.changes(*PAIR, version) is None
    assert console.store.changes(*PAIR, changes.version) is not None


def test_values_of_a_history_hold_until_they_change(console: Console) -> None:
    console.patch(("a", 1), ("b", 5), whole=True)
    for restarts in (2, 2, 3):
        console.clocks.pass_(20.0)
        console.patch(("a", restarts))
    console.clocks.pass_(10.0)
    console.patch()
    assert console.trend("a") == [1, 1, 2, 2, 2, 2, 3, 3]
    assert console.trend("b") == [5] * 8
    assert console.trend("a", 3) == [2, 3, 3]
    for restarts in range(100):
        console.patch(("a", restarts))
    assert console.trend("a", 2) == [3, 99], "many changes in one period are one point"
    console.patch(gone=("a",))
    assert console.trend("a") == []


def test_a_fault_is_a_gap_and_afterwards_the_values_hold_again(console: Console) -> None:
    console.patch(("a", 1), whole=True)
    console.clocks.pass_(10.0)
    console.fault()
    console.clocks.pass_(20.0)
    console.patch()
    console.clocks.pass_(10.0)
    console.patch()
    trend = console.trend("a")
    assert [math.isnan(value) for value in trend] == [False, True, True, False, False]


def test_what_begins_anew_keeps_its_history_and_nothing_of_what_is_gone(console: Console) -> None:
    console.patch(("a", 1), ("b", 1), whole=True)
    console.clocks.pass_(20.0)
    console.patch(("a", 2), whole=True, loading=True)
    assert console.trend("b") == [1, 1, 1]
    console.patch()
    assert console.trend("b") == []
    assert console.trend("a") == [1, 1, 2]


def test_a_long_list_has_only_so_many_tracks(console: Console) -> None:
    rows = [(f"pod-{number}", 1) for number in range(WATCHED + 500)]
    console.patch(*rows, whole=True)
    assert console.trend("pod-0") == [1]
    assert console.trend(f"pod-{WATCHED}") == []
    console.patch(gone=("pod-0",))
    console.patch((f"pod-{WATCHED}", 2))
    assert console.trend(f"pod-{WATCHED}") == [2]
