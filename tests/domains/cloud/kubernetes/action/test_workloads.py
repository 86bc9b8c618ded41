"""Workloads are scaled, restarted, undone and held, and it is seen by their pods."""

from pathlib import Path

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.cloud.kubernetes.action.scale import SCALE
from opsconsole.errors import Refused, Unsupported
from opsconsole.plan import Ended, Thing
from tests.domains.cloud.kubernetes.scene import Operator, eventually, operator
from tests.servers.kubernetes import Kubernetes
from tests.servers.kubernetes.refusal import Json


def scaler(space: str, name: str) -> Json:
    aim = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": f"{name}-scaler", "namespace": space},
            "spec": {"scaleTargetRef": aim, "minReplicas": 1, "maxReplicas": 3}}  # fmt: skip


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "ReplicaSet"])
async def test_a_workload_is_scaled_and_scaled_back(one: Operator, kind: str) -> None:
    thing = await one.deployed("web", kind, replicas=1)
    plan = await one.plan("scale", thing, replicas="+2")
    assert plan.items[0].effect == "it has 3 pods instead of 1: 2 start"
    outcome = await one.do("scale", thing, replicas="+2")
    assert outcome.ended is Ended.VERIFIED, outcome
    assert len(await one.pods("web")) == 3
    assert (await one.undo(outcome)).ended is Ended.VERIFIED
    assert len(await one.pods("web")) == 1
    if kind == "Deployment":
        found = await one.do("scale", _named(f"deployment/{one.space}/web"), replicas="0")
        assert found.ended is Ended.VERIFIED
        assert await one.pods("web") == []


def _named(text: str) -> Thing:
    return Thing("prod", SCALE.named(text) if SCALE.named else (), Clean(text))


async def test_what_bars_a_scale(one: Operator) -> None:
    thing = await one.deployed("web", replicas=2)
    said = {"2": "wants 2 already", "-3": "would be -1 pods"}
    for replicas in ("2", "-3", "many", "10001", ""):
        with pytest.raises(Refused, match=said.get(replicas, "how many")):
            await one.plan("scale", thing, replicas=replicas)
    owned = [each["metadata"]["name"] for each in await one.control(
        "list", of="replicasets", namespace=one.space)]  # fmt: skip
    with pytest.raises(Refused, match="Deployment web decides how many"):
        await one.plan("scale", await one.thing("replicasets", owned[0]))
    await one.add(scaler(one.space, "web"))
    with pytest.raises(Refused, match="the autoscaler web-scaler decides"):
        await one.plan("scale", thing)
    assert "web-scaler" in (await one.option("scale", thing)).refusal
    for name in (f"{one.space}/web", f"pod/{one.space}/web", f"nonsense/{one.space}/web"):
        with pytest.raises(Refused, match="KIND/NAMESPACE/NAME"):
            await one.plan("scale", _named(name))


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
async def test_all_pods_are_replaced_by_a_restart(one: Operator, kind: str) -> None:
    more = {} if kind == "DaemonSet" else {"replicas": 2}
    if kind == "DaemonSet":
        await one.deployed("spare", replicas=1)
    thing = await one.deployed("web", kind, **more)
    old = {each["metadata"]["uid"] for each in await one.pods("web")}
    outcome = await one.do("restart-rollout", thing)
    assert outcome.ended is Ended.VERIFIED, outcome
    new = {each["metadata"]["uid"] for each in await one.pods("web")}
    assert len(new) == len(old)
    assert not new & old


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
async def test_a_rollout_is_undone_and_that_too(one: Operator, kind: str) -> None:
    of = f"{kind.lower()}s"
    more = {} if kind == "DaemonSet" else {"replicas": 1}
    thing = await one.deployed("web", kind, **more)
    with pytest.raises(Refused, match="there is no other revision; there are: 1"):
        await one.plan("undo-rollout", thing)
    await _image(one, of, "x:2")
    await one.do("restart-rollout", thing)
    await _image(one, of, "x:3")
    plan = await one.plan("undo-rollout", thing, revision="1")
    shown = plan.items[0].preview
    assert "--- now (revision " in shown
    assert "-    image: x:3" in shown.splitlines()
    assert "+    image: x:1" in shown.splitlines()
    assert shown.endswith("dry run: the API server would take it")
    outcome = await one.do("undo-rollout", thing, revision="1")
    assert outcome.ended is Ended.VERIFIED, outcome
    assert {each["spec"]["containers"][0]["image"] for each in await one.pods("web")} == {"x:1"}
    assert (await one.undo(outcome)).ended is Ended.VERIFIED
    assert {each["spec"]["containers"][0]["image"] for each in await one.pods("web")} == {"x:3"}
    for revision, said in (("99", "there is no revision 99"), ("0", "the number of a revision")):
        with pytest.raises(Refused, match=said):
            await one.plan("undo-rollout", thing, revision=revision)


async def _image(one: Operator, of: str, image: str) -> None:
    template = {"spec": {"containers": [{"name": "c", "image": image}]}}
    await one.patch(of, "web", {"spec": {"template": template}})

    async def rolled() -> bool:
        pods = await one.pods("web")
        images = {each["spec"]["containers"][0]["image"] for each in pods}
        return images == {image} and len(pods) > 0

    await eventually(rolled)


async def test_a_rollout_is_held_and_goes_on(one: Operator) -> None:
    thing = await one.deployed("web", replicas=1)
    outcome = await one.do("pause-rollout", thing)
    assert outcome.ended is Ended.VERIFIED
    for action in ("restart-rollout", "undo-rollout"):
        with pytest.raises(Refused, match=r"is paused: `kubernetes.resume-rollout` first"):
            await one.plan(action, thing)
    with pytest.raises(Refused, match="paused already"):
        await one.plan("pause-rollout", thing)
    assert (await one.undo(outcome)).ended is Ended.VERIFIED
    assert not (await one.stored("deployments", "web"))["spec"].get("paused")
    with pytest.raises(Refused, match="not paused"):
        await one.plan("resume-rollout", thing)


async def test_what_nobody_replaces_is_not_restarted(one: Operator) -> None:
    thing = await one.deployed("web", "StatefulSet", updateStrategy={"type": "OnDelete"})
    with pytest.raises(Refused, match="somebody deletes them"):
        await one.plan("restart-rollout", thing)
    other = await one.thing("statefulsets", "web", uid="another")
    for action in ("scale", "undo-rollout"):
        with pytest.raises(Refused, match="not the same any more"):
            await one.plan(action, other)


async def test_an_account_that_may_only_scale(
    one: Operator, cluster: Kubernetes, tmp_path: Path
) -> None:
    thing = await one.deployed("web", replicas=1)
    rules = (
        {"verbs": ["get", "list"], "apiGroups": ["apps"], "resources": ["*"]},
        {"verbs": ["patch"], "apiGroups": ["apps"], "resources": ["deployments/scale"],
         "resourceNames": ["web"]},
    )  # fmt: skip
    cluster.control("user", token="scaler", name="scaler", rules=rules)
    async with operator(cluster, one.space, tmp_path, "scaler") as scaling:
        assert not (await scaling.option("scale", thing)).refusal
        said = (await scaling.option("restart-rollout", thing)).refusal
        assert f"may not patch deployments.apps in {one.space}" in said
        plan = await scaling.plan("scale", thing)
        assert "not known" in plan.items[0].facts["autoscalers"], "it may not see them"
        assert (await scaling.do("scale", thing)).ended is Ended.VERIFIED
        await cluster_forbids(scaling, thing)


async def cluster_forbids(one: Operator, thing: Thing) -> None:
    """A right that went between the plan and the run is a failure that is told."""
    body = await one.propose("scale", thing)
    await one.control("user", token="scaler", name="scaler", rules=(
        {"verbs": ["get", "list"], "apiGroups": ["apps"], "resources": ["*"]},))  # fmt: skip
    outcome = await one.approved(body)
    assert (outcome.ended, outcome.results[0].status) == (Ended.FAILED, 403)
    assert 'cannot patch resource "deployments/scale"' in outcome.results[0].message


async def test_an_answer_that_is_none_changes_nothing(one: Operator) -> None:
    thing = await one.deployed("web", replicas=1)
    path = f"{one.space}/deployments/web$"
    await one.control("fault", what="status", code=500, path=path, times=1)
    with pytest.raises(Unsupported, match="status 500"):
        await one.plan("scale", thing)
