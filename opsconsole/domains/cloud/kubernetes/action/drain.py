"""Drain a node: cordon it, then evict its pods one after the other, as their budgets allow."""

import json
from collections.abc import Sequence

from opsconsole.domains.cloud.kubernetes.action import node
from opsconsole.domains.cloud.kubernetes.action.call import SECONDS, again, dry, says
from opsconsole.domains.cloud.kubernetes.action.pod import OVER, eviction, is_static, local
from opsconsole.domains.cloud.kubernetes.place import (
    KINDS,
    MOST,
    Json,
    Place,
    controller,
    document,
    listed,
    many,
    named,
    need,
    place,
    text,
    told,
    within,
)
from opsconsole.errors import Refused
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import (
    Action,
    Argument,
    Arguments,
    Facts,
    Liftable,
    Look,
    Need,
    Rehearsal,
    Verify,
    Weight,
)

PODS = 500
"""Pods of one node that are looked at; a kubelet takes 110 unless it is told otherwise."""

_GONE = (404, 409)
"""Of an eviction: the pod is gone, or another one has its name by now."""


def _pods(thing: Thing, _facts: Facts) -> tuple[Look, ...]:
    path = Place(KINDS["Pod"], "", "").path(
        fieldSelector=f"spec.nodeName={place(thing, 'Node').name}", limit=PODS
    )
    return (Look(lambda _thing: ("GET", path), _read_pods, most=MOST),)


def _read_pods(thing: Thing, status: int, out: bytes) -> Facts:
    found = document(thing, status, out, "its pods")
    evicted: list[tuple[str, str, str]] = []
    named_: dict[str, list[str]] = {"daemon": [], "static": [], "bare": [], "local": []}
    left = 0
    for pod in many(found, "items"):
        what = _sort(pod)
        meta = within(pod, "metadata")
        space, name, uid = (text(meta, key) for key in ("namespace", "name", "uid"))
        for one in what & named_.keys():
            named_[one].append(f"{space}/{name}")
        if what & {"daemon", "static"}:
            continue
        left += 1
        if not meta.get("deletionTimestamp"):
            evicted.append((space, name, uid))
    return {
        "pods": str(left),
        "daemon set pods, which stay": str(len(named_["daemon"])),
        "static pods, which stay": str(len(named_["static"])),
        "without controller": listed(named_["bare"], 20),
        "with local data": listed(named_["local"], 20),
        "_evicted": json.dumps(evicted),
        "_more": "yes" if within(found, "metadata").get("continue") else "",
    }


def _sort(pod: Json) -> set[str]:
    """What there is to say of a pod before it is evicted."""
    if is_static(pod):
        return {"static"}
    owner = controller(pod)
    if owner.startswith("DaemonSet "):
        return {"daemon"}
    if text(within(pod, "status"), "phase") in OVER:
        return set()
    found = {"local": local(pod), "bare": not owner}
    return {word for word, holds in found.items() if holds}


def _bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["_more"]:
        return f"it has more than {PODS} pods"
    if not json.loads(facts["_evicted"]) and facts["cordoned"]:
        return "it is cordoned, and has no pods to evict"
    if facts["without controller"] and arguments.get("unowned") != "yes":
        names = facts["without controller"]
        return Liftable(f"nobody makes these again: {names}; unowned=yes accepts that")
    if facts["with local data"] and arguments.get("local") != "yes":
        names = facts["with local data"]
        return Liftable(f"these have data on it that is lost: {names}; local=yes accepts that")
    return ""


def _evictions(facts: Facts) -> list[Step]:
    return [
        Step(
            ("POST", Place(KINDS["Pod"], space, name).path("eviction"), eviction(space, name, uid)),
            SECONDS,
            root=False,
            fine=_GONE,
        )
        for space, name, uid in json.loads(facts["_evicted"])
    ]


def _steps(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    cordon = () if facts["cordoned"] else node.cordoning(True)(thing, facts, arguments)
    return (*cordon, *_evictions(facts))


def _calls(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[tuple[str, ...], ...]:
    return tuple(dry(step.argv) for step in _steps(thing, facts, arguments))


def _forecast(
    thing: Thing, facts: Facts, arguments: Arguments, answers: Sequence[tuple[int, bytes]]
) -> Sequence[str]:
    """Which evictions would be taken now, one by one: a budget may have room for one and not for
    the next.
    """
    steps = _steps(thing, facts, arguments)
    lines: list[str] = []
    for step, (status, out) in zip(steps, answers, strict=True):
        if step.argv[0] == "PATCH":
            if status:
                raise Refused(f"{thing.target}: the dry run says no: {told(status, out)}", "right")
            continue
        what = "/".join(step.argv[1].split("/")[4:7:2])
        if status in _GONE:
            lines.append(f"{what}: is gone already")
        elif status:
            lines.append(f"{what}: BLOCKED: {told(status, out)}")
    count = len(_evictions(facts))
    return [*lines, f"dry run: {count - len(lines)} of {count} pods would be evicted now"]


def _effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    count = len(json.loads(facts["_evicted"]))
    return (
        f"it takes no more pods, and {count} are evicted one after the other; the first that its"
        " disruption budget does not let go stops it"
    )


def _held(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and bool(now["cordoned"]) and now["pods"] == "0"


def _undo(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo | None:
    return None if facts["cordoned"] else Undo("kubernetes.uncordon", (again(thing),))


def _needs(thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Need, ...]:
    spaces = sorted({space for space, _, _ in json.loads(facts["_evicted"])})
    evict = [need("create", Place(KINDS["Pod"], space, ""), "eviction") for space in spaces[:20]]
    return (need("patch", place(thing, "Node")), *evict)


DRAIN = Action(
    id="kubernetes.drain",
    title="Drain",
    letter="e",
    about="Has a node take no more pods, and evicts those that are there, as their budgets allow.",
    probes=node.PROBES,
    pins=node.NODE_PINS,
    weight=Weight.NOTICED,
    look=Look(node.LOOK.argv, node.read, then=_pods),
    steps=_steps,
    effect=_effect,
    verify=Verify("no pod is left that could be evicted", _held, 600.0),
    timeout=600.0,
    expected_s=60.0,
    bars=_bars,
    undo=_undo,
    preview=Rehearsal(_calls, _forecast),
    needs=_needs,
    says=says,
    named=named,
    arguments=(
        Argument("local", "Also pods with local data", ("no", "yes"), "no"),
        Argument("unowned", "Also pods that nobody makes again", ("no", "yes"), "no"),
    ),
)
