"""What was seen of a row: shares that add up, the longest stretch, and bounds that hold."""

from hypothesis import given
from hypothesis import strategies as st

from opsconsole.clean import Clean
from opsconsole.model import Column, Quantity, Sample
from opsconsole.spec import Probe
from opsconsole.store import Course, Store
from opsconsole.store.tally import REST, ROWS, VALUES, Tally

PROBE: Probe[bytes] = Probe(
    "p",
    "p",
    "tick",
    (
        Column("pid", "PID", Quantity.COUNT, "x"),
        Column("wait", "WAIT", Quantity.TEXT, "x", tallied=True),
    ),
    ("pid",),
    bytes,
    lambda _, __: [],
)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.store = Store([PROBE], clock=lambda: self.now, wall=lambda: self.now)

    def see(self, *waits: str, pid: int = 1, every: float = 2.0) -> None:
        for wait in waits:
            rows = [(pid, Clean(wait))]
            self.store.put([Sample("p", "a", self.now, list(rows), None, 2.0)])
            self.now += every

    def course(self, pid: int = 1) -> Course:
        found = self.store.course("p", "a", (pid,), "wait")
        assert found is not None
        return found


def said(course: Course) -> list[tuple[str, int, float]]:
    return [(str(one.value), one.samples, one.longest_s) for one in course.times]


def test_shares_and_the_longest_stretch() -> None:
    clock = Clock()
    clock.see("Lock", "Lock", "Lock", "", "Lock", "", "IO")
    course = clock.course()
    assert course.samples == 7
    assert said(course) == [("Lock", 4, 4.0), ("", 2, 0.0), ("IO", 1, 0.0)]
    assert sum(one.share for one in course.times) == 1
    assert [one.last for one in course.times] == [108.0, 110.0, 112.0]
    assert (course.first, course.last) == (100.0, 112.0)


def test_what_nobody_looked_at_is_no_stretch() -> None:
    clock = Clock()
    clock.see("Lock", "Lock")
    clock.now += 600
    clock.see("Lock", "Lock", "Lock")
    assert said(clock.course()) == [("Lock", 5, 4.0)]


def test_a_row_that_was_away_goes_on_and_its_successor_begins_anew() -> None:
    clock = Clock()
    clock.see("Lock")
    clock.see("IO", pid=2)
    clock.now += 3600  # longer than the store keeps what nobody asks for
    clock.see("IO", pid=3)
    clock.see("Lock")
    assert clock.course().samples == 2
    assert clock.course(3).samples == 1
    assert clock.store.course("p", "a", (4,), "wait") is None
    assert clock.store.course("p", "a", (1,), "pid") is None


@given(st.lists(st.integers(0, 40), min_size=1, max_size=200))
def test_many_values_are_counted_together(values: list[int]) -> None:
    clock = Clock()
    clock.see(*map(str, values))
    times = clock.course().times
    assert sum(one.samples for one in times) == len(values)
    assert len(times) <= VALUES
    told = {one.value: one.samples for one in times}
    for value in {str(one) for one in values} & told.keys():
        assert told[Clean(value)] == values.count(int(value))
    assert (REST in told) == (len(set(values)) >= VALUES)


def test_as_many_rows_are_kept_as_there_is_room_for() -> None:
    tally = Tally([PROBE])
    for at in range(3):
        tally.record(("p", "a"), [(pid, Clean("x")) for pid in range(ROWS)], float(at), 2.0)
    tally.record(("p", "b"), [(0, Clean("x"))], 4.0, 2.0)
    assert len(tally) == ROWS
    assert tally.course(("p", "a"), (0,), "wait") is None, "the one that was not seen for longest"
    course = tally.course(("p", "a"), (1,), "wait")
    assert course is not None
    assert course.samples == 3
