"""The fake answers recorded requests as the real server did: status, reason, and keys."""

import asyncio
import itertools
import re
from collections.abc import Generator
from pathlib import Path

import msgspec
import pytest

from tests.servers.kubernetes import ADMIN, Kubernetes, kubernetes
from tests.servers.kubernetes.client import Client, client
from tests.servers.kubernetes.refusal import Json, is_list, is_object
from tests.servers.kubernetes.waiting import eventually

ORDER = (
    "version", "readyz", "api", "apis", "401", "metrics-missing-404", "continue-garbage",
    "ns", "create-a", "create-b", "create-c", "create-409", "invalid-422", "get-404",
    "status-a", "status-b", "status-c", "list-limit1", "list", "list-table", "list-partial",
    "bad-selector-400", "field-selector", "watch-rv0", "watch-sendInitialEvents",
    "watch-future-rv", "ssa", "dry-run-patch", "update-conflict-409", "unsupported-patch-415",
    "label-leave", "delete-graceful", "get-terminating", "delete-force", "ssar", "403",
    "pdb", "pdb-status", "evict-429", "evict-ok", "deploy", "scale-get", "scale-patch", "restart",
    "cordon", "events", "watch-live", "watch-table", "watch-label-leave", "ns-delete",
)  # fmt: skip
"""One that needs another comes after it. Watches come last: they begin at the version of the
list, and so hear the same."""
ELSEWHERE = {"log-no-kubelet"}
"""The fake has logs without a kubelet."""
USERS = {"401": "", "403": "nobody", "ssar": "nobody"}
WAITED = {"pdb-status": "observedGeneration", "scale-get": '"replicas":2,"selector"'}
"""What controllers do in between is there when the answer holds this."""


@pytest.fixture(scope="module")
def recorded() -> dict[str, Json]:
    folder = Path(__file__).parents[4] / "shared" / "recordings" / "kubernetes"
    if not folder.is_dir():
        pytest.skip("no recordings at shared/recordings/kubernetes beside the checkout")
    return {path.stem: msgspec.json.decode(path.read_bytes()) for path in folder.glob("*.json")}


@pytest.fixture(scope="module")
def answers(recorded: dict[str, Json]) -> Generator[dict[str, Json], None, None]:
    """What the fake says to all of it, as a recording."""
    with kubernetes(metrics=False, kubelet=False) as server:
        yield asyncio.run(replayed(server, recorded))


async def replayed(server: Kubernetes, recorded: dict[str, Json]) -> dict[str, Json]:
    """Ask everything in order."""
    server.control("user", token="nobody", name="viewer")
    taint = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
    status = recorded["cordon"]["response"]["body"]["status"]
    for name in ("node-001", "node-002"):
        server.add({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name},
                    "spec": {"taints": [taint]}, "status": status})  # fmt: skip
    found: dict[str, Json] = {}
    async with client(server.base_url) as asked:
        for watch, names in itertools.groupby(ORDER, lambda name: name.startswith("watch")):
            if watch:  # all at once: each takes a second
                rv = found["list"]["body"]["metadata"]["resourceVersion"]
                found |= await watched(
                    asked, {name: recorded[name]["request"] for name in names}, rv
                )
                continue
            for name in names:
                if name == "events":
                    await eventually(lambda: server.control("idle"))
                found[name] = await answer(asked, recorded[name]["request"], name)
    return found


async def watched(asked: Client, requests: dict[str, Json], rv: str) -> dict[str, Json]:
    """Watches for a second each; those from the version of the list begin at ours."""

    async def one(path: str) -> Json:
        path = re.sub(r"timeoutSeconds=\d+", "timeoutSeconds=1", path)
        path = path.replace("resourceVersion=10687", f"resourceVersion={rv}")
        async with asked.watch(path) as watch:
            lines = [{"line": each} for each in await watch.rest()]
            return {"status": watch.response.status, "body": lines}

    asked.headers = {"Authorization": f"Bearer {ADMIN}"}
    told = await asyncio.gather(*(one(request["path"]) for request in requests.values()))
    return dict(zip(requests, told, strict=True))


async def answer(asked: Client, request: Json, name: str) -> Json:
    """One answer, or that at last which was waited for."""
    token = USERS.get(name, ADMIN)
    asked.headers = {"Authorization": f"Bearer {token}"} if token else {}
    path: str = request["path"]
    accept: str = request["accept"] or "*/*"
    until = asyncio.get_running_loop().time() + 60
    while True:
        kind = request["content_type"] or "application/json"
        reply = await asked.ask(request["method"], path, request["body"], kind, accept)
        waited = name in WAITED and request["method"] == "GET"
        if not waited or WAITED[name].encode() in reply.raw:
            break
        assert asyncio.get_running_loop().time() < until, f"{name}: {reply.raw!r}"
        await asyncio.sleep(0.02)
    json = reply.headers["Content-Type"].startswith("application/json")
    return {"status": reply.status, "headers": reply.headers,
            "body": reply.body if json else reply.raw.decode()}  # fmt: skip


NAMES = {"annotations", "labels", "matchLabels", "capacity", "allocatable", "managedFields"}
"""Objects whose keys are names of something, and a list whose order is open."""
KNOWN = {
    "cordon": {".metadata.managedFields: only fake"},  # made before fields had managers
}


def differences(real: object, fake: object, at: str = "") -> set[str]:
    """Keys and types that only one of them has; of lists the first items are compared."""
    if is_object(real) and is_object(fake):
        found = {f"{at}.{key}: only real" for key in real.keys() - fake.keys()}
        found |= {f"{at}.{key}: only fake" for key in fake.keys() - real.keys()}
        for key in (real.keys() & fake.keys()) - NAMES:
            found |= differences(real[key], fake[key], f"{at}.{key}")
        return found
    if is_list(real) and is_list(fake):
        if not real or not fake:
            return set() if bool(real) is bool(fake) else {f"{at}: one is empty"}
        return differences(real[0], fake[0], f"{at}[0]")
    return set() if type(real) is type(fake) else {f"{at}: {real!r} is not {fake!r}"}


@pytest.mark.parametrize("name", [name for name in ORDER if not name.startswith("watch")])
def test_an_answer_has_its_status_reason_and_keys(
    name: str, recorded: dict[str, Json], answers: dict[str, Json]
) -> None:
    real, fake = recorded[name]["response"], answers[name]
    assert fake["status"] == real["status"]
    kind = real["headers"]["Content-Type"]
    assert fake["headers"]["Content-Type"] == kind
    assert ("Retry-After" in fake["headers"]) is ("Retry-After" in real["headers"])
    if not kind.startswith("application/json"):
        assert fake["body"].splitlines()[-1:] == real["body"].splitlines()[-1:]
        return
    assert differences(real["body"], fake["body"]) == KNOWN.get(name, set())
    if real["body"].get("kind") == "Status":
        keys = ("status", "reason", "code", "message", "details")
        assert [fake["body"].get(key) for key in keys] == [real["body"].get(key) for key in keys]


def heard(answer: Json) -> list[tuple[str, str, int | None, Json | None]]:
    """Type, name, grace period and labels of events about pods that no controller made."""
    found: list[tuple[str, str, int | None, Json | None]] = []
    for event in (each["line"] for each in answer["body"]):
        meta = event["object"]["metadata"]
        if meta.get("name", "").startswith("p-"):
            grace = meta.get("deletionGracePeriodSeconds")
            found.append((event["type"], meta["name"], grace, meta.get("labels")))
    return found


@pytest.mark.parametrize("name", ["watch-live", "watch-table", "watch-label-leave"])
def test_a_watch_hears_the_same_in_the_same_order(
    name: str, recorded: dict[str, Json], answers: dict[str, Json]
) -> None:
    real, fake = recorded[name]["response"], answers[name]
    assert fake["status"] == real["status"]
    assert heard(fake) == heard(real)
    assert len(heard(real)) >= 5
    lines = zip(real["body"], fake["body"], strict=False)
    for one, other in list(lines)[: len(heard(real))]:
        assert differences(one["line"], other["line"]) == set()


def test_first_events_and_bookmarks_look_the_same(
    recorded: dict[str, Json], answers: dict[str, Json]
) -> None:
    for name in ("watch-rv0", "watch-sendInitialEvents"):
        real, fake = recorded[name]["response"]["body"], answers[name]["body"]
        for one, other in zip(real[:3], fake[:3], strict=True):
            assert one["line"]["type"] == other["line"]["type"] == "ADDED"
    real, fake = recorded["watch-sendInitialEvents"]["response"]["body"], answers[name]["body"]
    for at in (3, -1):  # the end of the first events, and the one before the time was over
        one, other = real[at]["line"], fake[at]["line"]
        assert one["type"] == "BOOKMARK"
        for meta in (one["object"]["metadata"], other["object"]["metadata"]):
            meta["resourceVersion"] = "1"
        assert one == other
    assert recorded["watch-future-rv"]["response"]["body"] == answers["watch-future-rv"]["body"]


def test_every_recording_is_asked(recorded: dict[str, Json]) -> None:
    assert set(ORDER) | ELSEWHERE == set(recorded)
