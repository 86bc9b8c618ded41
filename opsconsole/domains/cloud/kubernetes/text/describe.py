"""An object as a page to read: what it is, how it stands, what it has, what happened to it."""

from collections.abc import Iterator, Sequence

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes.emit import emitted
from opsconsole.domains.cloud.kubernetes.place import (
    KINDS,
    MOST,
    Json,
    Place,
    document,
    listed,
    many,
    place,
    spelled,
    text,
    within,
)
from opsconsole.domains.cloud.kubernetes.text import event, pod
from opsconsole.domains.cloud.kubernetes.text.definition import APPLIED, tidied
from opsconsole.domains.cloud.kubernetes.text.kinds import (
    NAMED,
    PINS,
    Answers,
    age,
    aligned,
    answered,
    now,
)
from opsconsole.domains.cloud.kubernetes.values import moment
from opsconsole.plan import Thing
from opsconsole.spec import Arguments, Facts, Inquiry, Look
from opsconsole.spec.inquiry import Reading

PODS = 200
"""Pods of an object that are listed."""

LINE = 4000

_KEEPERS = frozenset({"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"})


def _read(thing: Thing, status: int, out: bytes) -> Facts:
    found = document(thing, status, out)
    kind = place(thing).kind.kind
    selector = within(found, "spec", "selector")
    return {"_selector": spelled(selector) if kind in _KEEPERS and selector else ""}


def _calls(thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Reading, ...]:
    at, query = place(thing), dict[str, object]()
    if facts["_selector"]:
        query["labelSelector"] = facts["_selector"]
    if at.kind.kind == "Node":
        query["fieldSelector"] = f"spec.nodeName={at.name}"
    calls = [at.path(), event.path(thing)]
    calls += [Place(KINDS["Pod"], at.namespace, "").path(limit=PODS, **query)] if query else []
    return tuple(Reading(("GET", path)) for path in calls)


def _page(thing: Thing, answers: Answers) -> Sequence[Clean]:
    """What cannot be read beside the object itself is a line, and no end of the page."""
    found, at = answered(thing, answers[0]), now(answers[0])
    kind = place(thing).kind.kind or text(found, "kind")
    lines = [*_head(found, kind, at), *_body(found, kind, at), *_conditions(found, at)]
    if len(answers) > 2:
        lines += _pods(thing, answers[2], at)
    lines += ["", "Events:", *_events(thing, answers[1], at)]
    return [clean(line, LINE) for line in lines]


def _events(thing: Thing, answer: tuple[int, bytes], at: float | None) -> list[str]:
    if answer[0]:
        return [f"  cannot be read: status {answer[0]}"]
    return [f"  {line}" for line in event.rows(answered(thing, answer, "events"), at)]


def _pods(thing: Thing, answer: tuple[int, bytes], at: float | None) -> list[str]:
    if answer[0]:
        return ["", f"Pods: cannot be read: status {answer[0]}"]
    found = answered(thing, answer, "its pods")
    more = bool(within(found, "metadata").get("continue"))
    return list(pod.table(many(found, "items"), at, more))


def _head(found: Json, kind: str, at: float | None) -> Iterator[str]:
    meta = within(found, "metadata")
    created = text(meta, "creationTimestamp")
    pairs = [
        ("Name", text(meta, "name")),
        ("Namespace", text(meta, "namespace")),
        ("Kind", kind),
        ("UID", text(meta, "uid")),
        ("Created", f"{created}, {age(at, moment(created))} ago"),
        ("Deleted", text(meta, "deletionTimestamp")),
        ("Owner", listed([f"{text(one, 'kind')} {text(one, 'name')}"
                          for one in many(meta, "ownerReferences")], 10)),
        ("Finalizers", ", ".join(map(str, meta.get("finalizers") or ()))),
    ]  # fmt: skip
    yield from (f"{name + ':':<13}{value}" for name, value in pairs if value)
    yield from _map("Labels", within(meta, "labels"))
    marks = {key: one for key, one in within(meta, "annotations").items() if key != APPLIED}
    yield from _map("Annotations", marks)


def _map(title: str, found: Json) -> Iterator[str]:
    for at, (key, value) in enumerate(found.items()):
        head = f"{title}:" if not at else ""
        yield f"{head:<13}{clean(key, 253)}={clean(' '.join(str(value).split()), 200)}"


def _body(found: Json, kind: str, at: float | None) -> Iterator[str]:
    spec, status = within(found, "spec"), within(found, "status")
    if kind == "Pod":
        yield from _pod(spec, status, at)
    elif kind == "Node":
        yield from _node(spec, status)
    elif kind in _KEEPERS:
        yield from _keeper(spec, status)
    else:
        yield from _plain(found)


def _pod(spec: Json, status: Json, at: float | None) -> Iterator[str]:
    pairs = [
        ("Node", f"{text(spec, 'nodeName') or 'none yet'} {text(status, 'hostIP')}".rstrip()),
        ("Phase", text(status, "phase")),
        ("Reason", " ".join(filter(None, (text(status, "reason"), text(status, "message"))))),
        ("IP", text(status, "podIP")),
        ("QoS", text(status, "qosClass")),
        ("Account", text(spec, "serviceAccountName")),
        ("Priority", text(spec, "priorityClassName")),
        ("Selector", pod.pairs(within(spec, "nodeSelector"))),
        ("Grace", f"{text(spec, 'terminationGracePeriodSeconds') or '30'} s"),
    ]
    yield from (f"{name + ':':<13}{value}" for name, value in pairs if value)
    yield from pod.containers(spec, status, at)
    yield from pod.volumes(spec)
    tolerations = many(spec, "tolerations")
    if tolerations:
        yield from ("", "Tolerations:")
        yield from (f"  {pod.pairs(one)}" for one in tolerations)


def _keeper(spec: Json, status: Json) -> Iterator[str]:
    counts = {key: value for key, value in status.items() if isinstance(value, int)}
    wanted = ("replicas", "paused", "parallelism", "completions", "backoffLimit", "suspend")
    pairs = [
        ("Wanted", pod.pairs({key: spec[key] for key in wanted if key in spec})),
        ("Counts", pod.pairs(counts)),
        ("Selector", spelled(within(spec, "selector"))),
        ("Strategy", pod.pairs(within(spec, "strategy") or within(spec, "updateStrategy"))),
    ]
    yield from (f"{name + ':':<13}{value}" for name, value in pairs if value)
    inside = within(spec, "template", "spec")
    yield from ("", "Template:")
    yield from (f"  {line}" if line else "" for line in pod.containers(inside, {}, None))
    yield from (f"  {line}" if line else "" for line in pod.volumes(inside))


def _node(spec: Json, status: Json) -> Iterator[str]:
    addresses = [f"{text(one, 'type')} {text(one, 'address')}" for one in many(status, "addresses")]
    taints = [pod.pairs(one) for one in many(spec, "taints")]
    pairs = [
        ("Cordoned", text(spec, "unschedulable")),
        ("Addresses", listed(addresses, 10)),
        ("Capacity", pod.pairs(within(status, "capacity"))),
        ("Allocatable", pod.pairs(within(status, "allocatable"))),
        ("Provider", text(spec, "providerID")),
    ]
    yield from (f"{name + ':':<13}{value}" for name, value in pairs if value)
    yield from (f"{'Taint:':<13}{one}" for one in taints)
    yield from _map("System", within(status, "nodeInfo"))


def _plain(found: Json) -> Iterator[str]:
    """Kinds without a form of their own: all there is, as YAML."""
    known = {"apiVersion", "kind", "metadata"}
    rest = {key: value for key, value in tidied(found).items() if key not in known}
    status = {k: v for k, v in within(rest, "status").items() if k != "conditions"}
    rest |= {"status": status} if "status" in rest else {}
    yield ""
    yield from emitted({key: value for key, value in rest.items() if value})


def _conditions(found: Json, at: float | None) -> Iterator[str]:
    conditions = many(found, "status", "conditions")
    if not conditions:
        return
    yield from ("", "Conditions:")
    rows = [["  TYPE", "STATUS", "SINCE", "REASON", "MESSAGE"]]
    for one in conditions:
        since = age(at, moment(text(one, "lastTransitionTime")))
        message = " ".join(text(one, "message").split())
        told = [f"  {text(one, 'type')}", text(one, "status"), since, text(one, "reason"), message]
        rows.append(told)
    yield from aligned(rows, 60)


DESCRIBE = Inquiry(
    id="kubernetes.describe",
    title="Description",
    letter="d",
    about="What it is, how it stands, its containers or pods, and what happened to it lately.",
    probes=NAMED,
    pins=PINS,
    calls=_calls,
    look=Look(lambda thing: ("GET", place(thing).path()), _read, most=MOST),
    page=_page,
)
