"""Logs of a pod, of one container, or of all pods of a workload, merged by time."""

import datetime
import json
import re
from collections.abc import Iterator

from opsconsole.domains.cloud.kubernetes.place import (
    KINDS,
    MOST,
    Json,
    Place,
    document,
    many,
    name_fits,
    place,
    spelled,
    text,
    told,
    whole,
    within,
)
from opsconsole.errors import Refused
from opsconsole.plan import Thing
from opsconsole.spec import Argument, Arguments, Facts, Form, Inquiry, Look
from opsconsole.spec.inquiry import Reading

PROBES = (
    "kubernetes.pod",
    "kubernetes.container",
    "kubernetes.deployment",
    "kubernetes.replica-set",
    "kubernetes.stateful-set",
    "kubernetes.daemon-set",
    "kubernetes.job",
)

_SPANS = {"5m": 300, "15m": 900, "1h": 3600, "6h": 21600, "24h": 86400, "all": 0}
_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT[0-9:.]{8,24}(?:Z|[+-]\d\d:\d\d) ")
_STATUS = b'{"kind":"Status"'
_STATUSES = (("initContainers", "initContainerStatuses"), ("containers", "containerStatuses"))


def _containers(pod: Json) -> Iterator[tuple[str, str, str, bool]]:
    """Namespace, pod and container, and whether it ran before."""
    meta, status = within(pod, "metadata"), within(pod, "status")
    for kind, states in _STATUSES:
        now = {text(one, "name"): one for one in many(status, states)}
        for one in many(pod, "spec", kind):
            name = text(one, "name")
            said = now.get(name, {})
            before = whole(said, "restartCount") > 0 or bool(within(said, "lastState"))
            yield text(meta, "namespace"), text(meta, "name"), name, before


def _read(thing: Thing, status: int, out: bytes) -> Facts:
    found = document(thing, status, out)
    if place(thing).kind.kind == "Pod":
        return {"_containers": json.dumps(list(_containers(found)))}
    selector = spelled(within(found, "spec", "selector"))
    if not selector:  # it would name all pods there are
        raise Refused(f"{thing.target}: {thing.name} names no pods of its own", "inapplicable")
    return {"_selector": selector}


def _pods(thing: Thing, facts: Facts) -> tuple[Look, ...]:
    if "_selector" not in facts:
        return ()
    at = Place(KINDS["Pod"], place(thing).namespace, "")
    path = at.path(labelSelector=facts["_selector"], limit=100)
    return (Look(lambda _thing: ("GET", path), _read_pods, most=MOST),)


def _read_pods(thing: Thing, status: int, out: bytes) -> Facts:
    pods = many(document(thing, status, out, "its pods"), "items")
    return {"_containers": json.dumps([one for pod in pods for one in _containers(pod)])}


def _calls(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Reading, ...]:
    pins = dict(thing.pins)
    only = pins["name"] if "pod" in pins else arguments["container"]
    before = arguments["previous"] == "yes"
    found = [
        (space, pod, name)
        for space, pod, name, ran in json.loads(facts["_containers"])
        if only in {"all", name} and (ran or not before)
    ]
    several = len({pod for _, pod, _ in found}) > 1
    return tuple(
        Reading(
            ("GET", _path(space, pod, name, arguments)),
            "" if len(found) == 1 else f"{pod} {name}" if several else name,
        )
        for space, pod, name in found
    )


def _path(space: str, pod: str, container: str, arguments: Arguments) -> str:
    query: dict[str, object] = {"container": container, "timestamps": "true"}
    query["tailLines"] = arguments["tail"]
    if span := _SPANS[arguments["since"]]:
        query["sinceSeconds"] = span
    query["previous" if arguments["previous"] == "yes" else "follow"] = "true"
    return Place(KINDS["Pod"], space, pod).path("log", **query)


def dated(line: bytes) -> tuple[float | None, bytes]:
    """Time and text of a line. Each line of a log has its time before it, so that one without is
    the server's own word: why there is no log.
    """
    found = _STAMP.match(line)
    if found is None:
        said = told(1, b"\n" + line) if line.startswith(_STATUS) else ""
        return None, said.encode() or line
    try:
        at = datetime.datetime.fromisoformat(found[0].strip().decode()).timestamp()
    except (ValueError, OverflowError):
        return None, line
    return at, line[found.end() :]


def _container(value: str) -> str:
    return "" if name_fits(value) else "the name of a container, or all"


LOGS = Inquiry(
    id="kubernetes.logs",
    title="Logs",
    letter="l",
    about="What its containers write, and go on writing; of several in the order of their times.",
    probes=PROBES,
    pins=("name", "namespace", "kind", "uid"),
    calls=_calls,
    look=Look(lambda thing: ("GET", place(thing).path()), _read, then=_pods, most=MOST),
    form=Form.LOG,
    head=1,
    dated=dated,
    arguments=(
        Argument("previous", "Of the run before", ("no", "yes"), "no"),
        Argument("since", "Since", tuple(_SPANS), "all"),
        Argument("tail", "Lines of each at most", ("100", "1000", "10000"), "1000"),
        Argument("container", "Container", default="all", check=_container),
    ),
    follows=True,
)
