"""A pod is read as `kubectl get pods` reads it, and with what that leaves out."""

from typing import Any  # JSON

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.domains.cloud.kubernetes.pod import READ, Pod, closely, summary
from opsconsole.domains.cloud.kubernetes.pods import (
    CONTAINER,
    POD,
    container_rows,
    pod_row,
    share,
    with_use,
)
from opsconsole.model import Row
from opsconsole.spec import Probe
from opsconsole.turn import Phase, Turn, framed

RUNS = {"running": {"startedAt": "2026-11-01T10:00:00Z"}}
LATER = "2026-11-02T10:00:00Z"


def status(name: str = "app", state: object = None, **more: object) -> dict[str, object]:
    return {"name": name, "state": RUNS if state is None else state, "ready": state is None, **more}


def waiting(reason: str, message: str = "") -> dict[str, object]:
    return {"waiting": {"reason": reason, "message": message}}


def ended(code: int, reason: str = "", signal: int = 0) -> dict[str, object]:
    found: dict[str, object] = {"exitCode": code, "finishedAt": LATER, "signal": signal}
    return {"terminated": found | ({"reason": reason} if reason else {})}


def pod(
    *containers: dict[str, object],
    phase: str = "Running",
    inits: tuple[dict[str, object], ...] = (),
    meta: Any = None,
    spec: Any = None,
    **more: Any,
) -> Pod:
    wanted = {
        "containers": [{"name": each["name"]} for each in containers or (status(),)],
        "initContainers": [{"name": each["name"]} for each in inits],
    }
    wanted |= spec or {}
    now = {"phase": phase, "containerStatuses": containers, "initContainerStatuses": inits, **more}
    body: dict[str, Any] = {
        "metadata": {"name": "p", "namespace": "n", **(meta or {})},
        "spec": wanted,
        "status": now,
    }
    return msgspec.json.decode(msgspec.json.encode(body), type=Pod)


def condition(kind: str, said: str, **more: str) -> dict[str, Any]:
    return {"conditions": [{"type": kind, "status": said, **more}]}


CRASHES = status(state=waiting("CrashLoopBackOff", "back-off 5m0s"), lastState=ended(1, "Error"))
SIDECAR = {"initContainers": [{"name": "mesh", "restartPolicy": "Always"}]}


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (pod(status()), "Running"),
        (pod(status(), phase="Pending"), "Pending"),
        (pod(status(state={}), phase=""), "Unknown"),
        (pod(CRASHES), "CrashLoopBackOff"),
        (pod(status("a"), status("b", waiting("ErrImagePull"))), "ErrImagePull"),
        (pod(status(state=ended(137, "OOMKilled"))), "OOMKilled"),
        (pod(status(state=ended(2))), "ExitCode:2"),
        (pod(status(state=ended(0, signal=9))), "Signal:9"),
        (pod(status(state=ended(0, "Completed")), phase="Succeeded"), "Completed"),
        (pod(status("a", ended(0, "Completed")), status("b")), "Running"),
        (
            pod(status("a", ended(0, "Completed")), status("b"), **condition("Ready", "False")),
            "NotReady",
        ),
        (pod(status(), **condition("Ready", "False", message="probe")), "NotReady"),
        (pod(phase="Failed", reason="Evicted"), "Evicted"),
        (
            pod(phase="Pending", **condition("PodScheduled", "False", reason="Unschedulable")),
            "Unschedulable",
        ),
        (pod(status(), meta={"deletionTimestamp": LATER}), "Terminating"),
        (pod(phase="Succeeded", meta={"deletionTimestamp": LATER}), "Succeeded"),
        (pod(reason="NodeLost", meta={"deletionTimestamp": LATER}), "Unknown"),
        (pod(phase="Pending", inits=(status("i", ended(0)), status("j"))), "Init:1/2"),
        (pod(phase="Pending", inits=(status("i", waiting("PodInitializing")),)), "Init:0/1"),
        (pod(inits=(status("i", waiting("CrashLoopBackOff")),)), "Init:CrashLoopBackOff"),
        (pod(inits=(status("i", ended(3, "Error")),)), "Init:Error"),
        (pod(inits=(status("i", ended(3)),)), "Init:ExitCode:3"),
        (pod(status(), inits=(status("mesh", started=True),), spec=SIDECAR), "Running"),
    ],
)
def test_status(found: Pod, word: str) -> None:
    assert summary(found).word == word
    assert summary(found) == closely(found)


STATES = st.sampled_from(
    [None, {}, waiting("CrashLoopBackOff"), ended(0, "Completed"), ended(1, "Error"), ended(0)]
)


def told(state: object, ready: bool, restarts: int, last: object) -> dict[str, object]:
    return status("app", state) | {"ready": ready, "restartCount": restarts, "lastState": last}


CONTAINERS = st.builds(
    told,
    STATES,
    st.booleans(),
    st.integers(0, 3),
    st.sampled_from([{}, {}, {}, ended(137, "OOMKilled")]),
)
ASPECTS = st.sampled_from(
    [
        {},
        condition("Ready", "True"),
        condition("Ready", "False"),
        condition("PodScheduled", "False"),
    ]
)


@given(
    containers=st.lists(CONTAINERS, min_size=1, max_size=3),
    inits=st.lists(CONTAINERS, max_size=2),
    phase=st.sampled_from(["Running", "Running", "Pending", "Succeeded", ""]),
    aspect=ASPECTS,
    reason=st.sampled_from(["", "", "Evicted"]),
    meta=st.sampled_from([{}, {}, {"deletionTimestamp": LATER}]),
    sidecar=st.booleans(),
)
def test_a_glance_sees_what_a_close_look_sees(
    containers: list[dict[str, object]],
    inits: list[dict[str, object]],
    phase: str,
    aspect: dict[str, object],
    reason: str,
    meta: dict[str, str],
    sidecar: bool,
) -> None:
    spec = {"initContainers": [{"name": "app", "restartPolicy": "Always"}]} if sidecar else None
    said = {"meta": meta, "spec": spec, "reason": reason, **aspect}
    found = pod(*containers, phase=phase, inits=tuple(inits), **said)
    assert summary(found) == closely(found)


def test_what_is_told_besides() -> None:
    found = summary(pod(CRASHES, status("b", restartCount=4)))
    assert (found.why, found.ready, found.of, found.restarts) == ("back-off 5m0s", 1, 2, 4)
    assert (found.restarted, found.last) == (LATER, "Error 1")
    side = summary(pod(status(), inits=(status("mesh", started=True),), spec=SIDECAR))
    assert (side.ready, side.of) == (2, 2), "a sidecar counts, as kubectl counts it"


@pytest.mark.parametrize(
    ("kind", "name", "labels", "told"),
    [
        ("ReplicaSet", "web-7d9c", {"pod-template-hash": "7d9c"}, ("Deployment", "web")),
        ("ReplicaSet", "web-7d9c", {}, ("ReplicaSet", "web-7d9c")),
        ("Job", "backup-1", {}, ("Job", "backup-1")),
    ],
)
def test_owner(kind: str, name: str, labels: dict[str, str], told: tuple[str, str]) -> None:
    owners = [{"kind": "Other", "name": "x"}, {"kind": kind, "name": name, "controller": True}]
    row = values(POD, pod_row(pod(meta={"ownerReferences": owners, "labels": labels})))
    assert (row["owner_kind"], row["owner"]) == told
    row = values(POD, pod_row(pod()))
    assert (row["owner_kind"], row["owner"]) == ("", "")


def values(probe: Probe[Any], row: Row) -> dict[str, object]:
    return {column.key: value for column, value in zip(probe.columns, row, strict=True)}


BIG = {"requests": {"cpu": "250m", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "2Gi"}}


def test_requests_add_up_and_one_without_a_limit_has_none() -> None:
    two = pod(
        spec={"containers": [{"name": "a", "resources": BIG}, {"name": "b", "resources": BIG}]}
    )
    row = values(POD, pod_row(two))
    assert (row["cpu_request_cores"], row["cpu_limit_cores"]) == (0.5, 2.0)
    assert row["memory_limit_bytes"] == 4 * 2**30
    one = pod(spec={"containers": [{"name": "a", "resources": BIG}, {"name": "b"}]})
    row = values(POD, pod_row(one))
    assert (row["cpu_request_cores"], row["memory_limit_bytes"]) == (0.25, None)


def test_use_stands_beside_and_is_taken_away_again() -> None:
    row = pod_row(pod(spec={"containers": [{"name": "a", "resources": BIG}]}))
    used = with_use(row, ("n", "p", 0.5, 2**30, 1.0))  # type: ignore[arg-type]
    said = values(POD, used)
    assert (said["cpu_cores"], said["cpu_of_limit_percent"]) == (0.5, 50.0)
    assert said["memory_of_limit_percent"] == 50.0
    assert with_use(used, None) == row
    assert with_use(row, None) is row
    assert share(1.0, None) is share(None, 1.0) is share(1.0, 0.0) is None


def test_containers() -> None:
    one = pod(CRASHES, status("b"), inits=(status("mesh", started=True),), spec=SIDECAR)
    rows = [values(CONTAINER, row) for row in container_rows(Turn(Phase.EVENTS, (one,)), None)]
    assert [(row["name"], row["role"], row["status"]) for row in rows] == [
        ("mesh", "sidecar", "Running"),
        ("app", "", "CrashLoopBackOff"),
        ("b", "", "Running"),
    ]
    assert (rows[1]["last_exit"], rows[1]["last_code"]) == ("Error", 1)


@pytest.mark.parametrize(
    "absurd",
    [
        '{"metadata":{"name":"p","namespace":"n"}}',
        '{"metadata":{"name":"\\u001b[31mx","namespace":"n","creationTimestamp":"yesterday"}}',
        '{"metadata":{"name":"p"},"spec":{"containers":null},"status":{"containerStatuses":null}}',
        '{"metadata":{"name":"p","labels":[1],"ownerReferences":{"a":2}},"spec":{"containers":'
        '[{"name":"a","resources":"many"}]},"status":{"conditions":7}}',
        '{"metadata":{"name":"p"},"spec":{"containers":[{"name":"a","resources":{"limits":'
        '{"cpu":"1e999","memory":"many"}}}]}}',
    ],
)
def test_absurd_pods_are_rows_too(absurd: str) -> None:
    turn = READ(framed(Phase.PAGE, b'{"items":[%s]}' % absurd.encode()))
    (row,) = [pod_row(one) for one in turn.put]
    assert len(row) == len(POD.columns)
    assert all("\x1b" not in value for value in row if isinstance(value, str))
