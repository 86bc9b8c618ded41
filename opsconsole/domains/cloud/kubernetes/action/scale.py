"""How many pods a workload has."""

import re

from opsconsole.domains.cloud.kubernetes.action.call import (
    KIND_PINS,
    SECONDS,
    again,
    needs_of,
    nothing_more,
    patched,
    rehearsed,
    says,
    set_to,
)
from opsconsole.domains.cloud.kubernetes.action.workload import (
    DEPLOYMENT,
    REPLICA_SET,
    SCALED,
    STATEFUL_SET,
    workload,
)
from opsconsole.domains.cloud.kubernetes.place import named
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Verify, Weight

MOST = 10_000
"""Pods of one workload; more is a slip of the finger."""

_AMOUNT = re.compile(r"[+-]?[0-9]{1,5}")


def _check(value: str) -> str:
    fits = _AMOUNT.fullmatch(value) is not None and abs(int(value)) <= MOST
    return "" if fits else f"how many, or how many more or fewer: 3, +1, -2; at most {MOST}"


def wanted(facts: Facts, arguments: Arguments) -> int:
    """How many there shall be."""
    said = arguments.get("replicas", "+1")
    return int(facts["replicas"]) + int(said) if said[0] in "+-" else int(said)


def _bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["autoscaler"]:
        return f"the autoscaler {facts['autoscaler']} decides: change its minimum and maximum"
    if facts["owner"]:
        return f"{facts['owner']} decides how many there are: scale that"
    count = wanted(facts, arguments)
    if not 0 <= count <= MOST:
        return f"that would be {count} pods"
    return f"it wants {count} already" if count == int(facts["replicas"]) else ""


def _steps(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    change = set_to("/spec/replicas", wanted(facts, arguments))
    return (patched(workload(thing), facts, change, sub="scale"),)


def _effect(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    had, count = int(facts["replicas"]), wanted(facts, arguments)
    if not count:
        return f"all of {had} pods end: nobody serves what it serves"
    what = f"{count - had} start" if count > had else f"{had - count} end"
    return f"it has {count} pods instead of {had}: {what}"


def _held(before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    if now is None:
        return False
    count = str(wanted(before, arguments))
    return now["replicas"] == count and now["pods"] == count and now["ready"] == count


def _undo(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo:
    return Undo("kubernetes.scale", (again(thing),), {"replicas": facts["replicas"]})


SCALE = Action(
    id="kubernetes.scale",
    title="Scale",
    letter="s",
    about="Has a workload have more or fewer pods.",
    probes=(DEPLOYMENT, STATEFUL_SET, REPLICA_SET),
    pins=KIND_PINS,
    weight=Weight.NOTICED,
    look=SCALED,
    steps=_steps,
    effect=_effect,
    verify=Verify("it has that many pods, all ready", _held, 300.0),
    timeout=SECONDS,
    expected_s=30.0,
    bars=_bars,
    undo=_undo,
    preview=rehearsed(_steps, nothing_more),
    needs=needs_of(workload, "patch", "scale"),
    says=says,
    named=named,
    arguments=(Argument("replicas", "How many: 3, +1, -2", default="+1", check=_check),),
)
