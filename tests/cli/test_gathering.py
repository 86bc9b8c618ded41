"""Waiting ends when everything is there, and says honestly what is not."""

from dataclasses import replace

import pytest

from opsconsole.clean import Clean
from opsconsole.cli.asking import Question
from opsconsole.cli.domains import Shown
from opsconsole.cli.gathering import Gathering
from opsconsole.estate import Estate
from opsconsole.model import Fault, Sample, State, Target
from opsconsole.spec import View
from tests.cli.conftest import disk, sample, targets


class Clocks:
    """A monotonic clock from 0, and the wall clock from 1000."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return 1000.0 + self.now


@pytest.fixture
def clocks() -> Clocks:
    """Time as the test sets it."""
    return Clocks()


def _gathering(clocks: Clocks, shown: Shown, *ids: str, keys: tuple[str, ...] = ()) -> Gathering:
    question = Question(shown, Estate(targets(*ids)), shown.chosen(keys))
    return Gathering(question, clocks.monotonic, clocks.wall)


def _fault(kind: str, target: str = "a", probe: str = "box.disk") -> Sample:
    return Sample(probe, target, 1000.0, None, Fault(kind, Clean("no"), Clean("mend")), 2)


def test_waits_for_the_first_answer_of_each_target(disks: Shown, clocks: Clocks) -> None:
    gathering = _gathering(clocks, disks, "a", "b")
    assert gathering.pairs == [("box.disk", "a"), ("box.disk", "b")]
    assert gathering.deadline(15) == 15
    clocks.now = 3
    gathering.take([sample("a", disk("sda", 1.0))])
    clocks.now = 5
    gathering.take([sample("a", disk("sda", 2.0))])
    assert gathering.deadline(15) == 18, "nobody new has answered since 3"
    gathering.take([sample("b", disk("sda", 1.0))])
    assert gathering.deadline(15) is None


def test_waits_on_while_a_long_list_is_loading(disks: Shown, clocks: Clocks) -> None:
    gathering = _gathering(clocks, disks, "a")
    clocks.now = 10
    assert gathering.take([]) == []
    assert gathering.deadline(15) == 25


def test_takes_only_what_was_asked_for(disks: Shown, clocks: Clocks) -> None:
    gathering = _gathering(clocks, disks, "a")
    strangers = [sample("z"), sample("a", probe="box.vitals")]
    assert gathering.take([*strangers, sample("a")]) == [sample("a")]


def test_a_rate_is_waited_for_two_periods_and_no_longer(disks: Shown, clocks: Clocks) -> None:
    gathering = _gathering(clocks, disks, "a")
    clocks.now = 5
    gathering.take([sample("a", disk("sda", None))])
    assert gathering.deadline(15) == 9
    gathering.take([sample("a", disk("sda", None))])
    assert gathering.deadline(15) is None, "a second None means that it is not known"


def test_nothing_is_waited_for_that_is_not_shown_or_comes_slowly(
    disks: Shown, clocks: Clocks
) -> None:
    without_rates = _gathering(clocks, disks, "a", keys=("name", "size_bytes"))
    without_rates.take([sample("a", disk("sda", None))])
    assert without_rates.deadline(15) is None
    slow = _gathering(clocks, disks, "a")
    slow.take([sample("a", disk("sda", None), period=30)])
    assert slow.deadline(15) is None


@pytest.mark.parametrize(("kind", "deadline"), [("denied", None), ("lost", 16)])
def test_only_a_lost_connection_gets_another_chance(
    disks: Shown, clocks: Clocks, kind: str, deadline: float | None
) -> None:
    gathering = _gathering(clocks, disks, "a")
    clocks.now = 1
    gathering.take([_fault(kind)])
    assert gathering.deadline(15) == deadline
    gathering.take([sample("a", disk("sda", 1.0))])
    assert gathering.deadline(15) is None
    assert gathering.told_by("a").state is State.LIVE


def test_tells_the_five_states_apart(disks: Shown, clocks: Clocks) -> None:
    gathering = _gathering(clocks, disks, "live", "empty", "fault", "waiting")
    live = sample("live", disk("sda", 1.0))
    gathering.take([live, sample("empty"), _fault("denied", "fault")])
    clocks.now = 1.5
    told = {one.target: one for one in gathering.told()}
    assert {name: one.state.value for name, one in told.items()} == {
        "live": "live",
        "empty": "empty",
        "fault": "fault",
        "waiting": "waiting",
    }
    assert told["live"].age_s == 1.5
    assert told["live"].rows == [
        {"name": "sda", "busy_percent": 1.0, "size_bytes": 1536, "awake": True}
    ]
    assert told["waiting"].age_s is None
    assert told["fault"].why() == "fault: denied: no (mend)"
    assert told["waiting"].why() == "waiting: no answer in time"
    assert not told["empty"].why()
    clocks.now = 7
    assert gathering.told_by("live").state is State.STALE


def test_a_fault_keeps_the_rows_before_it(disks: Shown, clocks: Clocks) -> None:
    gathering = _gathering(clocks, disks, "a")
    gathering.take([sample("a", disk("sda", 1.0)), _fault("lost")])
    told = gathering.told_by("a")
    assert (told.state, len(told.rows), told.why()) == (State.FAULT, 1, "a: lost: no (mend)")


def test_a_fleet_line_joins_its_probes_and_judges_them(boxes: Shown, clocks: Clocks) -> None:
    gathering = _gathering(clocks, boxes, "a")
    assert gathering.told_by("a").rows == []
    gathering.take([sample("a", (96.0,), probe="box.vitals")])
    (row,) = gathering.told_by("a").rows
    assert row == {"state": "crit", "failed": None, "why": "BUSY 96"}
    gathering.take([_fault("lost", probe="box.health")])
    told = gathering.told_by("a")
    assert told.state is State.FAULT
    assert [row["state"] for row in told.rows] == ["lost"]


def test_a_pane_of_several_probes_leaves_foreign_columns_unknown(
    boxes: Shown, clocks: Clocks
) -> None:
    table = replace(boxes, pane=replace(boxes.pane, view=View.PLOTS))
    gathering = _gathering(clocks, table, "a", keys=("all",))
    health, vitals = sample("a", (2,), probe="box.health"), sample("a", (7.0,), probe="box.vitals")
    gathering.take([health, vitals])
    assert gathering.told_by("a").rows == [
        {"busy_percent": 7.0, "failed": None},
        {"busy_percent": None, "failed": 2},
    ]


def test_targets_of_several_kinds_are_asked_what_they_can_answer(
    disks: Shown, clocks: Clocks
) -> None:
    several = (*targets("a"), Target("q", "queue", "local"))
    question = Question(disks, Estate(several), disks.chosen(()))
    gathering = Gathering(question, clocks.monotonic, clocks.wall)
    assert gathering.pairs == [("box.disk", "a")]
    gathering.take([sample("a", disk("/", 1.0))])
    assert gathering.deadline(10) is None, "nobody waits for what no one answers"
