"""Pods go when they are told to, as their budgets allow, and only the very one that was meant."""

from pathlib import Path

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.cloud.kubernetes.action.pod import DELETE
from opsconsole.errors import Gone, Refused
from opsconsole.plan import Ended, Thing, Tier
from tests.domains.cloud.kubernetes.scene import Operator, operator
from tests.servers.kubernetes import VIEWER, Kubernetes
from tests.servers.kubernetes.refusal import Json


def pod(space: str, name: str, **more: object) -> Json:
    """One that runs, and that nobody makes again."""
    state: Json = {"name": "c", "ready": True, "state": {"running": {}}, "restartCount": 0}
    ready = {"type": "Ready", "status": "True"}
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": space, "labels": {"app": name}},
        "spec": {"containers": [{"name": "c", "image": "x"}], "nodeName": "node-0000", **more},
        "status": {"phase": "Running", "conditions": [ready], "containerStatuses": [state]},
    }  # fmt: skip


def budget(space: str, app: str, least: int) -> Json:
    spec = {"minAvailable": least, "selector": {"matchLabels": {"app": app}}}
    meta = {"name": f"keep-{app}", "namespace": space}
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": meta,
            "spec": spec}  # fmt: skip


async def test_a_pod_is_deleted_and_another_one_takes_its_place(one: Operator) -> None:
    await one.deployed("web", replicas=2)
    first, second = [each["metadata"]["name"] for each in await one.pods("web")]
    thing = await one.thing("pods", first)
    plan = await one.plan("delete-pod", thing, grace="5")
    (item,) = plan.items
    assert plan.tier is Tier.NAME
    assert "killed after 5 s; ReplicaSet web-" in item.effect
    assert item.preview == "dry run: the API server would take it"
    assert [each["metadata"]["name"] for each in await one.pods("web")] == [first, second]
    outcome = await one.do("delete-pod", thing, grace="5")
    assert outcome.ended is Ended.VERIFIED, outcome
    assert first not in {each["metadata"]["name"] for each in await one.pods("web")}
    asked = [line for line in await one.control("asked") if first in line["path"]]
    deletions = [line["path"] for line in asked if line["method"] == "DELETE"]
    assert [path.partition("?")[2] for path in deletions] == ["dryRun=All", "dryRun=All", ""]


async def test_another_pod_of_the_same_name_is_not_touched(one: Operator) -> None:
    await one.add(pod(one.space, "lone"))
    body = await one.propose("delete-pod", await one.thing("pods", "lone"), unowned="yes")
    await one.control("remove", of="pods", namespace=one.space, name="lone")
    await one.add(pod(one.space, "lone"))
    outcome = await one.approved(body)
    assert outcome.ended is Ended.REFUSED
    assert "not the same any more: uid was" in outcome.results[0].message
    with pytest.raises(Refused, match="not the same any more"):
        await one.plan("delete-pod", await one.thing("pods", "lone", uid="other"))
    with pytest.raises(Gone, match='pods "nobody" not found'):
        await one.plan("delete-pod", _named(f"{one.space}/nobody"))
    await one.stored("pods", "lone")


def _named(text: str) -> Thing:
    return Thing("prod", DELETE.named(text) if DELETE.named else (), Clean(text))


async def test_a_pod_that_nobody_makes_again_wants_another_word(one: Operator) -> None:
    await one.add(pod(one.space, "lone"))
    thing = await one.thing("pods", "lone")
    with pytest.raises(Refused, match=r"nobody makes it again; unowned=yes"):
        await one.plan("delete-pod", thing)
    assert not (await one.option("delete-pod", thing)).refusal, "an argument lifts it"
    assert (await one.do("delete-pod", thing, unowned="yes")).ended is Ended.VERIFIED
    await one.add(pod(one.space, "named"))
    found = await one.do("delete-pod", _named(f"{one.space}/named"), unowned="yes", force="yes")
    assert found.ended is Ended.VERIFIED


async def test_a_pod_that_does_not_go_is_removed_by_force(one: Operator) -> None:
    stuck = pod(one.space, "stuck")
    stuck["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    await one.control("settings", kubelet=False)
    try:
        await one.add(stuck)
        thing = await one.thing("pods", "stuck")
        with pytest.raises(Refused, match="force=yes removes it"):
            await one.plan("delete-pod", thing, unowned="yes")
        with pytest.raises(Refused, match="needs force=yes"):
            await one.plan("delete-pod", await _fresh(one), grace="0", unowned="yes")
        with pytest.raises(Refused, match="whole seconds"):
            await one.plan("delete-pod", thing, grace="-1")
        outcome = await one.do("delete-pod", thing, force="yes", unowned="yes")
        assert outcome.ended is Ended.VERIFIED
        assert outcome.results[0].status == 0
    finally:
        await one.control("settings", kubelet=True)


async def _fresh(one: Operator) -> Thing:
    await one.add(pod(one.space, "fresh"))
    return await one.thing("pods", "fresh")


async def test_a_static_pod_is_left_to_its_node(one: Operator) -> None:
    mirror = pod(one.space, "etcd-a")
    mirror["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "x"}
    await one.add(mirror)
    for action in ("delete-pod", "evict"):
        with pytest.raises(Refused, match="a file on node-0000 keeps it"):
            await one.plan(action, await one.thing("pods", "etcd-a"))


async def test_a_budget_that_has_no_room_is_named(one: Operator) -> None:
    await one.deployed("shop", replicas=1)
    await one.add(budget(one.space, "shop", 1))
    (only,) = await one.pods("shop")
    thing = await one.thing("pods", only["metadata"]["name"])
    wanted = "The disruption budget keep-shop needs 1 healthy pods and has 1 currently"
    with pytest.raises(Refused, match=wanted) as refused:
        await one.plan("evict", thing)
    assert refused.value.rule == "inapplicable"
    await one.change("poddisruptionbudgets", "keep-shop", {"spec": {"minAvailable": 0}})
    body = await one.propose("evict", thing)
    await one.change("poddisruptionbudgets", "keep-shop", {"spec": {"minAvailable": 1}})
    outcome = await one.approved(body)
    assert outcome.ended is Ended.FAILED, "between plan and run the room has gone"
    assert outcome.results[0].status == 429
    assert wanted in outcome.results[0].message
    await one.change("poddisruptionbudgets", "keep-shop", {"spec": {"minAvailable": 0}})
    assert (await one.do("evict", thing)).ended is Ended.VERIFIED


async def test_a_server_that_is_busy_is_a_failure_and_no_success(one: Operator) -> None:
    await one.add(pod(one.space, "lone"))
    body = await one.propose("delete-pod", await one.thing("pods", "lone"), unowned="yes")
    await one.control("fault", what="status", code=429, path=f"{one.space}/pods/lone$",
                      method="DELETE", times=1)  # fmt: skip
    outcome = await one.approved(body)
    assert (outcome.ended, outcome.results[0].status) == (Ended.FAILED, 429)
    await one.stored("pods", "lone")


async def test_who_may_not_is_told_what_is_missing(
    one: Operator, cluster: Kubernetes, tmp_path: Path
) -> None:
    await one.add(pod(one.space, "lone"))
    thing = await one.thing("pods", "lone")
    async with operator(cluster, one.space, tmp_path, VIEWER) as viewer:
        said = "the account may not delete pods in"
        assert said in (await viewer.option("delete-pod", thing)).refusal
        assert "create pods/eviction" in (await viewer.option("evict", thing)).refusal
        with pytest.raises(Refused, match=said) as refused:
            await viewer.plan("delete-pod", thing, unowned="yes")
        assert refused.value.rule == "right"
        asked = [line for line in cluster.paths() if "selfsubjectaccessreviews" in line]
        with pytest.raises(Refused, match=said):
            await viewer.plan("delete-pod", thing, unowned="yes")
        again = [line for line in cluster.paths() if "selfsubjectaccessreviews" in line]
        assert len(again) == len(asked), "the answer is believed for a minute"


@pytest.mark.parametrize("name", ["../nodes/a", "a/b/c/d", "", "a b", "x" * 300, "..", "a\x1b[2J"])
async def test_a_name_that_is_none_goes_nowhere(one: Operator, name: str) -> None:
    asked = len(one.server.paths())
    pins = (("name", name), ("namespace", "a"))
    with pytest.raises(Refused, match="is no NAMESPACE/NAME"):
        await one.plan("delete-pod", Thing("prod", pins, Clean("x")))
    assert len(one.server.paths()) == asked
