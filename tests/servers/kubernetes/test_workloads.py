"""What is asked of workloads takes effect: scale, restart, undo, pause, drain, delete."""

import asyncio
from collections.abc import AsyncGenerator, Generator

import pytest

from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.servers.kubernetes.budgets import ready
from tests.servers.kubernetes.client import MERGE, STRATEGIC, TABLE, Client, client
from tests.servers.kubernetes.refusal import Json
from tests.servers.kubernetes.waiting import becoming, eventually

PODS = "/api/v1/namespaces/default/pods"
APPS = "/apis/apps/v1/namespaces/default"
JOBS = "/apis/batch/v1/namespaces/default"
BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
STAMP = "kubectl.kubernetes.io/restartedAt"


@pytest.fixture(scope="module")
def server() -> Generator[Kubernetes, None, None]:
    with kubernetes(settle_s=0.005) as found:
        found.populate(pods=0, nodes=3, namespaces=1)
        yield found


@pytest.fixture
async def asked(server: Kubernetes) -> AsyncGenerator[Client, None]:
    async with client(server.base_url) as found:
        yield found


def workload(name: str, image: str = "x:1", **spec: object) -> Json:
    """A workload of one container, whose pods are labelled with its name."""
    labels = {"app": name}
    template = {"metadata": {"labels": labels},
                "spec": {"containers": [{"name": "c", "image": image}]}}  # fmt: skip
    selector = {"matchLabels": labels}
    return {
        "metadata": {"name": name},
        "spec": {"selector": selector, "template": template, **spec},
    }


async def rolled(asked: Client, name: str, replicas: int, kind: str = "deployments") -> Json:
    """The workload once all its pods are of its present template, and run."""
    counts = ("replicas", "updatedReplicas", "readyReplicas")

    def done(found: Json) -> bool:
        status = found["status"]
        return status.get("observedGeneration") == found["metadata"]["generation"] and all(
            status.get(key, 0) == replicas for key in counts
        )

    return await becoming(asked, f"{APPS}/{kind}/{name}", done)


async def revisions(asked: Client, name: str) -> dict[str, int]:
    """Replicas by revision."""
    found = (await asked.get(f"{APPS}/replicasets?labelSelector=app%3D{name}")).body["items"]
    key = "deployment.kubernetes.io/revision"
    return {each["metadata"]["annotations"][key]: each["spec"]["replicas"] for each in found}


async def names(asked: Client, app: str) -> list[str]:
    """Pods of a workload that are not about to go."""
    found = (await asked.get(f"{PODS}?labelSelector=app%3D{app}")).body["items"]
    metas = [each["metadata"] for each in found]
    return [meta["name"] for meta in metas if "deletionTimestamp" not in meta]


async def test_a_deployment_is_scaled_restarted_and_undone(asked: Client) -> None:
    path = f"{APPS}/deployments/web"
    await asked.ask("POST", f"{APPS}/deployments", workload("web", replicas=3))
    first = await rolled(asked, "web", 3)
    assert {each["type"]: each["status"] for each in first["status"]["conditions"]} == {
        "Available": "True", "Progressing": "True",
    }  # fmt: skip
    old = await names(asked, "web")
    when = {"spec": {"template": {"metadata": {"annotations": {STAMP: "now"}}}}}
    await asked.patch(path, when, STRATEGIC)
    await rolled(asked, "web", 3)
    assert await revisions(asked, "web") == {"1": 0, "2": 3}
    assert not set(old) & set(await names(asked, "web"))
    await asked.patch(path, {"spec": {"template": {"metadata": {"annotations": None}}}}, MERGE)
    undone = await rolled(asked, "web", 3)
    assert await revisions(asked, "web") == {"2": 0, "3": 3}  # the first again
    assert undone["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    await asked.patch(f"{path}/scale", {"spec": {"replicas": 1}})
    await rolled(asked, "web", 1)
    assert (await asked.get(f"{path}/scale")).body["status"]["replicas"] == 1


async def test_a_paused_rollout_waits(asked: Client) -> None:
    path = f"{APPS}/deployments/calm"
    await asked.ask("POST", f"{APPS}/deployments", workload("calm", replicas=1))
    await rolled(asked, "calm", 1)
    when = {"metadata": {"annotations": {STAMP: "now"}}}
    await asked.patch(path, {"spec": {"paused": True, "template": when}})
    paused = await becoming(
        asked, path, lambda found: found["status"]["conditions"][1]["reason"] == "DeploymentPaused"
    )
    assert paused["status"].get("updatedReplicas", 0) == 0
    assert await revisions(asked, "calm") == {"1": 1}
    await asked.patch(path, {"spec": {"paused": None}})
    await rolled(asked, "calm", 1)
    assert await revisions(asked, "calm") == {"1": 0, "2": 1}


async def test_a_bad_image_stops_a_rollout_and_the_old_pods_stay(asked: Client) -> None:
    path = f"{APPS}/deployments/bad"
    await asked.ask("POST", f"{APPS}/deployments", workload("bad", replicas=4))
    await rolled(asked, "bad", 4)
    image = [{"name": "c", "image": "no-such-image:9"}]
    await asked.patch(path, {"spec": {"template": {"spec": {"containers": image}}}}, STRATEGIC)
    await becoming(asked, path, lambda found: found["status"].get("updatedReplicas", 0) == 2)
    await becoming(asked, path, lambda found: found["status"]["readyReplicas"] == 3)
    wanted = ["ImagePullBackOff"] * 2 + ["Running"] * 3
    until = asyncio.get_running_loop().time() + 60
    states: list[str] = []
    while states != wanted:
        assert asyncio.get_running_loop().time() < until, states
        table = (await asked.get(f"{PODS}?labelSelector=app%3Dbad", TABLE)).body
        states = sorted(row["cells"][2] for row in table["rows"])
    assert (await asked.get(path)).body["status"]["unavailableReplicas"] == 2


async def test_stateful_and_daemon_sets_follow(server: Kubernetes, asked: Client) -> None:
    stateful = workload("db", replicas=2, serviceName="db")
    await asked.ask("POST", f"{APPS}/statefulsets", stateful)
    await asked.ask("POST", f"{APPS}/daemonsets", workload("agent"))
    await rolled(asked, "db", 2, "statefulsets")
    assert await names(asked, "db") == ["db-0", "db-1"]
    await becoming(asked, f"{APPS}/daemonsets/agent",
                   lambda found: found["status"].get("numberReady") == 3)  # fmt: skip
    uids = {each["metadata"]["uid"] for each in (await asked.get(PODS)).body["items"]}
    when = {"spec": {"template": {"metadata": {"annotations": {STAMP: "now"}}}}}
    for path in ("statefulsets/db", "daemonsets/agent"):
        await asked.patch(f"{APPS}/{path}", when, STRATEGIC)
    await rolled(asked, "db", 2, "statefulsets")
    keys = ("updatedNumberScheduled", "numberReady")
    await becoming(asked, f"{APPS}/daemonsets/agent",
                   lambda found: [found["status"].get(key) for key in keys] == [3, 3])  # fmt: skip
    mine = [*await names(asked, "db"), *await names(asked, "agent")]
    assert len(mine) == 5
    pods = {each["metadata"]["name"]: each for each in (await asked.get(PODS)).body["items"]}
    assert not uids & {pods[name]["metadata"]["uid"] for name in mine}
    history = (await asked.get(f"{APPS}/controllerrevisions")).body["items"]
    assert sorted(each["revision"] for each in history) == [1, 1, 2, 2]


async def test_jobs_end_and_cron_jobs_make_them(server: Kubernetes, asked: Client) -> None:
    spec = {"containers": [{"name": "c", "image": "x:1"}], "restartPolicy": "Never"}
    job = {"metadata": {"name": "once"}, "spec": {"template": {"spec": spec}}}
    await asked.ask("POST", f"{JOBS}/jobs", job)
    done = await becoming(
        asked, f"{JOBS}/jobs/once", lambda found: found["status"].get("succeeded")
    )
    assert done["status"]["conditions"][-1]["type"] == "Complete"
    fails = {**spec, "containers": [{"name": "c", "image": "fails:1"}]}
    job = {"metadata": {"name": "never"}, "spec": {"backoffLimit": 1, "template": {"spec": fails}}}
    await asked.ask("POST", f"{JOBS}/jobs", job)
    failed = await becoming(
        asked, f"{JOBS}/jobs/never", lambda found: "conditions" in found["status"]
    )
    assert failed["status"]["conditions"][0]["reason"] == "BackoffLimitExceeded"
    assert failed["status"]["failed"] == 2
    cron = {"metadata": {"name": "nightly"}, "spec": {"schedule": "0 3 * * *", "jobTemplate": {
        "spec": {"template": {"spec": spec}}}}}  # fmt: skip
    await asked.ask("POST", f"{JOBS}/cronjobs", cron)
    name = server.control("schedule", namespace="default", name="nightly")
    await becoming(asked, f"{JOBS}/jobs/{name}", lambda found: found["status"].get("succeeded"))
    told = await becoming(asked, f"{JOBS}/cronjobs/nightly",
                          lambda found: "lastSuccessfulTime" in found["status"])  # fmt: skip
    assert "active" not in told["status"]


async def test_a_node_is_drained_as_far_as_budgets_allow(asked: Client) -> None:
    """An eviction counts; a new pod comes elsewhere; a daemon set's pod comes back."""
    await asked.ask("POST", f"{APPS}/deployments", workload("shop", replicas=2))
    await rolled(asked, "shop", 2)
    budget = {"metadata": {"name": "shop"}, "spec": {
        "minAvailable": 2, "selector": {"matchLabels": {"app": "shop"}}}}  # fmt: skip
    await asked.ask("POST", BUDGETS, budget)
    first, second = await names(asked, "shop")
    node = (await asked.get(f"{PODS}/{first}")).body["spec"]["nodeName"]
    await asked.patch(f"/api/v1/nodes/{node}", {"spec": {"unschedulable": True}}, STRATEGIC)
    eviction: Json = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": first}}
    blocked = await asked.ask("POST", f"{PODS}/{first}/eviction", eviction)
    assert (blocked.status, "Retry-After" in blocked.headers) == (429, False)
    dry = {**eviction, "deleteOptions": {"dryRun": ["All"]}}
    await asked.patch(f"{BUDGETS}/shop", {"spec": {"minAvailable": 1}})
    assert (await asked.ask("POST", f"{PODS}/{first}/eviction", dry)).status == 201
    assert (await asked.ask("POST", f"{PODS}/{first}/eviction", eviction)).status == 201

    def moved(found: Json) -> bool:
        pods: list[Json] = found["items"]
        new = [each for each in pods if each["metadata"]["name"] not in {first, second}]
        elsewhere = [each for each in new if each["spec"].get("nodeName") != node]
        return len(pods) == 2 and len(elsewhere) == 1 and ready(elsewhere[0])

    await becoming(asked, f"{PODS}?labelSelector=app%3Dshop", moved)
    await becoming(asked, f"{BUDGETS}/shop",
                   lambda found: found["status"]["disruptionsAllowed"] == 1)  # fmt: skip
    await asked.patch(f"/api/v1/nodes/{node}", {"spec": {"unschedulable": None}}, STRATEGIC)


@pytest.mark.parametrize("policy", ["Background", "Foreground", "Orphan"])
async def test_what_is_owned_ends_as_asked(policy: str, asked: Client) -> None:
    name = policy.lower()
    path = f"{APPS}/deployments/{name}"
    await asked.ask("POST", f"{APPS}/deployments", workload(name, replicas=2))
    await rolled(asked, name, 2)
    gone = await asked.ask("DELETE", f"{path}?propagationPolicy={policy}")
    assert gone.status == 200
    await becoming(asked, path, lambda found: found.get("code") == 404)
    sets = f"{APPS}/replicasets?labelSelector=app%3D{name}"
    if policy == "Orphan":
        (left,) = (await asked.get(sets)).body["items"]
        assert "ownerReferences" not in left["metadata"]
        return
    await becoming(asked, sets, lambda found: not found["items"])
    await becoming(asked, f"{PODS}?labelSelector=app%3D{name}", lambda found: not found["items"])


async def test_a_namespace_takes_all_with_it(server: Kubernetes, asked: Client) -> None:
    server.add({"apiVersion": "v1", "kind": "ConfigMap",
                "metadata": {"name": "c", "namespace": "doomed"}})  # fmt: skip
    reply = await asked.ask("DELETE", "/api/v1/namespaces/doomed")
    assert reply.body["status"]["phase"] == "Terminating"
    await becoming(asked, "/api/v1/namespaces/doomed", lambda found: found.get("code") == 404)
    assert server.control("count", of="configmaps", namespace="doomed") == 0


async def test_populated_clusters_are_at_rest(server: Kubernetes, asked: Client) -> None:
    """Controllers find nothing to do, and pods are as big as real ones."""
    with kubernetes() as other:
        made = other.populate(
            pods=300, nodes=10, namespaces=4, events=50, troubles=0.3, others=True
        )
        assert (made["pods"], made["deployments"], made["events"]) == (300, 30, 50)
        rv = other.control("rv")
        async with client(other.base_url) as mine:
            for of in ("deployments", "replicasets"):
                path = f"/apis/apps/v1/namespaces/team-000/{of}"
                for each in (await mine.get(path)).body["items"]:
                    touch = {"metadata": {"labels": {"touched": "yes"}}}
                    await mine.patch(f"{path}/{each['metadata']['name']}", touch)
                    rv += 1
            await eventually(lambda: other.control("idle"))
            assert other.control("rv") == rv
            table = (await mine.get("/api/v1/pods", TABLE)).body
            whole = await mine.get("/api/v1/pods?fieldSelector=status.phase%3DRunning")
        states = {row["cells"][2] for row in table["rows"]}
        assert {"Running", "CrashLoopBackOff", "ImagePullBackOff", "Pending", "Evicted"} <= states
        assert 7_000 < len(whole.raw) / len(whole.body["items"]) < 8_000
