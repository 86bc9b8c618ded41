"""Whole clusters in a moment: nodes, namespaces, workloads and pods that look like real ones."""

import itertools
import random
from collections.abc import Iterator

import msgspec

from tests.servers.kubernetes import objects
from tests.servers.kubernetes.controllers.common import digest
from tests.servers.kubernetes.controllers.kubelet import pod_address
from tests.servers.kubernetes.kinds import Kind
from tests.servers.kubernetes.moments import stamp
from tests.servers.kubernetes.refusal import Json
from tests.servers.kubernetes.samples import troubled, workload
from tests.servers.kubernetes.samples.node import node
from tests.servers.kubernetes.samples.others import cluster_wide, others
from tests.servers.kubernetes.selectors import fields_of
from tests.servers.kubernetes.store import Entry, Store, new_uid

_NOW = 1_790_000_000
"""Of the oldest objects; the rest is younger by a fixed step."""


class Wanted(msgspec.Struct):
    """What a populated cluster holds."""

    pods: int = 100
    nodes: int = 5
    namespaces: int = 3
    replicas: int = 10
    """Pods of one deployment."""
    troubles: float = 0.02
    """Which part of the pods does not run well."""
    managed: bool = True
    """Whether pods carry managedFields, half of their bytes."""
    events: int = 0
    others: bool = False
    """Whether each namespace also has one object of each other kind."""
    seed: int = 1


def fill(store: Store, wanted: Wanted) -> Json:
    """Hold all of it, without events; how many of each kind."""
    kinds = store.kinds
    chance = random.Random(wanted.seed)
    nodes = [f"node-{at:03}" for at in range(wanted.nodes)]
    spaces = [f"team-{at:03}" for at in range(wanted.namespaces)]
    made: Json = {}
    made["nodes"] = store.bulk(
        _entry(store, kinds.named("nodes"), "", node(name, at), status=True)
        for at, name in enumerate(nodes)
    )
    made["namespaces"] = store.bulk(
        _entry(store, kinds.named("namespaces"), "", {"metadata": {"name": name}})
        for name in spaces
    )
    count = -(-wanted.pods // wanted.replicas)
    groups = [
        (spaces[at * len(spaces) // count], f"app-{at:04}", min(
            wanted.replicas, wanted.pods - at * wanted.replicas))
        for at in range(count)
    ]  # fmt: skip
    ready = itertools.count()
    made["deployments"] = made["replicasets"] = made["pods"] = 0
    for space, name, size in groups:
        states = ["" if chance.random() >= wanted.troubles else chance.choice(troubled.NAMES)
                  for _ in range(size)]  # fmt: skip
        kept = size - states.count("Evicted")  # what was evicted was replaced
        deployment, owner = _owners(store, space, name, kept, states)
        made["deployments"] += store.bulk([deployment])
        made["replicasets"] += store.bulk([owner])
        pods = _pods(store, owner, states, nodes, wanted.managed, ready)
        made["pods"] += store.bulk(pods)
    made["events"] = store.bulk(_events(store, wanted.events))
    if wanted.others:
        made["others"] = store.bulk(_others(store, spaces))
    return made


def _entry(store: Store, kind: Kind, space: str, body: Json, status: bool = False) -> Entry:
    obj = objects.prepared(kind, space, body)
    if status:
        obj["status"] = body["status"]
    obj["metadata"]["creationTimestamp"] = stamp(_NOW)
    store.rv += 1
    return store.made(kind, obj, store.rv)


def _owners(
    store: Store, space: str, name: str, size: int, states: list[str]
) -> tuple[Entry, Entry]:
    """A Deployment and its ReplicaSet, with the status they would have."""
    well = states.count("") + states.count("Restarted")
    body = workload.deployment(name, size)
    deployment = _entry(store, store.kinds.named("deployments"), space, body)
    obj = deployment.obj
    mark = digest(obj["spec"]["template"])
    obj["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "1"}
    obj["status"] = workload.status(size, well, f"{name}-{mark}")
    deployment = store.made(deployment.kind, obj, deployment.rv)
    kind = store.kinds.named("replicasets")
    told = _entry(store, kind, space, workload.replicas(obj, mark))
    owner = told.obj
    counts = {"replicas": size, "fullyLabeledReplicas": size, "readyReplicas": well,
              "availableReplicas": well, "observedGeneration": 1}  # fmt: skip
    owner["status"] = {key: value for key, value in counts.items() if value}
    return deployment, store.made(kind, owner, told.rv)


def _pods(
    store: Store, owner: Entry, states: list[str], nodes: list[str], managed: bool,
    number: "itertools.count[int]",
) -> Iterator[Entry]:  # fmt: skip
    """From one encoded pod for each state, by replacing what differs."""
    kind = store.kinds.named("pods")
    templates: dict[str, tuple[Entry, Json]] = {}
    for state in states:
        at = next(number)
        if state not in templates:
            body = workload.pod(owner.obj, managed)
            obj = troubled.made(objects.prepared(kind, owner.place[0], body), body, state)
            obj["metadata"] |= {"uid": _UID, "creationTimestamp": stamp(_NOW)}
            entry = store.made(kind, obj, 0)
            templates[state] = entry, fields_of(kind, obj)
        entry, fields = templates[state]
        place = nodes[at % len(nodes)] if nodes and state != "Unschedulable" else ""
        yield _copy(store, entry, fields, f"{owner.place[1]}-{objects.suffix()}", place)


_UID = "11111111-2222-4333-8444-555555555555"


def _copy(store: Store, entry: Entry, fields: Json, name: str, node: str) -> Entry:
    store.rv += 1
    uid = new_uid()
    address = pod_address(uid) if fields["status.podIP"] else ""
    body = (
        entry.body.replace(workload.NAME, name.encode())
        .replace(_UID.encode(), uid.encode())
        .replace(workload.NODE, node.encode())
        .replace(workload.ADDRESS, address.encode())
        .replace(b'"resourceVersion":"0"', b'"resourceVersion":"%d"' % store.rv, 1)
    )
    known = {**fields, "metadata.name": name, "spec.nodeName": node, "status.podIP": address}
    return Entry(entry.kind, (entry.place[0], name), uid, store.rv, body, entry.labels, known,
                 entry.owners)  # fmt: skip


def _events(store: Store, count: int) -> Iterator[Entry]:
    pods = store.entries(store.kinds.named("pods"))
    kind = store.kinds.named("events")
    for at in range(count):
        space, name = pods[at * 7919 % len(pods)].place
        yield _entry(store, kind, space, workload.event(space, name, at, stamp(_NOW + at)))


def _others(store: Store, spaces: list[str]) -> Iterator[Entry]:
    for body in cluster_wide():
        kind = store.kinds.named(body["kind"])
        yield _entry(store, kind, "", body, status="status" in body)
    for space in spaces:
        for body in others():
            kind = store.kinds.named(body["kind"])
            yield _entry(store, kind, space, body, status="status" in body)
