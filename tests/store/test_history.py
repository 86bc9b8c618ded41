"""Histories: values as they came, gaps where nothing came, and never more than the budget."""

import math
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.clean import Clean
from opsconsole.model import Column, Fault, Quantity, Row, Sample
from opsconsole.spec import Probe
from opsconsole.store import Store
from opsconsole.store.history import DEEPEST, SHALLOWEST

FAULT = Fault("lost", Clean("gone"), Clean(""))
NAN = "gap"


def _probe(id_: str, *, columns: int, key: tuple[str, ...] = ()) -> Probe[bytes]:
    named = Column("name", "NAME", Quantity.TEXT, "x")
    numbers = [Column(f"n{i}", f"N{i}", Quantity.NUMBER, "x", history=True) for i in range(columns)]
    return Probe(id_, id_, "tick", (named, *numbers), key, bytes, lambda _, __: [], on_demand=False)


class Recorder:
    """A store with one target, and hands that move its clock."""

    def __init__(self, *probes: Probe[bytes], budget: int = 1 << 20) -> None:
        self.now = 100.0
        self.store = Store(
            probes, budget=budget, clock=lambda: self.now, wall=lambda: self.now + 1e9
        )

    def put(self, rows: list[Row] | None, *, probe: str = "p", target: str = "a") -> None:
        fault = FAULT if rows is None else None
        self.store.put([Sample(probe, target, self.now + 1e9, rows, fault, 2.0)])
        self.now += 2.0

    def trend(self, column: str = "n0", key: Row = (), points: int = 100) -> list[object]:
        values = self.store.trend("p", "a", key, column, points)
        return [NAN if math.isnan(value) else value for value in values]


ONE = _probe("p", columns=2)
MANY = _probe("p", columns=1, key=("name",))


def row(*numbers: float | None, name: str = "x") -> Row:
    return (Clean(name), *numbers)


def test_values_come_back_oldest_first_by_column() -> None:
    history = Recorder(ONE)
    for number in range(5):
        history.put([row(number, -number)])
    assert history.trend() == [0, 1, 2, 3, 4]
    assert history.trend("n1", points=2) == [-3, -4]
    assert history.trend("name") == []
    assert history.trend("nothing") == []


def test_no_number_and_a_fault_and_a_silence_are_gaps() -> None:
    history = Recorder(ONE)
    history.put([row(1.0, 1.0)])
    history.put([row(None, 2.0)])
    history.put(None)
    history.put([row(4.0, 4.0)])
    history.now += 6.0  # three answers did not come
    history.put([row(8.0, 8.0)])
    assert history.trend("n1") == [1, 2, NAN, 4, NAN, NAN, NAN, 8]
    assert history.trend("n0") == [1, NAN, NAN, 4, NAN, NAN, NAN, 8]
    assert history.trend("n1", points=3) == [NAN, NAN, 8]


def test_a_long_outage_costs_one_point_and_shows_its_length() -> None:
    history = Recorder(ONE)
    history.put([row(1.0, 1.0)])
    before = history.store.history_bytes
    for _ in range(50):
        history.put(None)
    assert history.store.history_bytes == before
    history.put([row(2.0, 2.0)])
    assert history.trend() == [1, *[NAN] * 50, 2]


def test_late_answers_are_no_gaps() -> None:
    history = Recorder(ONE)
    for number in range(20):
        history.put([row(number, 0)])
        history.now += 0.4 if number % 2 else -0.2
    assert history.trend() == list(range(20))


def test_rows_are_followed_by_their_key_and_forgotten_when_gone() -> None:
    history = Recorder(MANY)
    history.put([row(1, name="eth0"), row(10, name="eth1")])
    history.put([row(20, name="eth1"), row(2, name="eth0")])
    assert history.trend(key=(Clean("eth0"),)) == [1, 2]
    assert history.trend(key=(Clean("eth1"),)) == [10, 20]
    history.put([row(30, name="eth1")])
    assert history.trend(key=(Clean("eth0"),)) == []
    assert history.trend(key=(Clean("eth1"),)) == [10, 20, 30]


def test_a_key_that_stands_twice_is_followed_once() -> None:
    history = Recorder(MANY)
    history.put([row(1, name="lo"), row(2, name="lo")])
    assert history.trend(key=(Clean("lo"),)) == [1]


def test_the_oldest_go_when_it_is_deep_enough() -> None:
    history = Recorder(ONE)
    for number in range(3 * DEEPEST):
        history.put([row(number, 0)])
    kept = history.trend(points=10 * DEEPEST)
    assert len(kept) == DEEPEST
    assert kept[-1] == 3 * DEEPEST - 1
    assert kept == list(range(3 * DEEPEST - len(kept), 3 * DEEPEST))


def test_depth_gives_way_to_breadth_and_the_budget_holds() -> None:
    wide = _probe("p", columns=14)
    history = Recorder(wide, budget=200_000)
    numbers = [float(number) for number in range(14)]
    depths: list[int] = []
    for _ in range(500):
        for target in range(20):
            history.put([row(*numbers)], target=str(target))
            history.now -= 2.0
        history.now += 2.0
        depths.append(history.store.history_depth)
    assert SHALLOWEST <= depths[-1] < DEEPEST
    assert history.store.history_bytes <= 200_000


def test_what_finds_no_room_has_no_history_and_harms_no_other() -> None:
    history = Recorder(MANY, budget=20_000)
    for _ in range(100):
        history.put([row(1.0, name=str(number)) for number in range(1000)])
    assert history.store.history_bytes <= 20_000
    assert len(history.trend(key=(Clean("0"),))) >= SHALLOWEST
    assert history.trend(key=(Clean("999"),)) == []
    assert len(history.store.rows("p", "a")) == 1000


def test_a_thousand_hosts_fit_into_what_the_budget_says() -> None:
    wide = _probe("p", columns=14)
    history = Recorder(wide, budget=20 << 20)
    numbers = [float(number) for number in range(14)]
    tracemalloc.start()
    try:
        for _ in range(4):
            for target in range(1000):
                history.put([row(*numbers)], target=str(target))
        few = tracemalloc.get_traced_memory()[0]
        for _ in range(20):
            for target in range(1000):
                history.put([row(*numbers)], target=str(target))
        more = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    per_point = (more - few) / 20_000
    assert history.store.history_depth >= 200
    assert history.store.history_depth * 1000 * per_point < 24 << 20


def test_when_it_is_full_no_memory_is_taken_any_more() -> None:
    wide = _probe("p", columns=14)
    history = Recorder(wide, budget=200_000)

    def rounds(count: int) -> None:
        for number in range(count):
            for target in range(20):
                history.put([row(*[float(number)] * 14)], target=str(target))
                history.now -= 2.0
            history.now += 2.0

    rounds(300)
    held = history.store.history_bytes
    tracemalloc.start()
    try:
        rounds(2)
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        rounds(300)
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert history.store.history_bytes == held
    assert after - before < 5_000
    assert peak - before < 20_000, "no ring was made anew"
    assert history.store.trend("p", "3", (), "n0", 10) == [float(n) for n in range(290, 300)]


def test_points_outlive_a_change_of_room() -> None:
    history = Recorder(MANY, budget=60_000)
    for number in range(100):
        history.put([row(number, name="old")])
    for number in range(100, 120):
        others = [row(0.0, name=str(n)) for n in range(2 * (number - 100))]
        history.put([row(number, name="old"), *others])
    kept = history.trend(key=(Clean("old"),), points=1000)
    assert kept == list(range(120 - len(kept), 120))
    assert SHALLOWEST <= len(kept) <= history.store.history_depth * 1.25


points = st.one_of(st.none(), st.floats(-1000, 1000, width=16))


@given(st.lists(points, min_size=1, max_size=60), st.integers(1, 70))
def test_a_trend_is_the_end_of_what_was_put(values: list[float | None], asked: int) -> None:
    history = Recorder(ONE)
    for value in values:
        history.put([row(value, 0.0)])
    expected = [NAN if value is None else pytest.approx(value) for value in values]
    assert history.trend(points=asked) == expected[-asked:]
