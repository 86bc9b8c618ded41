"""Pods: delete one, or have it evicted where its disruption budget allows that."""

from opsconsole.domains.cloud.kubernetes.action.call import (
    PINS,
    SECONDS,
    deleted,
    needing,
    nothing_more,
    rehearsed,
    says,
)
from opsconsole.domains.cloud.kubernetes.place import (
    Json,
    controller,
    document,
    encoded,
    identity,
    many,
    named,
    place,
    text,
    within,
)
from opsconsole.plan import Step, Thing
from opsconsole.spec import (
    Action,
    Argument,
    Arguments,
    Facts,
    Liftable,
    Look,
    Verify,
    Weight,
)

OVER = frozenset({"Succeeded", "Failed"})
_MIRROR = "kubernetes.io/config.mirror"
_LONGEST = 3600


def is_static(pod: Json) -> bool:
    """Whether a file on its node keeps it: what the API shows is a mirror of it."""
    return _MIRROR in within(pod, "metadata", "annotations")


def local(pod: Json) -> bool:
    """Whether it has data that goes with it."""
    return any("emptyDir" in one for one in many(pod, "spec", "volumes"))


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of a pod."""
    pod = document(thing, status, out)
    meta, spec = within(pod, "metadata"), within(pod, "spec")
    return {
        **identity(pod),
        "phase": text(within(pod, "status"), "phase"),
        "node": text(spec, "nodeName"),
        "owner": controller(pod),
        "static": "yes" if is_static(pod) else "",
        "local data": "yes" if local(pod) else "",
        "grace": text(spec, "terminationGracePeriodSeconds"),
        "deleted": text(meta, "deletionTimestamp"),
        "finalizers": ", ".join(map(str, meta.get("finalizers") or ()))[:200],
    }


LOOK = Look(lambda thing: ("GET", place(thing, "Pod").path()), read)


def _grace(value: str) -> str:
    if not value or (value.isdecimal() and len(value) <= 4 and int(value) <= _LONGEST):
        return ""
    return f"whole seconds, 0 to {_LONGEST}; empty is what the pod asks for"


def _lost(facts: Facts, arguments: Arguments) -> str:
    """Nobody makes it again, and it has not ended."""
    if facts["owner"] or facts["phase"] in OVER or arguments.get("unowned") == "yes":
        return ""
    return Liftable("no controller owns it: nobody makes it again; unowned=yes accepts that")


def _delete_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    force = arguments.get("force") == "yes"
    if facts["static"]:
        return f"a file on {facts['node']} keeps it: its kubelet makes it again"
    if facts["deleted"] and not force:
        return Liftable("it is being deleted already; force=yes removes it without its node's word")
    if arguments.get("grace") == "0" and not force:
        return "a grace period of 0 needs force=yes"
    return _lost(facts, arguments)


def _evict_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["static"]:
        return f"a file on {facts['node']} keeps it: its kubelet makes it again"
    return "it is being deleted already" if facts["deleted"] else _lost(facts, arguments)


def _delete(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    grace = "0" if arguments.get("force") == "yes" else arguments.get("grace", "")
    more = {"gracePeriodSeconds": int(grace)} if grace else {}
    return (deleted(place(thing, "Pod"), facts, **more),)


def eviction(namespace: str, name: str, uid: str) -> str:
    """The body that asks for one pod to go."""
    meta = {"name": name, "namespace": namespace}
    options = {"preconditions": {"uid": uid}}
    head = {"apiVersion": "policy/v1", "kind": "Eviction"}
    return encoded({**head, "metadata": meta, "deleteOptions": options})


def _evict(thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    at = place(thing, "Pod")
    body = eviction(at.namespace, at.name, facts["uid"])
    return (Step(("POST", at.path("eviction"), body), SECONDS, root=False),)


def _effect(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    next_ = f"{facts['owner']} makes another one" if facts["owner"] else "nobody makes another one"
    if arguments.get("force") == "yes":
        return f"it is forgotten at once, though its node may still run it; {next_}"
    grace = arguments.get("grace") or facts["grace"] or "30"
    return f"its containers are told to end, and killed after {grace} s; {next_}"


def _gone(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is None or now["uid"] != before["uid"]


_UNOWNED = Argument("unowned", "Also one that nobody makes again", ("no", "yes"), "no")

DELETE = Action(
    id="kubernetes.delete-pod",
    title="Delete the pod",
    letter="d",
    about="Has a pod end, whatever its disruption budget says; its controller makes another one.",
    probes=("kubernetes.pod",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_delete,
    effect=_effect,
    verify=Verify("it is gone, or another one has its name", _gone, 300.0),
    timeout=SECONDS,
    expected_s=30.0,
    bars=_delete_bars,
    preview=rehearsed(_delete, nothing_more),
    needs=needing("delete", "Pod"),
    says=says,
    named=named,
    arguments=(
        Argument("grace", "Seconds to end in; empty is the pod's own", check=_grace),
        Argument("force", "Without waiting for its node", ("no", "yes"), "no"),
        _UNOWNED,
    ),
)

EVICT = Action(
    id="kubernetes.evict",
    title="Evict the pod",
    letter="e",
    about="Has a pod end where its disruption budget allows it; its controller makes another one.",
    probes=("kubernetes.pod",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_evict,
    effect=_effect,
    verify=Verify("it is gone, or another one has its name", _gone, 300.0),
    timeout=SECONDS,
    expected_s=30.0,
    bars=_evict_bars,
    preview=rehearsed(_evict, nothing_more),
    needs=needing("create", "Pod", "eviction"),
    says=says,
    named=named,
    arguments=(_UNOWNED,),
)
