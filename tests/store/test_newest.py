"""The newest answer of each pair, what may be said of it, and what is forgotten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.clean import Clean
from opsconsole.model import Column, Fault, Quantity, Row, Sample, State
from opsconsole.spec import Probe
from opsconsole.store import Standing, Store

FAULT = Fault("lost", Clean("the cable"), Clean("plug it in"))


class Clocks:
    """Two clocks that only the test moves."""

    def __init__(self) -> None:
        self.mono = 1000.0
        self.wall = 5_000_000.0

    def pass_(self, seconds: float) -> None:
        self.mono += seconds
        self.wall += seconds


def probe(id_: str, *, on_demand: bool) -> Probe[bytes]:
    column = Column("cpu_percent", "CPU", Quantity.PERCENT, "x", history=True)
    return Probe(id_, id_, "tick", (column,), (), bytes, lambda _, __: [], on_demand=on_demand)


PROBES = [probe("host.vitals", on_demand=False), probe("host.cpu", on_demand=True)]


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def store(clocks: Clocks) -> Store:
    return Store(PROBES, clock=lambda: clocks.mono, wall=lambda: clocks.wall)


def put(
    store: Store,
    clocks: Clocks,
    rows: list[Row] | None,
    *,
    probe: str = "host.vitals",
    lag: float = 0,
) -> None:
    fault = FAULT if rows is None else None
    sample = Sample(probe, "a", clocks.wall - lag, rows, fault, 2.0)
    assert store.put([sample]) == {(probe, "a")}


def test_a_pair_waits_until_it_answers(store: Store, clocks: Clocks) -> None:
    assert store.state("host.vitals", "a") == Standing(State.WAITING, None, None)
    assert store.rows("host.vitals", "a") == []
    put(store, clocks, [(1.0,)])
    assert store.state("host.vitals", "a") == Standing(State.LIVE, 0.0, None)
    assert store.rows("host.vitals", "a") == [(1.0,)]
    assert store.period("host.vitals", "a") == 2.0


def test_no_rows_is_an_answer(store: Store, clocks: Clocks) -> None:
    put(store, clocks, [])
    assert store.state("host.vitals", "a") == Standing(State.EMPTY, 0.0, None)


def test_data_is_stale_after_three_periods(store: Store, clocks: Clocks) -> None:
    put(store, clocks, [(1.0,)])
    clocks.pass_(6.0)
    assert store.state("host.vitals", "a").state is State.LIVE
    clocks.pass_(0.1)
    standing = store.state("host.vitals", "a")
    assert standing.state is State.STALE
    assert standing.age_s == pytest.approx(6.1)


def test_data_is_never_stale_before_five_seconds(store: Store, clocks: Clocks) -> None:
    store.put([Sample("host.vitals", "a", clocks.wall, [(1.0,)], None, 0.5)])
    clocks.pass_(4.9)
    assert store.state("host.vitals", "a").state is State.LIVE
    clocks.pass_(0.2)
    assert store.state("host.vitals", "a").state is State.STALE


def test_a_fault_keeps_the_last_rows_and_their_age(store: Store, clocks: Clocks) -> None:
    put(store, clocks, [(1.0,)])
    clocks.pass_(30.0)
    put(store, clocks, None)
    clocks.pass_(10.0)
    assert store.state("host.vitals", "a") == Standing(State.FAULT, 40.0, FAULT)
    assert store.rows("host.vitals", "a") == [(1.0,)]
    put(store, clocks, [(2.0,)])
    assert store.state("host.vitals", "a") == Standing(State.LIVE, 0.0, None)


def test_a_fault_before_any_answer_has_no_age(store: Store, clocks: Clocks) -> None:
    put(store, clocks, None)
    assert store.state("host.vitals", "a") == Standing(State.FAULT, None, FAULT)


def test_an_answer_that_was_under_way_is_as_old_as_it_is(store: Store, clocks: Clocks) -> None:
    put(store, clocks, [(1.0,)], lag=4.0)
    assert store.state("host.vitals", "a") == Standing(State.LIVE, 4.0, None)


@pytest.mark.parametrize("step", [-86_400.0, 86_400.0])
def test_a_clock_that_is_set_ages_nothing(store: Store, clocks: Clocks, step: float) -> None:
    put(store, clocks, [(1.0,)])
    clocks.wall += step
    clocks.pass_(1.0)
    assert store.state("host.vitals", "a") == Standing(State.LIVE, 1.0, None)


def test_rows_are_joined_by_target(store: Store, clocks: Clocks) -> None:
    put(store, clocks, [(1.0,)])
    put(store, clocks, [(2.0,), (3.0,)], probe="host.cpu")
    joined = store.joined(["host.vitals", "host.cpu", "host.none"], ["a", "b"])
    assert joined == {"a": [(1.0,), (2.0,), None], "b": [None, None, None]}


def test_what_nobody_asks_for_is_forgotten_and_the_rest_is_not(
    store: Store, clocks: Clocks
) -> None:
    put(store, clocks, [(1.0,)])
    put(store, clocks, [(2.0,)], probe="host.cpu")
    clocks.pass_(299.0)
    store.put([])
    assert store.rows("host.cpu", "a") == [(2.0,)]
    clocks.pass_(61.0)
    store.put([])
    assert store.rows("host.cpu", "a") == []
    assert store.trend("host.cpu", "a", (), "cpu_percent", 10) == []
    assert store.rows("host.vitals", "a") == [(1.0,)]
    assert store.trend("host.vitals", "a", (), "cpu_percent", 10) == [1.0]


answers = st.one_of(st.none(), st.lists(st.tuples(st.floats(0, 100, width=32)), max_size=3))
steps = st.tuples(
    st.sampled_from(["host.vitals", "host.cpu"]), st.sampled_from("ab"), answers, st.floats(0, 20)
)


@given(st.lists(steps, max_size=30))
def test_it_says_what_a_simple_model_says(
    history: list[tuple[str, str, list[Row] | None, float]],
) -> None:
    clocks = Clocks()
    store = Store(PROBES, clock=lambda: clocks.mono, wall=lambda: clocks.wall)
    last: dict[tuple[str, str], tuple[list[Row] | None, float, bool]] = {}
    for id_, target, rows, pause in history:
        clocks.pass_(pause)
        fault = FAULT if rows is None else None
        store.put([Sample(id_, target, clocks.wall, rows, fault, 2.0)])
        old = last.get((id_, target), (None, 0.0, False))
        last[id_, target] = (*old[:2], True) if rows is None else (rows, clocks.mono, False)
    for (id_, target), (kept, at, faulty) in last.items():
        standing = store.state(id_, target)
        assert store.rows(id_, target) == (kept or [])
        assert standing.age_s == (None if kept is None else pytest.approx(clocks.mono - at))
        assert (standing.fault is not None) == faulty
        if not faulty and kept is not None:
            fresh = State.LIVE if kept else State.EMPTY
            assert standing.state is (fresh if clocks.mono - at <= 6.0 else State.STALE)
