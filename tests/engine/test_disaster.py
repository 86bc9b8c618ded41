"""`kill -9` at every stage of an action, then a fresh start: the audit log tells the truth."""

import os
import re
import signal
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from opsconsole.audit import unfinished
from tests.engine.ruin import PATIENT, Console, Ruin, gone, kill
from tests.engine.test_lifetime import within

NEVER: list[str] = []
PLANNED = ["plan"]
WITHDRAWN = ["plan", "refusal"]
WHOLE = ["plan", "intent", "outcome"]
UNKNOWN = ["plan", "intent", "unknown"]


Reach = Callable[[Ruin, ExitStack], Console]
"""Brings an action to a stage and leaves it there."""


def _at_rest(ruin: Ruin, _: ExitStack) -> Console:
    return ruin.console()


def _looking(ruin: Ruin, _: ExitStack) -> Console:
    ruin.hold("look1")
    console = ruin.console("box.change")
    ruin.until_came("look1")
    return console


def _planned(ruin: Ruin, _: ExitStack, action: str = "box.change") -> Console:
    console = ruin.console(action)
    console.hear("planned")
    return console


def _approved(ruin: Ruin, stack: ExitStack) -> Console:
    """Between the yes and its intent: another one is writing to the log just then."""
    console = _planned(ruin, stack)
    wanted = stack.enter_context(ruin.locked())
    ruin.go()
    wanted()
    return console


def _held(name: str) -> Reach:
    def reach(ruin: Ruin, stack: ExitStack) -> Console:
        console = _planned(ruin, stack)
        ruin.hold(name)
        ruin.go()
        ruin.until_came(name)
        return console

    return reach


def _recording(ruin: Ruin, stack: ExitStack) -> Console:
    """All is done and verified, and its outcome not yet written."""
    console = _held("look3")(ruin, stack)
    wanted = stack.enter_context(ruin.locked())
    ruin.release()
    wanted()
    return console


def _replying(ruin: Ruin, stack: ExitStack) -> Console:
    """The outcome is written, what would take it back is still asked for."""
    console = _planned(ruin, stack)
    ruin.hold("undo")
    ruin.go()
    ruin.until_came("undo", 2)
    return console


def _witnessed(ruin: Ruin, stack: ExitStack) -> Console:
    console = _planned(ruin, stack, "box.lose")
    ruin.go()
    assert str(console.hear("progress")).startswith("waiting for a second person")
    return console


@dataclass(frozen=True)
class Stage:
    """How to get there, and what the log says when a process was killed there."""

    reach: Reach
    console: list[str]
    """Kinds of records when only the console was killed: what had begun comes to its end."""
    collector: list[str]
    """Kinds of records when the collector was killed, alone or with its console."""


STAGES = {
    "before it is proposed": Stage(_at_rest, NEVER, NEVER),
    "looking": Stage(_looking, NEVER, NEVER),
    "planned": Stage(_planned, PLANNED, PLANNED),
    "approved, no intent yet": Stage(_approved, WHOLE, PLANNED),
    "waiting for a second person": Stage(_witnessed, WITHDRAWN, PLANNED),
    "looking again, no call yet": Stage(_held("look2"), WHOLE, UNKNOWN),
    "calling": Stage(_held("call"), WHOLE, UNKNOWN),
    "verifying": Stage(_held("look3"), WHOLE, UNKNOWN),
    "done, no outcome yet": Stage(_recording, WHOLE, UNKNOWN),
    "outcome written, no reply yet": Stage(_replying, WHOLE, WHOLE),
}


def _after(ruin: Ruin, console: Console, victim: str) -> list[str]:
    """What a collector that starts after the disaster says is unsettled."""
    if victim == "collector":
        assert console.hear("collector") != console.collector, "the console started another one"
        return console.unsettled()
    if victim == "console":
        assert within(PATIENT, gone(console.collector))
    return ruin.console().unsettled()


@pytest.mark.parametrize("victim", ["console", "collector", "both"])
@pytest.mark.parametrize("name", STAGES)
def test_killed(ruin: Ruin, name: str, victim: str) -> None:
    stage = STAGES[name]
    expected = stage.console if victim == "console" else stage.collector
    with ExitStack() as stack:
        console = stage.reach(ruin, stack)
        both = {"collector": console.collector, "console": console.process.pid}
        if victim == "both":
            # At one moment: neither may still note, or make good, that the other went.
            os.kill(both["console"], signal.SIGSTOP)
        for name in both if victim == "both" else [victim]:
            kill(both[name])
            assert within(PATIENT, gone(both[name]))
    if victim == "console" and "hold-look1" in [gate.name for gate in ruin.gates.iterdir()]:
        assert within(PATIENT, gone(console.collector)), "nothing has begun: it waits for nothing"
    ruin.release()
    unsettled = _after(ruin, console, victim)
    records = ruin.records("arm")
    assert [record.kind for record in records] == expected, records
    assert unfinished(records) == ()
    assert len({record.body["plan"] for record in records}) <= 1
    if expected is UNKNOWN:
        [told] = unsettled
        check = "look at here on here: Change the state may have been done there"
        assert records[-1].body["check"] == check
        assert re.fullmatch(f"box.change was under way .* outcome unknown: {check}", told)
    else:
        assert unsettled == [], "what never began, or ended, is not claimed"
    if expected is WHOLE:
        assert records[-1].body["state"] == "verified"
        assert ruin.changed
    if "intent" not in expected:
        assert "call" not in ruin.came()
        assert not ruin.changed
    assert ruin.came().count("call") <= 1
