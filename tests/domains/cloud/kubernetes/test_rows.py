"""Rows of every kind but pods: from objects as an API server sends them."""

from typing import Any, cast  # JSON

import msgspec
import pytest

from opsconsole.clean import clean
from opsconsole.domains.cloud.kubernetes import (
    INTEGRATION,
    batch,
    bounds,
    cluster,
    event,
    kind,
    net,
    node,
    storage,
    use,
    workload,
)
from opsconsole.domains.cloud.kubernetes.pods import POD
from opsconsole.errors import Malformed
from opsconsole.model import Row, Value
from opsconsole.question import Part, joined
from opsconsole.spec import Probe
from opsconsole.turn import Phase, framed
from screens.shell.act.aim import called

META = {"name": "x", "namespace": "n", "uid": "u", "creationTimestamp": "1970-01-01T00:01:00Z"}


def row(probe: Probe[Any], **body: object) -> dict[str, object]:
    """The only row of an object; `metadata` is laid over the usual one."""
    meta = META | body.pop("metadata", {})  # type: ignore[operator]
    page = msgspec.json.encode({"items": [{"metadata": meta, **body}]})
    (found,) = probe.rows(probe.read(framed(Phase.FIRST, page)), None)
    return keyed(probe, found)


def keyed(probe: Probe[Any], found: Row) -> dict[str, object]:
    return {column.key: value for column, value in zip(probe.columns, found, strict=True)}


def held(told: dict[str, object], **wanted: object) -> None:
    assert {key: told[key] for key in wanted} == wanted


def aspect(kind: str, status: str, **more: str) -> dict[str, str]:
    return {"type": kind, "status": status, **more}


def test_every_probe_takes_an_object_without_anything_in_it() -> None:
    watched = {one.name for one in INTEGRATION.exchanges if one.watched}
    for probe in INTEGRATION.probes:
        if probe.exchange in watched and not probe.over:
            page = b'{"items":[{}],"rows":[{"cells":[],"object":{}}]}'
            kind = b"pods.v1.\n" if probe.exchange == "objects" else b""
            rows = probe.rows(probe.read(framed(Phase.FIRST, kind + page)), None)
            assert all(len(one) == len(probe.columns) for one in rows), probe.id


@pytest.mark.parametrize(
    ("ready", "cordoned", "word"),
    [
        ("True", False, "Ready"),
        ("True", True, "Ready,SchedulingDisabled"),
        ("False", False, "NotReady"),
        ("Unknown", True, "Unknown,SchedulingDisabled"),
    ],
)
def test_nodes(ready: str, cordoned: bool, word: str) -> None:
    conditions = [aspect("Ready", ready, message="why"), aspect("DiskPressure", "True")]
    told = row(
        node.NODE,
        metadata={"labels": {"node-role.kubernetes.io/control-plane": ""}},
        spec={"unschedulable": cordoned, "taints": [{"key": "a", "value": "b", "effect": "C"}]},
        status={"conditions": conditions, "allocatable": {"cpu": "15900m", "memory": "1Gi"}},
    )
    held(told, status=word, pressure="DiskPressure", pressures=1, roles="control-plane")
    held(told, cpu_cores=15.9, memory_bytes=2.0**30, taints="a=b:C", created=60.0)
    assert told["message"] == ("" if ready == "True" else "why")


DONE = {"observedGeneration": 3, "readyReplicas": 2, "updatedReplicas": 2, "availableReplicas": 2}


@pytest.mark.parametrize(
    ("spec", "status", "word", "missing"),
    [
        ({}, {}, "Complete", 0),
        ({"paused": True}, {}, "Paused", 0),
        ({}, {"observedGeneration": 2}, "Progressing", 0),
        ({}, {"updatedReplicas": 1}, "Progressing", 0),
        ({}, {"availableReplicas": 1}, "Unavailable", 1),
        ({}, {"conditions": [aspect("ReplicaFailure", "True")]}, "ReplicaFailure", 0),
        (
            {},
            {"conditions": [aspect("Progressing", "False", reason="ProgressDeadlineExceeded")]},
            "Stuck",
            0,
        ),
        ({"replicas": 0}, {"availableReplicas": 0, "updatedReplicas": 0}, "Complete", 0),
    ],
)
def test_deployments(
    spec: dict[str, object], status: dict[str, object], word: str, missing: int
) -> None:
    wanted = {"replicas": 2, **spec}
    meta = {"generation": 3, "annotations": {workload.REVISION: "7"}}
    told = row(workload.DEPLOYMENT, metadata=meta, spec=wanted, status={**DONE, **status})
    held(told, status=word, missing=missing, revision=7)


def test_a_stateful_set_that_counts_no_update_is_complete_when_its_revisions_agree() -> None:
    now = {"readyReplicas": 2, "availableReplicas": 2, "currentRevision": "a"}
    for coming, word in (("a", "Complete"), ("b", "Progressing")):
        told = row(
            workload.STATEFUL_SET, spec={"replicas": 2}, status={**now, "updateRevision": coming}
        )
        held(told, status=word, ready="2/2")


def test_daemon_sets_count_in_words_of_their_own() -> None:
    now = {"desiredNumberScheduled": 3, "numberReady": 2, "updatedNumberScheduled": 3}
    told = row(workload.DAEMON_SET, status={**now, "numberAvailable": 2})
    held(told, ready="2/3", status="Unavailable", missing=1)


def test_an_old_replica_set_is_complete() -> None:
    owners = [{"kind": "Deployment", "name": "web", "controller": True}]
    told = row(workload.REPLICA_SET, metadata={"ownerReferences": owners}, spec={"replicas": 0})
    held(told, status="Complete", owner_kind="Deployment", owner="web", updated=None)


@pytest.mark.parametrize(
    ("spec", "status", "word"),
    [
        ({}, {"active": 1}, "Running"),
        ({}, {"conditions": [aspect("Failed", "True", message="why")]}, "Failed"),
        ({}, {"conditions": [aspect("Complete", "True")], "succeeded": 1}, "Complete"),
        ({"suspend": True}, {}, "Suspended"),
        ({}, {}, "Waiting"),
    ],
)
def test_jobs(spec: dict[str, object], status: dict[str, object], word: str) -> None:
    held(row(batch.JOB, spec=spec, status=status), status=word)


def test_a_job_says_how_long_it_took() -> None:
    times = {"startTime": "1970-01-01T00:01:00Z", "completionTime": "1970-01-01T00:02:30Z"}
    held(row(batch.JOB, spec={"completions": 3}, status=times), took_s=90.0, done="0/3")


def test_cron_jobs() -> None:
    spec = {"schedule": "*/5 * * * *", "suspend": True, "timeZone": None}
    told = row(batch.CRON_JOB, spec=spec, status={"active": [{"name": "a"}]})
    held(told, status="Suspended", active=1, schedule="*/5 * * * *", zone="")


@pytest.mark.parametrize(
    ("spec", "status", "external"),
    [
        ({"type": "LoadBalancer"}, {}, "pending"),
        ({"type": "LoadBalancer"}, {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}, "1.2.3.4"),
        ({"type": "ExternalName", "externalName": "a.example"}, {}, "a.example"),
        ({"type": "ClusterIP", "externalIPs": ["5.6.7.8"]}, {}, "5.6.7.8"),
        ({"type": "ClusterIP"}, {}, ""),
    ],
)
def test_services(spec: dict[str, object], status: dict[str, object], external: str) -> None:
    ports = [{"port": 80, "nodePort": 30080}, {"port": 53, "protocol": "UDP"}]
    told = row(net.SERVICE, spec={**spec, "ports": ports}, status=status)
    held(told, external=external, ports="80:30080/TCP, 53/UDP")


def test_ingresses() -> None:
    web = {"service": {"name": "web", "port": {"number": 80}}}
    rules = [{"host": "a.example", "http": {"paths": [{"path": "/x", "backend": web}]}}, {}]
    spec = {"rules": rules, "tls": [{"secretName": "s"}], "defaultBackend": web}
    told = row(net.INGRESS, spec={**spec, "ingressClassName": None})
    held(told, hosts="a.example, *", tls="s", ways="a.example/x -> web:80, * -> web:80")


RESOURCE = {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 71}}}
PODS = {"type": "Pods", "pods": {"metric": {"name": "rps"}, "current": {"averageValue": "5"}}}


@pytest.mark.parametrize(
    ("conditions", "word"),
    [
        ([], "Active"),
        ([aspect("ScalingActive", "False", message="no metrics")], "Inactive"),
        ([aspect("AbleToScale", "False")], "Unable"),
        ([aspect("ScalingLimited", "True")], "Limited"),
    ],
)
def test_autoscalers(conditions: list[dict[str, str]], word: str) -> None:
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 4}
    now = {"currentReplicas": 3, "conditions": conditions}
    told = row(
        bounds.SCALER, spec=spec, status={**now, "currentMetrics": [RESOURCE, PODS, {"type": 7}]}
    )
    held(told, status=word, scales="Deployment/web", used_percent=75.0, low=1)
    assert str(told["metrics"]).startswith("cpu 71%, rps 5")


def test_disruption_budgets() -> None:
    now = {"disruptionsAllowed": 0, "currentHealthy": 1, "desiredHealthy": 2, "expectedPods": 3}
    told = row(bounds.BUDGET, spec={"minAvailable": "50%"}, status=now)
    held(told, least="50%", most="", allowed=0, missing=1)


def test_volume_claims() -> None:
    spec = {"resources": {"requests": {"storage": "10Gi"}}, "storageClassName": None}
    told = row(storage.CLAIM, spec=spec, status={"phase": "Pending"})
    held(told, status="Pending", request_bytes=10 * 2.0**30, capacity_bytes=None)
    gone = row(storage.CLAIM, metadata={"deletionTimestamp": "1970-01-01T00:00:00Z"})
    held(gone, status="Terminating")


@pytest.mark.parametrize(
    ("body", "last", "count", "reporter"),
    [
        ({"lastTimestamp": "1970-01-01T00:05:00Z", "count": 4}, 300.0, 4, ""),
        ({"eventTime": "1970-01-01T00:04:00Z", "firstTimestamp": None}, 240.0, 1, ""),
        ({"series": {"count": 9, "lastObservedTime": "1970-01-01T00:06:00Z"}}, 360.0, 9, ""),
        ({"count": None, "source": {"component": "kubelet"}}, 60.0, 1, "kubelet"),
    ],
)
def test_events(body: dict[str, object], last: float, count: int, reporter: str) -> None:
    told = row(event.EVENT, **body, type="Warning", message="\x1b[31mno")
    held(told, last=last, count=count, reporter=reporter)
    assert "\x1b" not in str(told["message"])


def pod_row(**said: object) -> Row:
    usual = {"namespace": "n", "status": "Running", "phase": "Running", "restarts": 0, "node": "a"}
    found = {**usual, "unready": 0, "cpu_request_cores": 0.5, **said}
    return cast("Row", tuple(found.get(column.key) for column in POD.columns))


PODS_THERE = [
    pod_row(),
    pod_row(namespace="m", status="CrashLoopBackOff", restarts=4, unready=1),
    pod_row(status="CrashLoopBackOff"),
    pod_row(status="Pending", phase="Pending", node=""),
    pod_row(status="Evicted", phase="Failed", cpu_request_cores=9.0),
    pod_row(status="Completed", phase="Succeeded", unready=1, cpu_request_cores=9.0),
]


def test_pods_in_numbers() -> None:
    told = keyed(cluster.PODS, cluster.pods_rows(PODS_THERE, None)[0])
    held(told, pods=6, pods_running=3, pods_pending=1, pods_failed=1, pods_bad=4, restarts=4)
    held(told, cpu_asked_cores=2.0, pods_worst="CrashLoopBackOff 2, Pending 1, Evicted 1")
    assert cluster.pods_rows([], None)[0][0] == 0


def test_pods_by_namespace_and_node() -> None:
    spaces = {one[0]: one[1] for one in cluster.namespace_load_rows(PODS_THERE, None)}
    assert spaces == {"n": 5, "m": 1}
    nodes = {one[0]: one[1] for one in cluster.node_load_rows(PODS_THERE, None)}
    assert nodes == {"a": 5, "": 1}


def test_trouble_is_what_is_not_well_or_was_restarted_and_nothing_that_is_done() -> None:
    rows = cluster.trouble_rows([*PODS_THERE, pod_row(restarts=1)], None)
    words = [keyed(cluster.TROUBLE, one)["status"] for one in rows]
    assert words == ["CrashLoopBackOff", "CrashLoopBackOff", "Pending", "Evicted", "Running"]


def test_nodes_in_numbers() -> None:
    columns = [column.key for column in node.NODE.columns]
    rows: list[Row] = []
    for word, off in (("Ready", False), ("Ready,SchedulingDisabled", True), ("NotReady", False)):
        found: dict[str, Value] = {"status": clean(word), "cordoned": off, "cpu_cores": 2.0}
        rows.append(tuple(found.get(key) for key in columns))
    told = keyed(cluster.NODES, cluster.nodes_rows(rows, None)[0])
    held(told, nodes=3, nodes_ready=2, nodes_unready=1, nodes_cordoned=1, cpu_cores=6.0)


def test_the_cluster_and_what_fails_in_it() -> None:
    checks = b"[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n"
    parts = (Part(200, b'{"gitVersion":"v1.36.2"}'), Part(500, checks))
    told = keyed(
        cluster.CLUSTER, cluster.cluster_rows(cluster.read_cluster(joined(parts)), None)[0]
    )
    held(told, version="1.36.2", api="not ready", failed_checks="etcd")
    with pytest.raises(Malformed):
        cluster.read_cluster(joined((Part(200, b"<html>"), Part(200, b""))))


def test_use() -> None:
    item = {"metadata": META, "containers": [{"usage": {"cpu": "250m"}}, {"usage": {"cpu": "1"}}]}
    told = use.pod_rows(
        use.read(joined((Part(200, msgspec.json.encode({"items": [item]})),))), None
    )
    assert told[0][:4] == ("n", "x", 1.25, None)
    with pytest.raises(Malformed, match="no metrics"):
        use.read(joined((Part(200, b"404 page not found"),)))


def test_kinds() -> None:
    one = {"resource": "certs", "responseKind": {"kind": "Cert"}, "scope": "Namespaced"}
    versions = [
        {"version": version, "freshness": "Stale", "resources": [{**one, "verbs": verbs}]}
        for version, verbs in (("v2", ["list", "watch"]), ("v1", ["list"]))
    ]
    group = {"metadata": {"name": "acme.example"}, "versions": versions}
    answer = Part(200, msgspec.json.encode({"kind": "APIGroupDiscoveryList", "items": [group]}))
    (found,) = kind.rows(kind.read(joined((answer, answer))), None)
    held(
        keyed(kind.KIND, found), resource="certs", version="v2", namespaced=True, freshness="stale"
    )
    with pytest.raises(Malformed, match="group by group"):
        kind.read(joined((Part(200, b'{"kind":"APIVersions"}'),) * 2))


def test_what_one_types_to_confirm_is_the_object_and_not_its_namespace() -> None:
    for probe in INTEGRATION.probes:
        if "namespace" in probe.key:
            assert probe.named == probe.key[-len(probe.named) :], probe.id
            assert "name" in probe.named
    row = dict.fromkeys((column.key for column in POD.columns), None)
    assert (
        called(POD, {**row, "namespace": clean("shop"), "name": clean("web-1")}, "c")
        == "shop/web-1"
    )
