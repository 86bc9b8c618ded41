"""What happens leaves the collector in few messages, and everybody is told the same."""

import asyncio

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean
from opsconsole.engine.happening import MOST, Happening
from opsconsole.model import Fault, Level, Sample, Target
from opsconsole.observer import Observer
from opsconsole.ports import Happened
from tests.engine.collector import BOX
from tests.servers.sampler import eventually


def lost(target: str) -> Sample:
    return Sample("box.pulse", target, 5.0, None, Fault("lost", Clean("gone"), Clean("")), 2.0)


async def test_a_thousand_lost_targets_are_one_message() -> None:
    names = [f"t{at}" for at in range(1000)]
    targets = [Target(name, "box", "local") for name in names]
    told: list[Happened] = []
    kept: list[Occurrence] = []
    happening = Happening(Observer(targets, {"box": BOX}), told.append, kept.extend)
    for name in names:
        happening.hear([lost(name)])
    happening.hear([])
    await eventually(lambda: bool(told))
    assert len(told) == 1
    assert [one.target for one in told[0].occurrences] == names
    assert kept == told[0].occurrences


async def test_what_others_saw_goes_the_same_way_in_bearable_pieces() -> None:
    told: list[Happened] = []
    happening = Happening(Observer((), {}), told.append)
    note = Occurrence(1.0, "note", "", Clean(""), Level.OK, Clean("x"))
    happening.tell([note] * (MOST + 1))
    await eventually(lambda: len(told) == 2)
    happening.tell([note])
    await eventually(lambda: len(told) == 3)
    await asyncio.sleep(0)
    assert [len(one.occurrences) for one in told] == [MOST, 1, 1]
