"""What a builder may look at: courses in even steps, findings over every row, why nothing came."""

import math

from opsconsole.check import Check, Outcome
from opsconsole.clean import Clean
from opsconsole.evidence import STEPS, Evidence
from opsconsole.model import Column, Fault, Level, Quantity, Sample, Target
from opsconsole.ports import Point
from opsconsole.rule import Condition

DAY = 86400.0
COLUMNS = (
    Column("name", "NAME", Quantity.TEXT, "x"),
    Column("used", "USED", Quantity.PERCENT, "x"),
)
CHECK = Check(
    *("box.full", "Full", "box.disk"),
    (Outcome(Level.CRIT, (Condition("used", ">", 90),)), Outcome(Level.OK, ())),
)


def _evidence(samples: list[Sample], points: tuple[Point, ...] = ()) -> Evidence:
    return Evidence(
        *(7 * DAY, 6 * DAY, 7 * DAY, (Target("a", "box", "local"), Target("b", "box", "local"))),
        {"box.disk": COLUMNS},
        {"box.disk": ("name",)},
        {(one.probe, one.target): one for one in samples},
        courses={("box.disk", "a", (Clean("x"),), "used"): points},
        checks=(CHECK,),
    )


def _sample(target: str, rows: list[tuple[str, float | None]]) -> Sample:
    cells: list[tuple[Clean | float | None, ...]] = [(Clean(name), used) for name, used in rows]
    return Sample("box.disk", target, 7 * DAY, list(cells), None, 2.0)


def test_a_course_has_even_steps_and_shows_its_gaps() -> None:
    points = tuple(Point(day * DAY, float(day), 0, 9) for day in (0, 1, 2, 5, 6))
    found = _evidence([], points).course("box.disk", "a", (Clean("x"), 1.0), "used")
    assert len(found) == STEPS
    assert [value for value in found if math.isfinite(value)] == [0.0, 1.0, 2.0, 5.0, 6.0]
    assert found.index(1.0) - found.index(0.0) == 4
    assert _evidence([]).course("box.disk", "a", (Clean("y"), 1.0), "used") == ()


def test_the_newest_stretch_is_the_last_step() -> None:
    newest = (Point(7 * DAY - DAY / 4, 3.0, 3, 3), Point(7 * DAY, 5.0, 5, 5))
    found = _evidence([], newest).course("box.disk", "a", (Clean("x"), 1.0), "used")
    assert found[-1] == 4.0


def test_every_row_is_checked_worst_first() -> None:
    found = _evidence([_sample("a", [("x", 10.0), ("y", 95.0), ("z", None)])]).found("a")
    assert [(one.object, one.level) for one in found] == [
        *(("y", Level.CRIT), ("z", Level.UNKNOWN), ("x", Level.OK)),
    ]


def test_silence_and_a_fault_are_told_apart_and_never_pass() -> None:
    fault = Fault("denied", Clean("no key fits"), Clean("ssh-add"))
    found = _evidence([Sample("box.disk", "a", 1.0, None, fault, 2.0)])
    assert found.why("a") == "denied: no key fits (ssh-add)"
    assert found.why("b") == "no answer in time"
    assert [one.message for one in found.found("a")] == ["box.disk: no key fits"]
    assert [one.level for one in found.found("b")] == [Level.UNKNOWN]


def test_an_empty_answer_is_an_answer() -> None:
    found = _evidence([_sample("a", [])])
    assert found.why("a") == ""
    assert found.found("a") == ()
