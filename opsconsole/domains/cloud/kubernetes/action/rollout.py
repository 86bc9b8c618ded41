"""Rollouts: replace all pods in order, or hold a deployment's rollout and let it go on."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from opsconsole.domains.cloud.kubernetes.action.call import (
    KIND_PINS,
    PINS,
    SECONDS,
    Steps,
    always,
    barred_if,
    barred_unless,
    needs_of,
    nothing_more,
    patched,
    rehearsed,
    says,
    set_to,
    undoing,
)
from opsconsole.domains.cloud.kubernetes.action.workload import DEPLOYMENT, ROLLED, read, workload
from opsconsole.domains.cloud.kubernetes.place import MOST, Place, encoded, named, place
from opsconsole.domains.cloud.kubernetes.workload import RESTARTED
from opsconsole.errors import Unsupported
from opsconsole.model import Value
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight


def _restart(thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    """A merge: the annotations it is put among need not be there yet."""
    if not facts["_now"]:
        raise Unsupported(f"{thing.target}: its answers have no date, so no restart can be dated")
    marks = {"annotations": {RESTARTED: facts["_now"]}}
    change = {"metadata": {"uid": facts["uid"]}, "spec": {"template": {"metadata": marks}}}
    argv = ("PATCH", workload(thing).path(), encoded(change), "merge")
    return (Step(argv, SECONDS, root=False),)


def _restart_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["paused"]:
        return "its rollout is paused: `kubernetes.resume-rollout` first"
    if facts["strategy"] == "OnDelete":
        return "its pods are replaced only when somebody deletes them (OnDelete): delete them"
    if facts["restarted"] and facts["restarted"] == facts["_now"]:
        return "it was restarted in this very second"
    return f"{facts['owner']} keeps it: restart that" if facts["owner"] else ""


def _restarted(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return (
        now is not None
        and now["restarted"] not in {"", before["restarted"]}
        and bool(now["rolled out"])
    )


def _replaces(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    how = "all end, then others start" if facts["strategy"] == "Recreate" else "a few at a time"
    return f"all its {facts['pods']} pods are replaced: {how}"


RESTART = Action(
    id="kubernetes.restart-rollout",
    title="Restart the rollout",
    letter="r",
    about="Has all pods of a workload replaced in order, as `kubectl rollout restart` does.",
    probes=ROLLED,
    pins=KIND_PINS,
    weight=Weight.NOTICED,
    look=Look(lambda thing: ("GET", workload(thing).path()), read, most=MOST),
    steps=_restart,
    effect=_replaces,
    verify=Verify("all pods are of the new template and available", _restarted, 600.0),
    timeout=SECONDS,
    expected_s=60.0,
    bars=_restart_bars,
    preview=rehearsed(_restart, nothing_more),
    needs=needs_of(workload, "patch"),
    says=says,
    named=named,
)


def _deployment(thing: Thing) -> Place:
    return place(thing, "Deployment")


def _paused(value: bool) -> Steps:
    def steps(thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
        return (patched(_deployment(thing), facts, set_to("/spec/paused", value)),)

    return steps


def _is(value: bool) -> Callable[[Facts, Facts | None, Arguments], bool]:
    def held(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
        return now is not None and bool(now["paused"]) is value

    return held


def _runs(row: Mapping[str, Value]) -> bool:
    return row.get("paused") is not True


def _waits(row: Mapping[str, Value]) -> bool:
    return row.get("paused") is not False


PAUSE = Action(
    id="kubernetes.pause-rollout",
    title="Pause the rollout",
    letter="h",
    about="Holds a deployment's rollout: pods of both templates serve until it goes on.",
    probes=(DEPLOYMENT,),
    pins=PINS,
    weight=Weight.REVERSIBLE,
    look=Look(lambda thing: ("GET", _deployment(thing).path()), read, most=MOST),
    steps=_paused(True),
    effect=always("no pod is replaced until it is resumed"),
    verify=Verify("it is paused", _is(True), 30.0),
    timeout=SECONDS,
    expected_s=2.0,
    fits=_runs,
    bars=barred_if("paused", "it is paused already"),
    undo=undoing("kubernetes.resume-rollout"),
    preview=rehearsed(_paused(True), nothing_more),
    needs=needs_of(_deployment, "patch"),
    says=says,
    named=named,
)

RESUME = replace(
    PAUSE,
    id="kubernetes.resume-rollout",
    title="Resume the rollout",
    letter="c",
    about="Lets a deployment's rollout go on.",
    steps=_paused(False),
    effect=always("pods that are not of its template are replaced"),
    verify=Verify("it is not paused", _is(False), 30.0),
    fits=_waits,
    bars=barred_unless("paused", "it is not paused"),
    undo=undoing("kubernetes.pause-rollout"),
    preview=rehearsed(_paused(False), nothing_more),
)
