"""Ports of pods: join one of ours to one of theirs for as long as a console is open, and end it."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from opsconsole.clean import clean
from opsconsole.domains.cloud.kubernetes.action.call import PINS, SECONDS, needing
from opsconsole.domains.cloud.kubernetes.forward import read_all
from opsconsole.domains.cloud.kubernetes.place import (
    KINDS,
    MOST,
    Json,
    Place,
    document,
    identity,
    many,
    named,
    need,
    parted,
    place,
    text,
    told,
    whole,
    within,
)
from opsconsole.errors import Gone
from opsconsole.model import Value
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import (
    Action,
    Argument,
    Arguments,
    Facts,
    Liftable,
    Look,
    Need,
    Verify,
    Weight,
)

RESIDENT = (
    "a port is forwarded for as long as a console is open; from a shell it is"
    " `opsconsole kubernetes forward`"
)
_PORTS = re.compile(r"(?:([0-9]{0,5}):)?([0-9]{1,5}|[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?)")
_FORM = "LOCAL:REMOTE, such as 8080:80, :80 for any free one here, or 80 for the same"


class Port(NamedTuple):
    """One that can be named, and which port of the pod that is; 0 where that is not known."""

    number: int
    name: str
    target: int


def _check(value: str) -> str:
    found = _PORTS.fullmatch(value)
    if not value or (found and all(int(one) < 65536 for one in found.groups()[:2] if _is(one))):
        return ""
    return _FORM


def _is(word: str | None) -> bool:
    return word is not None and word.isdigit()


def _declared(pod: Json) -> list[Port]:
    return [
        Port(number, text(port, "name"), number)
        for part in many(pod, "spec", "containers")
        for port in many(part, "ports")
        if (number := whole(port, "containerPort")) and text(port, "protocol") in ("", "TCP")
    ]


def resolved(facts: Facts, arguments: Arguments) -> tuple[int, int, str]:
    """Our port, that of the pod, and else why there is none."""
    local, remote, why = _named(facts, arguments)
    return local or int(facts["free"]), remote, why


def _named(facts: Facts, arguments: Arguments) -> tuple[int, int, str]:
    """The same with 0 for any port of ours."""
    said = arguments.get("ports", "")
    known = [Port(*one) for one in json.loads(facts["_ports"])]
    if not said:
        if not known or not known[0].target:
            return 0, 0, Liftable(f"it names no port that can be forwarded: say {_FORM}")
        return 0, known[0].target, ""
    found = _PORTS.fullmatch(said)
    local, remote = (found[1], found[2]) if found else (None, "")
    for one in known:
        if remote in (one.name, str(one.number)):
            if not one.target:
                return 0, 0, f"no container of its pod has the port that {remote!r} leads to"
            return int(local or 0) if local is not None else one.number, one.target, ""
    if not remote.isdigit() or not int(remote) or facts.get("pod"):
        there = ", ".join(f"{one.number} {one.name}".rstrip() for one in known) or "none"
        return 0, 0, f"it has no port {remote!r}; there are: {there}"
    return int(local or 0) if local is not None else int(remote), int(remote), ""


def _forwards(thing: Thing, status: int, out: bytes) -> Facts:
    del thing, status
    said = read_all(parted(out)[1])
    found = [one for one in said.forwards if one.state != "ended"]
    return {
        "free": str(said.free),
        "_numbers": json.dumps([one.number for one in found]),
        "_taken": json.dumps({str(one.local): f"{one.namespace}/{one.pod}" for one in found}),
    }


_KEPT = Look(lambda _thing: ("FORWARDS",), _forwards)


def _read_pod(thing: Thing, status: int, out: bytes) -> Facts:
    pod = document(thing, status, out)
    ports = _declared(pod)
    return {
        **identity(pod),
        "phase": text(within(pod, "status"), "phase"),
        "ports": ", ".join(f"{one.number} {one.name}".rstrip() for one in ports),
        "_ports": json.dumps(ports),
    }


def _read_service(thing: Thing, status: int, out: bytes) -> Facts:
    service = document(thing, status, out)
    spec = within(service, "spec")
    ports = [
        (whole(one, "port"), text(one, "name"), one.get("targetPort", one.get("port")))
        for one in many(spec, "ports")
        if text(one, "protocol") in ("", "TCP")
    ]
    selector = ",".join(f"{key}={value}" for key, value in within(spec, "selector").items())
    return {
        **identity(service),
        "ports": ", ".join(f"{one[0]} {one[1]}".rstrip() for one in ports),
        "selector": selector,
        "_wanted": json.dumps(ports),
    }


def _then(thing: Thing, facts: Facts) -> tuple[Look, ...]:
    """A pod of the service that takes requests, the first by name."""

    def chosen(one: Thing, status: int, out: bytes) -> Facts:
        found = many(document(one, status, out, "its pods"), "items")
        ready = sorted((pod for pod in found if _ready(pod)), key=_name)
        pod = ready[0] if ready else {}
        ports = _led(json.loads(facts["_wanted"]), _declared(pod))
        return {"pod": _name(pod), "phase": "Running" if pod else "", "_ports": json.dumps(ports)}

    if not facts["selector"]:
        none: Facts = {"pod": "", "phase": "", "_ports": "[]"}
        return (_KEPT, Look(lambda _thing: ("FORWARDS",), lambda _thing, _status, _out: none))
    path = _service(thing).beside("Pod", labelSelector=facts["selector"], limit=500)
    return (_KEPT, Look(lambda _thing: ("GET", path), chosen, most=MOST))


def _led(wanted: Sequence[tuple[int, str, object]], declared: Sequence[Port]) -> list[Port]:
    names = {one.name: one.number for one in declared if one.name}
    return [
        Port(number, name, to if isinstance(to, int) else names.get(str(to), 0))
        for number, name, to in wanted
    ]


def _name(pod: Json) -> str:
    return text(within(pod, "metadata"), "name")


def _ready(pod: Json) -> bool:
    status = within(pod, "status")
    good = any(
        text(one, "type") == "Ready" and text(one, "status") == "True"
        for one in many(status, "conditions")
    )
    return (
        good and text(status, "phase") == "Running" and "deletionTimestamp" not in pod["metadata"]
    )


def _service(thing: Thing) -> Place:
    return place(thing, "Service")


def _bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if "selector" in facts and not facts["pod"]:
        return "none of its pods takes requests" if facts["selector"] else "it chooses no pods"
    if facts["phase"] != "Running":
        return f"it does not run: {facts['phase'] or 'nobody says what it does'}"
    local, _, why = resolved(facts, arguments)
    taken = json.loads(facts["_taken"])
    if not why and local and str(local) in taken:
        return f"port {local} here is forwarded to {taken[str(local)]} already"
    return why


def _steps(_thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    local, remote, why = resolved(facts, arguments)
    if why:
        return ()
    pod = facts.get("pod") or facts["name"]
    service = [facts["name"]] if facts.get("pod") else []
    argv = ("FORWARD", facts["namespace"], pod, f"{local}:{remote}", *service)
    return (Step(argv, SECONDS, root=False),)


def _effect(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    local, remote, _ = resolved(facts, arguments)
    pod = facts.get("pod") or facts["name"]
    return (
        f"port {local} of 127.0.0.1, on the collector's machine, leads to port {remote} of {pod},"
        " until it is ended, the pod goes or the console is left"
    )


def _begun(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    had = set(json.loads(before["_numbers"]))
    return now is not None and bool(set(json.loads(now["_numbers"])) - had)


def _says(status: int, out: bytes) -> str:
    return told(status or 1, out)


def _creates(thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Need, ...]:
    at = Place(KINDS["Pod"], _service(thing).namespace, facts.get("pod", ""))
    return (need("create", at, "portforward"),)


def _ended(thing: Thing, facts: Facts, arguments: Arguments) -> Undo:
    found = _PORTS.fullmatch(arguments.get("ports", ""))
    local = (found[2] if found[1] is None else found[1]) if found else ""
    parts = [one.partition(" ") for one in facts["ports"].split(", ")]
    local = next((number for number, _, name in parts if local and name == local), local)
    local = local.lstrip("0") or facts["free"]
    one = Thing(thing.target, (("local", local),), clean(f"port {local}"))
    return Undo("kubernetes.end-forward", (one,))


def _runs(row: Mapping[str, Value]) -> bool:
    return row.get("phase") == "Running"


_ARGUMENTS = (Argument("ports", "LOCAL:REMOTE or none", check=_check),)
_LISTENS = Verify("a port of ours listens for it", _begun, 10.0)

FORWARD = Action(
    id="kubernetes.forward",
    title="Forward a port",
    letter="f",
    about="Joins a port of 127.0.0.1 here to one of a pod (its first if none is named).",
    probes=("kubernetes.pod",),
    pins=PINS,
    weight=Weight.REVERSIBLE,
    look=Look(
        lambda thing: ("GET", place(thing, "Pod").path()),
        _read_pod,
        then=lambda _thing, _facts: (_KEPT,),
    ),
    steps=_steps,
    effect=_effect,
    verify=_LISTENS,
    timeout=SECONDS,
    expected_s=1.0,
    fits=_runs,
    bars=_bars,
    needs=needing("create", "Pod", "portforward"),
    undo=_ended,
    says=_says,
    named=named,
    arguments=_ARGUMENTS,
    resident=RESIDENT,
)

FORWARD_SERVICE = Action(
    id="kubernetes.forward-service",
    title="Forward a port",
    letter="f",
    about="Joins a port of 127.0.0.1 here to one of a service, by one of its pods that is ready.",
    probes=("kubernetes.service",),
    pins=PINS,
    weight=Weight.REVERSIBLE,
    look=Look(lambda thing: ("GET", _service(thing).path()), _read_service, then=_then),
    steps=_steps,
    effect=_effect,
    verify=_LISTENS,
    timeout=SECONDS,
    expected_s=1.0,
    bars=_bars,
    needs=_creates,
    undo=_ended,
    says=_says,
    named=named,
    arguments=_ARGUMENTS,
    resident=RESIDENT,
)


def _read_forward(thing: Thing, status: int, out: bytes) -> Facts:
    """By its number, or by the port of ours where that is all that was known of it."""
    del status
    pins = dict(thing.pins)
    for one in read_all(parted(out)[1]).forwards:
        local = str(one.local) if one.state != "ended" else ""
        if one.number == pins.get("number") or ("number" not in pins and local == pins["local"]):
            return {
                "number": one.number,
                "namespace": one.namespace,
                "pod": one.pod,
                "ports": f"{one.local}:{one.remote}",
                "state": one.state,
                "open": str(one.open),
                "uid": one.uid,
            }
    raise Gone(f"{thing.target}: {thing.name}: there is no such forward any more")


def _dropped(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["state"] == "ended":
        return "it has ended already, and is listed no more"
    count = facts["open"]
    return f"nothing listens there any more; connections that are dropped: {count}"


def _again(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo | None:
    if facts["state"] == "ended":
        return None
    pins = (("name", facts["pod"]), ("namespace", facts["namespace"]), ("uid", facts["uid"]))
    pod = Thing(thing.target, pins, clean(f"{facts['namespace']}/{facts['pod']}", 300))
    return Undo(FORWARD.id, (pod,), {"ports": facts["ports"]})


END = Action(
    id="kubernetes.end-forward",
    title="End the forward",
    letter="e",
    about="Ends a forwarded port with its connections; one that has ended is listed no more.",
    probes=("kubernetes.forward",),
    pins=("number",),
    weight=Weight.REVERSIBLE,
    look=Look(lambda _thing: ("FORWARDS",), _read_forward),
    steps=lambda _thing, facts, _arguments: (
        Step(("UNFORWARD", facts["number"]), SECONDS, root=False),
    ),
    effect=_dropped,
    verify=Verify("it is listed no more", lambda _before, now, _arguments: now is None, 10.0),
    timeout=SECONDS,
    expected_s=1.0,
    undo=_again,
    says=_says,
    resident=RESIDENT,
)
