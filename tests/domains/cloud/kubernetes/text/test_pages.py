"""Definitions, descriptions, events, values and tables: what they show, and what they keep back."""

import base64
import itertools
from pathlib import Path

import pytest
import yaml

from opsconsole.clean import Clean
from opsconsole.domains.cloud.kubernetes.emit import emitted
from opsconsole.domains.cloud.kubernetes.text.definition import APPLIED
from opsconsole.domains.cloud.kubernetes.text.kinds import age
from opsconsole.errors import Gone, Refused
from opsconsole.plan import Thing
from tests.domains.cloud.kubernetes.action.test_pods import pod
from tests.domains.cloud.kubernetes.scene import Operator, operator
from tests.servers.kubernetes import Kubernetes
from tests.servers.kubernetes.refusal import Json

LOCAL: list[Json] = [{"name": "v", "emptyDir": {}}]


def coded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def secret(space: str, **data: bytes) -> Json:
    marks = {APPLIED: '{"data":{"password":"aHVudGVyMg=="}}'}
    return {"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
            "metadata": {"name": "db", "namespace": space, "annotations": marks},
            "data": {key: coded(raw) for key, raw in data.items()}}  # fmt: skip


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"])
async def test_a_definition_is_yaml_of_what_is_stored(one: Operator, kind: str) -> None:
    thing = await one.deployed("web", kind)
    found = yaml.safe_load(await one.page("yaml", thing))
    stored = await one.stored(f"{kind.lower()}s", "web")
    assert found["kind"] == kind
    assert found["spec"] == stored["spec"]
    assert "managedFields" not in found["metadata"]


async def test_pods_nodes_events_and_containers_have_one(one: Operator) -> None:
    await one.add(pod(one.space, "lone"))
    found = yaml.safe_load(await one.page("yaml", await one.thing("pods", "lone")))
    assert found["metadata"]["name"] == "lone"
    pins = (("namespace", one.space), ("pod", "lone"), ("name", "c"))
    assert "kind: Pod" in await one.page("yaml", Thing("prod", pins, Clean("c")))
    node = Thing("prod", (("name", "node-000"),), Clean("node-000"))
    assert yaml.safe_load(await one.page("yaml", node))["kind"] == "Node"
    await one.add(said(one.space, "lone", "first", "BackOff"))
    event = await one.thing("events", "first")
    assert yaml.safe_load(await one.page("yaml", event))["reason"] == "BackOff"
    with pytest.raises(Refused, match="is no kind"):
        await one.read("yaml", Thing("prod", (("name", "a"), ("kind", "Nonsense")), Clean("a")))
    gone = Thing("prod", (("name", "nobody"), ("namespace", one.space)), Clean("nobody"))
    lines, notes = await one.read("yaml", gone)
    assert not lines
    assert "not found" in notes
    with pytest.raises(Gone):
        await one.read("describe", gone)


async def test_what_a_secret_holds_is_shown_for_a_reason_only(one: Operator) -> None:
    await one.add(
        secret(one.space, password=b"hunter2", cert=b"a\nb\n", raw=b"\xff\x00", long=b"x" * 9000)
    )
    thing = await one.thing("secrets", "db")
    listed = await one.thing("secrets", "db", kind="secrets.v1.")  # among objects of any kind
    for inquiry, row in itertools.product(("yaml", "describe"), (thing, listed)):
        text = await one.page(inquiry, row)
        assert "<7 bytes>" in text
        assert "hunter2" not in text
        assert coded(b"hunter2") not in text
    with pytest.raises(Refused, match="needs a reason"):
        await one.read("secret", thing)
    assert "note" not in one.log.kinds()
    text = await one.page("secret", thing, reason="the database refuses us")
    assert "password: hunter2" in text
    assert "cert:\n  a\n  b" in text
    assert "raw: binary, 2 (0x2) bytes" in text
    assert "and 808 more characters" in text
    assert one.log.body("note")["note"] == "the database refuses us"
    assert "hunter2" not in str(one.log.records)


def said(space: str, name: str, event: str, reason: str, **more: object) -> Json:
    """An event of a pod."""
    about = {"kind": "Pod", "namespace": space, "name": name}
    return {"apiVersion": "v1", "kind": "Event", "reason": reason, "type": "Warning",
            "metadata": {"name": event, "namespace": space},
            "involvedObject": about, "message": f"{reason} \x1b[2J happens", **more}  # fmt: skip


async def test_events_are_of_that_object_the_newest_last(one: Operator) -> None:
    await one.add(pod(one.space, "lone"), pod(one.space, "other"))
    uid = (await one.stored("pods", "lone"))["metadata"]["uid"]
    for event, reason, when in (("b", "Second", "2026-01-02T00:00:00Z"),
                                ("a", "First", "2026-01-01T00:00:00Z")):  # fmt: skip
        made = said(one.space, "lone", event, reason, lastTimestamp=when, count=3)
        made["involvedObject"]["uid"] = uid
        await one.add(made)
    await one.add(said(one.space, "other", "c", "Third"), said(one.space, "lone", "d", "Earlier"))
    text = await one.page("events", await one.thing("pods", "lone"))
    assert text.splitlines()[0].split() == ["LAST", "TYPE", "REASON", "COUNT", "FROM", "MESSAGE"]
    reasons = [line.split()[2] for line in text.splitlines()[1:]]
    assert [one for one in reasons if one in {"First", "Second"}] == ["First", "Second"]
    assert "Third" not in text
    assert "Earlier" not in text, "of another pod that had the name"
    assert "\x1b" not in text
    node = Thing("prod", (("name", "node-001"), ("uid", "x")), Clean("node-001"))
    assert "no events" in await one.page("events", node)


async def test_a_pod_is_described(one: Operator) -> None:
    probe = {"httpGet": {"path": "/ok", "port": 80}, "periodSeconds": 10, "failureThreshold": 3}
    part = {
        "name": "c", "image": "shop:1", "readinessProbe": probe,
        "resources": {"limits": {"memory": "1Gi"}},
        "env": [{"name": "A", "value": "1"},
                {"name": "B", "valueFrom": {"secretKeyRef": {"name": "db", "key": "url"}}}],
        "volumeMounts": [{"name": "v", "mountPath": "/data"}],
    }  # fmt: skip
    made = pod(one.space, "lone", containers=[part], volumes=LOCAL)
    state = made["status"]["containerStatuses"][0]
    ended = {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-01-01T00:00:00Z"}
    state |= {"state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}},
              "lastState": {"terminated": ended}, "restartCount": 4}  # fmt: skip
    await one.add(made)
    text = await one.page("describe", await one.thing("pods", "lone"))
    for line in ("Phase:       Running", "    image:        shop:1", "    env:          A=1",
                 "    state:        waiting: CrashLoopBackOff: back-off",
                 "    limits:       memory=1Gi", "    env:          B=<secretKey db/url>",
                 "    readiness:    http /ok on 80, every 10 s, 3 failures",
                 "    mount:        /data from v", "  v  emptyDir"):  # fmt: skip
        assert line in text.splitlines(), text
    assert "ago: OOMKilled, exit code 137" in text
    assert "restarts 4" in text
    assert "Conditions:" in text
    assert "Events:" in text


async def test_workloads_and_nodes_are_described_with_their_pods(one: Operator) -> None:
    thing = await one.deployed("web", replicas=2)
    text = await one.page("describe", thing)
    assert "Wanted:      replicas=2" in text
    assert "Pods (2):" in text
    for each in await one.pods("web"):
        assert each["metadata"]["name"] in text
    node = (await one.pods("web"))[0]["spec"]["nodeName"]
    text = await one.page("describe", Thing("prod", (("name", node),), Clean(node)))
    assert "Allocatable: cpu=" in text
    assert any(line.split()[:1] == [one.space] for line in text.splitlines())


async def test_what_may_not_be_read_beside_it_is_said(
    one: Operator, cluster: Kubernetes, tmp_path: Path
) -> None:
    thing = await one.deployed("web", replicas=1)
    rules = ({"verbs": ["get"], "apiGroups": ["apps"], "resources": ["*"]},)
    cluster.control("user", token="narrow", name="narrow", rules=rules)
    async with operator(cluster, one.space, tmp_path, "narrow") as narrow:
        text = await narrow.page("describe", thing)
        assert "Pods: cannot be read: status 403" in text
        assert "Events:\n  cannot be read: status 403" in text
        lines, notes = await narrow.read("events", thing)
        assert not lines
        assert "cannot list" in notes


def kind(resource: str, group: str = "", version: str = "v1") -> Thing:
    pins = (("resource", resource), ("group", group), ("version", version))
    return Thing("prod", pins, Clean(resource))


async def test_any_kind_is_a_table_of_the_servers_own(one: Operator) -> None:
    await one.deployed("web", replicas=1)
    text = await one.page("table", kind("deployments", "apps"))
    assert text.splitlines()[0].split()[:3] == ["NAMESPACE", "NAME", "READY"]
    line = next(one_ for one_ in text.splitlines() if one_.startswith(f"{one.space} "))
    assert line.split()[1:3] == ["web", "1/1"]
    assert "NAMESPACE" not in (await one.page("table", kind("nodes"))).splitlines()[0]
    assert (await one.page("table", kind("resourcequotas"))).endswith("there are none")


async def test_custom_kinds_too_and_more_than_is_shown(one: Operator) -> None:
    await one.add(_definition("gadgets"))
    assert (await one.page("table", kind("gadgets", "example.com"))).endswith("there are none")
    await one.add(*(_gadget(one.space, at) for at in range(503)))
    lines = (await one.page("table", kind("gadgets", "example.com"))).splitlines()
    assert lines[0].split() == ["NAMESPACE", "NAME", "SIZE"]
    assert len(lines) == 502
    assert lines[-1] == "and 3 more: the first 500 are shown"
    assert lines[1].split() == [one.space, "g-000", "0"]


def _definition(plural: str) -> Json:
    column = {"name": "Size", "type": "integer", "jsonPath": ".spec.size"}
    version = {"name": "v1", "served": True, "storage": True, "additionalPrinterColumns": [column],
               "schema": {"openAPIV3Schema": {"type": "object"}}}  # fmt: skip
    names = {"plural": plural, "kind": "Gadget", "singular": "gadget"}
    spec = {"group": "example.com", "names": names, "scope": "Namespaced", "versions": [version]}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.example.com"}, "spec": spec}  # fmt: skip


def _gadget(space: str, at: int) -> Json:
    return {"apiVersion": "example.com/v1", "kind": "Gadget", "spec": {"size": at},
            "metadata": {"name": f"g-{at:03}", "namespace": space}}  # fmt: skip


@pytest.mark.parametrize("resource", ["../pods", "a b", "", "pods?x=1", "pods/x"])
async def test_a_kind_that_is_none_is_not_asked_for(one: Operator, resource: str) -> None:
    before = len(one.server.paths())
    with pytest.raises(Refused, match="is no kind"):
        await one.read("table", kind(resource))
    assert len(one.server.paths()) == before


@pytest.mark.parametrize(
    "value",
    [
        {"a": "1", "b": 1, "c": None, "d": True, "e": "true", "f": "", "g": [], "h": {}},
        {"a": [{"b": [1, {"c": "x"}], "d": "y"}, [], [[1]], "z"]},
        {"text": "a\n b\nc\n", "other": "a\nb", "odd": "a \nb", "many": "a\n\n\n"},
        {
            "x": "# no",
            "y": "a: b",
            "z": "- a",
            "w": "'",
            "v": "0x1F",
            "u": "12:30",
            "t": "~",
            "s": "1e3",
        },
        {
            "lead": " a\nb",
            "date": "2026-01-01",
            "when": "2026-01-01T00:00:00Z",
            "on": "NO",
            "k y": "<<",
        },
        {"uni": "grün 🚢", "ctl": "\x1b[2J", "nel": "a\x85b", "bom": "\ufeff", "tab": "a\tb"},
        [1, 1.5, -2, "x", None, ["a", {"b": "c"}]],
        "plain",
    ],
)
def test_yaml_says_the_same_as_json(value: object) -> None:
    assert yaml.safe_load("\n".join(emitted(value))) == value


def test_what_is_too_deep_is_one_line() -> None:
    deep: object = "x"
    for _ in range(200):
        deep = {"a": deep}
    assert yaml.safe_load("\n".join(emitted(deep))) == deep
    assert len(emitted(deep)) < 100


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (65, "1m5s"),
        (600, "10m"),
        (3660, "1h1m"),
        (90000, "1d1h"),
        (1e6, "11d"),
        (-5, "0s"),
    ],
)
def test_ages(seconds: float, text: str) -> None:
    assert age(1e9, 1e9 - seconds) == text
    assert age(None, 1.0) == age(1.0, None) == "?"
