"""What can be done to a job: cancel it, hold it, let it go, move it to another queue."""

import re
from collections.abc import Callable

from opsconsole import ipp
from opsconsole.domains.desktop.cups.asking import HOLDABLE, JOB, MOVABLE, call, job_id, queues_of
from opsconsole.domains.desktop.cups.doing import (
    JOBS,
    SECONDS,
    SETTLED_S,
    at,
    back,
    cannot,
    me,
    says,
)
from opsconsole.domains.desktop.cups.wire import HERE, PRINTER, uri
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Verify, Weight


def _on_job(operation: str) -> Callable[[Thing, Facts, Arguments], tuple[Step, ...]]:
    def steps(thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
        path = facts["path"] or PRINTER
        given = (uri(path), job_id(thing), ("name", "requesting-user-name", me()))
        return (Step(call(at(path, JOBS), operation, *given), SECONDS, root=False),)

    return steps


def _called(facts: Facts) -> str:
    return f"{facts['name'] or 'the document'} of {facts['user'] or 'somebody'}"


CANCEL = Action(
    id="cups.cancel-job",
    title="Cancel this job",
    letter="c",
    about="Throws away one job; its owner has to print it again.",
    probes=("cups.job",),
    pins=("id",),
    weight=Weight.NOTICED,
    look=JOB,
    steps=_on_job("Cancel-Job"),
    effect=lambda _thing, facts, _arguments: f"{_called(facts)} is not printed",
    verify=Verify("it is over", lambda _before, now, _arguments: now is None, SETTLED_S),
    timeout=SECONDS,
    expected_s=2.0,
    passing=True,
    says=says,
)


def _held(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["state"] == "held":
        return "it is held already"
    return cannot("Hold-Job")(_thing, facts, arguments)


def _free(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["state"] != "held":
        return f"it is not held: {facts['state']}"
    return cannot("Release-Job")(_thing, facts, arguments)


HOLD = Action(
    id="cups.hold-job",
    title="Hold this job",
    letter="h",
    about="Keeps one job from being printed until it is released; one that prints starts anew.",
    probes=("cups.job",),
    pins=("id",),
    weight=Weight.REVERSIBLE,
    look=HOLDABLE,
    steps=_on_job("Hold-Job"),
    effect=lambda _thing, facts, _arguments: f"{_called(facts)} waits until it is released",
    verify=Verify(
        "it is held",
        lambda _before, now, _arguments: now is not None and now["state"] == "held",
        SETTLED_S,
    ),
    timeout=SECONDS,
    expected_s=2.0,
    fits=lambda row: row.get("status") not in {"held", None},
    bars=_held,
    undo=back("cups.release-job"),
    passing=True,
    says=says,
)

RELEASE = Action(
    id="cups.release-job",
    title="Release this job",
    letter="r",
    about="Lets one job that is held be printed.",
    probes=("cups.job",),
    pins=("id",),
    weight=Weight.REVERSIBLE,
    look=HOLDABLE,
    steps=_on_job("Release-Job"),
    effect=lambda _thing, facts, _arguments: f"{_called(facts)} is printed in its turn",
    verify=Verify(
        "it is not held any more, or printed",
        lambda _before, now, _arguments: now is None or now["state"] != "held",
        SETTLED_S,
    ),
    timeout=SECONDS,
    expected_s=2.0,
    fits=lambda row: row.get("status") in {"held", None},
    bars=_free,
    undo=back("cups.hold-job"),
    passing=True,
    says=says,
)


def _moves(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    to = arguments.get("to", "")
    if not to:
        return ""
    if to not in queues_of(facts):
        return f"no queue {to!r} there: {', '.join(list(queues_of(facts))[:20])}"
    return "it is there already" if to == facts["queue"] else ""


def _move(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    # A menu asks for the call before anybody has said whereto.
    there = ("uri", "job-printer-uri", f"{HERE}{queues_of(facts).get(arguments['to'], '/')}")
    given = (uri(facts["path"]), job_id(thing), ("name", "requesting-user-name", me()))
    return (Step(call(JOBS, "CUPS-Move-Job", *given, ipp.IN_JOB, there), SECONDS, root=False),)


def _moved_back(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo | None:
    return Undo("cups.move-job", (thing,), {"to": facts["queue"]})


def _is_name(text: str) -> str:
    fine = re.fullmatch(r"[^\s/#=]{0,127}", text)
    return "" if fine else "the name of a queue has no blank, / and #"


MOVE = Action(
    id="cups.move-job",
    title="Move this job",
    letter="m",
    about="Prints one job on another queue of the same server.",
    probes=("cups.job",),
    pins=("id",),
    weight=Weight.REVERSIBLE,
    look=MOVABLE,
    steps=_move,
    effect=lambda _thing, facts, arguments: (
        f"{facts['name'] or 'the document'} leaves {facts['queue']} and waits for {arguments['to']}"
    ),
    verify=Verify(
        "it is in the other queue, or printed",
        lambda _before, now, arguments: now is None or now["queue"] == arguments["to"],
        SETTLED_S,
    ),
    timeout=SECONDS,
    expected_s=2.0,
    bars=_moves,
    undo=_moved_back,
    arguments=(Argument("to", "queue that it goes to", check=_is_name, required=True),),
    says=says,
)

ACTIONS = (CANCEL, HOLD, RELEASE, MOVE)
