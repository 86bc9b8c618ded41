"""What can be done to a queue: hold it up and let it go, refuse and take jobs, empty it."""

from collections.abc import Callable

from opsconsole import ipp
from opsconsole.clean import clean
from opsconsole.domains.desktop.cups.asking import QUEUE, call, pin, said
from opsconsole.domains.desktop.cups.doing import (
    ADMIN,
    SECONDS,
    SETTLED_S,
    at,
    back,
    cannot,
    me,
    says,
    waiting,
)
from opsconsole.domains.desktop.cups.wire import HERE, JOB_KEYS, SERVER, uri, wanted
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Arguments, Facts, Verify, Weight
from opsconsole.spelling import counted


def _on_queue(operation: str) -> Callable[[Thing, Facts, Arguments], tuple[Step, ...]]:
    def steps(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
        path = facts["path"]
        given = (uri(path), ("name", "requesting-user-name", me()))
        return (Step(call(at(path, ADMIN), operation, *given), SECONDS, root=False),)

    return steps


def _held_up(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and (now["state"] == "stopped" or "paused" in now["reasons"])


def _let_go(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and now["state"] != "stopped" and "paused" not in now["reasons"]


def _accepts(wanted: str) -> Callable[[Facts, Facts | None, Arguments], bool]:
    return lambda _before, now, _arguments: now is not None and now["accepting"] == wanted


PAUSE = Action(
    id="cups.pause-queue",
    title="Hold up this queue",
    letter="s",
    about="Prints no further job of this queue; new ones are still taken, and wait.",
    probes=("cups.queue",),
    pins=("queue",),
    weight=Weight.NOTICED,
    look=QUEUE,
    steps=_on_queue("Pause-Printer"),
    effect=lambda _thing, facts, _arguments: f"what waits until it is let go: {waiting(facts)}",
    verify=Verify("it is stopped, or stops after its job", _held_up, SETTLED_S),
    timeout=SECONDS,
    expected_s=2.0,
    fits=lambda row: row.get("status") != "stopped",
    bars=cannot("Pause-Printer"),
    undo=back("cups.resume-queue"),
    says=says,
)

RESUME = Action(
    id="cups.resume-queue",
    title="Let this queue go",
    letter="g",
    about="Prints on: jobs that wait begin at once.",
    probes=("cups.queue",),
    pins=("queue",),
    weight=Weight.REVERSIBLE,
    look=QUEUE,
    steps=_on_queue("Resume-Printer"),
    effect=lambda _thing, facts, _arguments: f"what waits is printed: {waiting(facts)}",
    verify=Verify("it is not stopped any more", _let_go, SETTLED_S),
    timeout=SECONDS,
    expected_s=2.0,
    fits=lambda row: row.get("status") in {"stopped", None},
    bars=cannot("Resume-Printer"),
    undo=back("cups.pause-queue"),
    says=says,
)

REJECT = Action(
    id="cups.reject-jobs",
    title="Take no more jobs",
    letter="t",
    about="Refuses new jobs of this queue; those that are there are printed.",
    probes=("cups.queue",),
    pins=("queue",),
    weight=Weight.NOTICED,
    look=QUEUE,
    steps=_on_queue("CUPS-Reject-Jobs"),
    effect=lambda _thing, _facts, _arguments: "who prints there is told that it takes nothing",
    verify=Verify("it accepts no jobs", _accepts("no"), SETTLED_S),
    timeout=SECONDS,
    expected_s=2.0,
    fits=lambda row: row.get("accepts") != "no",
    bars=cannot("CUPS-Reject-Jobs"),
    undo=back("cups.accept-jobs"),
    says=says,
)

ACCEPT = Action(
    id="cups.accept-jobs",
    title="Take jobs again",
    letter="a",
    about="Takes new jobs of this queue again.",
    probes=("cups.queue",),
    pins=("queue",),
    weight=Weight.REVERSIBLE,
    look=QUEUE,
    steps=_on_queue("CUPS-Accept-Jobs"),
    effect=lambda _thing, _facts, _arguments: "who prints there is served again",
    verify=Verify("it accepts jobs", _accepts("yes"), SETTLED_S),
    timeout=SECONDS,
    expected_s=2.0,
    fits=lambda row: row.get("accepts") != "yes",
    bars=cannot("CUPS-Accept-Jobs"),
    undo=back("cups.reject-jobs"),
    says=says,
)


def _listed(thing: Thing, _arguments: Arguments) -> tuple[str, ...]:
    # A queue is asked by its own path where it has one; a class of the same name cannot exist.
    return call(
        SERVER, "Get-Jobs", ("uri", "printer-uri", f"{HERE}/printers/{pin(thing, 'queue')}"),
        ("integer", "limit", "500"), *wanted(*JOB_KEYS),
    )  # fmt: skip


def _told(thing: Thing, _arguments: Arguments, status: int, out: bytes) -> list[str]:
    answer = said(thing, status, out)
    if not answer.fine:
        return [f"jobs: {clean(answer.message, 120)}"]
    lines = [
        f"{one.number('job-id')} {clean(one.text('job-originating-user-name'), 40)}"
        f" {clean(one.text('job-name'), 80)}, {one.number('job-k-octets') or 0} KiB"
        for one in answer.of(ipp.JOB)
    ]
    return [f"{counted(len(lines), 'job')} lost:", *lines] if lines else ["no job is there"]


PURGE = Action(
    id="cups.purge-queue",
    title="Empty this queue",
    letter="P",
    about="Throws away all jobs of this queue, the one that prints as well.",
    probes=("cups.queue",),
    pins=("queue",),
    weight=Weight.LOSING,
    look=QUEUE,
    steps=_on_queue("Purge-Jobs"),
    effect=lambda _thing, facts, _arguments: f"{waiting(facts)} lost for good",
    verify=Verify(
        "no job is left",
        lambda _before, now, _arguments: now is not None and now["jobs"] == "0",
        SETTLED_S,
    ),
    timeout=SECONDS,
    expected_s=2.0,
    fits=lambda row: row.get("jobs") != 0,
    bars=cannot("Purge-Jobs"),
    preview=_listed,
    told=_told,
    says=says,
)


ACTIONS = (PAUSE, RESUME, REJECT, ACCEPT, PURGE)
