"""Cron jobs and jobs: start one now, hold and let go, take one away."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from opsconsole.domains.cloud.kubernetes.action.call import (
    PINS,
    SECONDS,
    Steps,
    barred_if,
    barred_unless,
    deleted,
    needing,
    nothing_more,
    patched,
    rehearsed,
    says,
    set_to,
    undoing,
)
from opsconsole.domains.cloud.kubernetes.action.workload import moment
from opsconsole.domains.cloud.kubernetes.place import (
    MOST,
    Json,
    Place,
    document,
    encoded,
    identity,
    listed,
    many,
    named,
    need,
    place,
    text,
    whole,
    within,
)
from opsconsole.errors import Unsupported
from opsconsole.model import Value
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Arguments, Facts, Look, Need, Verify, Weight

CRON_JOB, JOB = "kubernetes.cron-job", "kubernetes.job"
_STEM = 40
"""Characters of a cron job's name in that of its job: a name that is a label has at most 63."""


def _cron(thing: Thing) -> Place:
    return place(thing, "CronJob")


def _read_cron(thing: Thing, status: int, out: bytes) -> Facts:
    found = document(thing, status, out)
    spec = within(found, "spec")
    return {
        **identity(found),
        "schedule": text(spec, "schedule"),
        "suspended": text(spec, "suspend"),
        "policy": text(spec, "concurrencyPolicy"),
        "active": listed([text(one, "name") for one in many(found, "status", "active")]),
        "_template": json.dumps(within(spec, "jobTemplate")),
        "_now": moment(out),
    }


CRON_LOOK = Look(lambda thing: ("GET", _cron(thing).path()), _read_cron, most=MOST)


def _jobs(thing: Thing, facts: Facts) -> tuple[Look, ...]:
    def made(one: Thing, status: int, out: bytes) -> Facts:
        found = document(one, status, out, "its jobs")
        begun = [
            text(within(job, "metadata"), "name")
            for job in many(found, "items")
            if any(
                text(own, "uid") == facts["uid"] for own in many(job, "metadata", "ownerReferences")
            )
            and _begun(job)
        ]
        return {"_begun": json.dumps(sorted(begun))}

    path = _cron(thing).beside("Job")
    return (Look(lambda _thing: ("GET", path), made, most=MOST),)


def _begun(job: Json) -> bool:
    """Whether its pods are at work, or one is through."""
    status = within(job, "status")
    return whole(status, "active") + whole(status, "succeeded") > 0


def _trigger(thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    at, now = _cron(thing), facts["_now"]
    if not now:
        raise Unsupported(f"{thing.target}: its answers have no date to name a job after")
    template: Json = json.loads(facts["_template"])
    meta = within(template, "metadata")
    stamp = "".join(letter for letter in now if letter.isdigit())[2:]
    marks = {**within(meta, "annotations"), "cronjob.kubernetes.io/instantiate": "manual"}
    owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": at.name, "uid": facts["uid"]}
    body = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": f"{at.name[:_STEM].rstrip('-.')}-manual-{stamp}",
            "namespace": at.namespace,
            "annotations": marks,
            "labels": within(meta, "labels"),
            "ownerReferences": [{**owner, "controller": True}],
        },
        "spec": within(template, "spec"),
    }
    return (Step(("POST", at.beside("Job"), encoded(body)), SECONDS, root=False),)


def _trigger_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["active"] and facts["policy"] == "Forbid":
        return f"it runs one at a time, and {facts['active']} is at work"
    return "" if within(json.loads(facts["_template"]), "spec") else "it has no template of a job"


def _triggered(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    had = set(json.loads(before["_begun"]))
    return now is not None and bool(set(json.loads(now["_begun"])) - had)


def _create(thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Need, ...]:
    at = _cron(thing)
    return (need("create", Place(place(thing, "Job").kind, at.namespace, "")),)


TRIGGER = Action(
    id="kubernetes.trigger-cron-job",
    title="Start a job of it now",
    letter="t",
    about="Makes a job from a cron job's template, beside its schedule.",
    probes=(CRON_JOB,),
    pins=PINS,
    weight=Weight.NOTICED,
    look=Look(CRON_LOOK.argv, _read_cron, then=_jobs, most=MOST),
    steps=_trigger,
    effect=lambda _thing, facts, _arguments: (
        f"what it does at {facts['schedule']} is done now; its schedule goes on as before"
    ),
    verify=Verify("a new job of it is at work or through", _triggered, 120.0),
    timeout=SECONDS,
    expected_s=5.0,
    bars=_trigger_bars,
    preview=rehearsed(_trigger, nothing_more),
    needs=_create,
    says=says,
    named=named,
)


def _suspending(value: bool) -> Steps:
    def steps(thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
        return (patched(_cron(thing), facts, set_to("/spec/suspend", value)),)

    return steps


def _is(value: bool) -> Callable[[Facts, Facts | None, Arguments], bool]:
    def held(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
        return now is not None and bool(now["suspended"]) is value

    return held


def _runs(row: Mapping[str, Value]) -> bool:
    return row.get("status") != "Suspended"


def _waits(row: Mapping[str, Value]) -> bool:
    return row.get("status") != "Active"


SUSPEND = Action(
    id="kubernetes.suspend-cron-job",
    title="Suspend the cron job",
    letter="h",
    about="Has a cron job start no more jobs; those at work go on.",
    probes=(CRON_JOB,),
    pins=PINS,
    weight=Weight.REVERSIBLE,
    look=CRON_LOOK,
    steps=_suspending(True),
    effect=lambda _thing, facts, _arguments: f"nothing starts at {facts['schedule']} any more",
    verify=Verify("it is suspended", _is(True), 30.0),
    timeout=SECONDS,
    expected_s=2.0,
    fits=_runs,
    bars=barred_if("suspended", "it is suspended already"),
    undo=undoing("kubernetes.resume-cron-job"),
    preview=rehearsed(_suspending(True), nothing_more),
    needs=needing("patch", "CronJob"),
    says=says,
    named=named,
)


def _starts_again(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return f"jobs start at {facts['schedule']} again; one that was missed lately may start at once"


RESUME = replace(
    SUSPEND,
    id="kubernetes.resume-cron-job",
    title="Resume the cron job",
    letter="c",
    about="Has a cron job start jobs again, at its times.",
    steps=_suspending(False),
    effect=_starts_again,
    verify=Verify("it is not suspended", _is(False), 30.0),
    fits=_waits,
    bars=barred_unless("suspended", "it is not suspended"),
    undo=undoing("kubernetes.suspend-cron-job"),
    preview=rehearsed(_suspending(False), nothing_more),
)


def _read_job(thing: Thing, status: int, out: bytes) -> Facts:
    found = document(thing, status, out)
    now = within(found, "status")
    return {
        **identity(found),
        **{key: str(whole(now, key)) for key in ("active", "succeeded", "failed")},
        "deleted": text(within(found, "metadata"), "deletionTimestamp"),
    }


def _remove(thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return (deleted(place(thing, "Job"), facts, propagationPolicy="Background"),)


def _gone(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is None or now["uid"] != before["uid"]


DELETE = Action(
    id="kubernetes.delete-job",
    title="Delete the job",
    letter="D",
    about="Takes a job away with its pods and their logs; what is at work is ended.",
    probes=(JOB,),
    pins=PINS,
    weight=Weight.LOSING,
    look=Look(lambda thing: ("GET", place(thing, "Job").path()), _read_job),
    steps=_remove,
    effect=lambda _thing, facts, _arguments: (
        f"{facts['active']} pods at work are ended; the logs of all its pods are gone"
    ),
    verify=Verify("it is gone", _gone, 120.0),
    timeout=SECONDS,
    expected_s=5.0,
    bars=barred_if("deleted", "it is being deleted already"),
    preview=rehearsed(_remove, nothing_more),
    needs=needing("delete", "Job"),
    says=says,
    named=named,
)
