"""Nodes are cordoned, tainted and drained, as far as the budgets of their pods allow."""

import itertools

import pytest

from opsconsole.clean import Clean
from opsconsole.errors import Refused
from opsconsole.plan import Ended, Thing
from tests.domains.cloud.kubernetes.action.test_pods import budget, pod
from tests.domains.cloud.kubernetes.scene import Operator, eventually
from tests.servers.kubernetes.refusal import Json

LOCAL: list[Json] = [{"name": "v", "emptyDir": {}}]
SIDE_BY_SIDE = 4
"""Calls of one look that are made at once at most, each over a connection of its own."""

_NODES = (f"worker-{at}" for at in itertools.count())


async def node(one: Operator) -> str:
    """A node that nobody is placed on without being asked to."""
    name = next(_NODES)
    ready = {"type": "Ready", "status": "True"}
    meta = {"name": name, "labels": {"only": name}}
    taints = [{"key": "own", "value": name, "effect": "NoSchedule"}]
    await one.add({"apiVersion": "v1", "kind": "Node", "metadata": meta,
                   "spec": {"taints": taints}, "status": {"conditions": [ready]}})  # fmt: skip
    return name


async def thing(one: Operator, name: str, **pins: str) -> Thing:
    meta = (await one.stored("nodes", name, ""))["metadata"]
    found = {"name": name, "uid": meta["uid"], **pins}
    return Thing("prod", tuple(found.items()), Clean(name))


async def spec(one: Operator, name: str) -> dict[str, object]:
    return dict((await one.stored("nodes", name, ""))["spec"])


async def test_a_node_is_cordoned_and_back(one: Operator) -> None:
    name = await node(one)
    where = await thing(one, name)
    outcome = await one.do("cordon", where)
    assert outcome.ended is Ended.VERIFIED, outcome
    assert (await spec(one, name))["unschedulable"] is True
    with pytest.raises(Refused, match="cordoned already"):
        await one.plan("cordon", where)
    assert (await one.undo(outcome)).ended is Ended.VERIFIED
    assert not (await spec(one, name)).get("unschedulable")
    with pytest.raises(Refused, match="not cordoned"):
        await one.plan("uncordon", where)
    with pytest.raises(Refused, match="not the same any more"):
        await one.plan("cordon", await thing(one, name, uid="other"))


async def test_a_node_is_tainted_and_untainted(one: Operator) -> None:
    name = await node(one)
    where = await thing(one, name)
    own = {"key": "own", "value": name, "effect": "NoSchedule"}
    new = {"key": "maintenance", "value": "yes", "effect": "NoSchedule"}
    outcome = await one.do("taint", where)
    assert outcome.ended is Ended.VERIFIED, outcome
    assert (await spec(one, name))["taints"] == [own, new]
    with pytest.raises(Refused, match="has maintenance=yes:NoSchedule already"):
        await one.plan("taint", where)
    with pytest.raises(Refused, match=r"say which: own=.*, maintenance=yes:NoSchedule"):
        await one.plan("untaint", where)
    assert (await one.undo(outcome)).ended is Ended.VERIFIED
    assert (await spec(one, name))["taints"] == [own]
    gone = await one.do("untaint", where)
    assert gone.ended is Ended.VERIFIED
    assert (await one.undo(gone)).ended is Ended.VERIFIED
    assert (await spec(one, name))["taints"] == [own]
    for action, taint, said in (
        ("taint", "a=b", "KEY=VALUE:NoSchedule"),
        ("taint", "node.kubernetes.io/not-ready:NoExecute", "node controller's own"),
        ("untaint", "nobody", "it has no such taint"),
        ("untaint", "a b", "KEY, or"),
    ):
        with pytest.raises(Refused, match=said):
            await one.plan(action, where, taint=taint)


async def test_taints_that_others_changed_meanwhile_stay(one: Operator) -> None:
    name = await node(one)
    body = await one.propose("taint", await thing(one, name))
    other = {"key": "other", "effect": "NoExecute"}
    await one.change("nodes", name, {"spec": {"taints": [other]}}, "")
    outcome = await one.approved(body)
    assert (outcome.ended, outcome.results[0].status) == (Ended.FAILED, 422)
    assert (await spec(one, name))["taints"] == [other]


async def placed(one: Operator, name: str, app: str, replicas: int) -> None:
    """A deployment whose pods run on one node, or nowhere."""
    template = {
        "metadata": {"labels": {"app": app}},
        "spec": {"containers": [{"name": "c", "image": "x"}], "nodeSelector": {"only": name},
                 "tolerations": [{"key": "own", "operator": "Exists"}]},
    }  # fmt: skip
    await one.deployed(app, replicas=replicas, template=template)


async def test_a_node_is_drained(one: Operator) -> None:
    name = await node(one)
    where = await thing(one, name)
    await placed(one, name, "web", 3)
    await one.add(
        pod(one.space, "lone", nodeName=name, volumes=LOCAL),
        _of_daemon_set(one, name),
    )
    with pytest.raises(Refused, match=rf"nobody makes these again: {one.space}/lone; unowned=yes"):
        await one.plan("drain", where)
    with pytest.raises(Refused, match=rf"data on it that is lost: {one.space}/lone; local=yes"):
        await one.plan("drain", where, unowned="yes")
    assert not (await one.option("drain", where)).refusal, "arguments lift it"
    plan = await one.plan("drain", where, unowned="yes", local="yes")
    (item,) = plan.items
    assert [step.argv[0] for step in item.steps] == ["PATCH", *["POST"] * 4]
    assert sum("/eviction" in step.argv[1] for step in item.steps) == 4
    assert item.preview == "dry run: 4 of 4 pods would be evicted now"
    assert item.facts["daemon set pods, which stay"] == "1"
    assert not any(key.startswith("_") for key in item.facts)
    before = await one.control("connections")
    outcome = await one.do("drain", where, unowned="yes", local="yes")
    assert outcome.ended is Ended.VERIFIED, outcome
    opened = await one.control("connections") - before
    assert opened <= SIDE_BY_SIDE, "its calls follow one another on connections that are kept"
    left = await one.control("list", of="pods", namespace=one.space)
    assert [each["metadata"]["name"] for each in left
            if each["spec"].get("nodeName") == name] == ["agent"]  # fmt: skip
    evictions = [line for line in one.lines() if line.startswith("$ POST") and "eviction" in line]
    assert len(evictions) == 4
    assert one.lines().count("accepted") == 5
    with pytest.raises(Refused, match="no pods to evict"):
        await one.plan("drain", where)
    assert (await one.undo(outcome)).ended is Ended.VERIFIED
    assert not (await spec(one, name)).get("unschedulable")


def _of_daemon_set(one: Operator, name: str) -> dict[str, object]:
    made = pod(one.space, "agent", nodeName=name)
    made["metadata"]["ownerReferences"] = [
        {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "a", "uid": "u", "controller": True}
    ]
    return made


async def test_a_drain_stops_at_the_first_budget_that_has_no_room(one: Operator) -> None:
    name = await node(one)
    where = await thing(one, name)
    await placed(one, name, "shop", 3)
    await one.add(budget(one.space, "shop", 2))

    async def room() -> bool:
        found = await one.stored("poddisruptionbudgets", "keep-shop")
        return bool(found["status"].get("disruptionsAllowed") == 1)

    await eventually(room)
    outcome = await one.do("drain", where)
    assert outcome.ended is Ended.FAILED
    assert "The disruption budget keep-shop needs 2 healthy pods" in outcome.results[0].message
    assert f"{one.space}/pods/shop-" in outcome.results[0].message, "it names the pod"
    assert (await spec(one, name))["unschedulable"] is True, "it stays cordoned"

    async def one_left_alone() -> bool:
        on = [each for each in await one.pods("shop") if each["spec"].get("nodeName") == name]
        return len(on) == 2

    await eventually(one_left_alone)
    plan = await one.plan("drain", where)
    assert "BLOCKED: Cannot evict pod" in plan.items[0].preview
    assert plan.items[0].preview.endswith("0 of 3 pods would be evicted now") or (
        plan.items[0].preview.endswith("0 of 2 pods would be evicted now")
    )
