"""What any Kubernetes API server does: the same questions for the fake and for a real cluster.

Each scenario gets a client and a namespace of its own, and asserts.
"""

from tests.servers.kubernetes.client import (
    APPLY,
    JSON_PATCH,
    MERGE,
    PARTIAL_LIST,
    STRATEGIC,
    TABLE,
    Client,
)
from tests.servers.kubernetes.refusal import Json

STATUS = {"kind", "apiVersion", "metadata", "status", "message", "reason", "code"}


def refused(body: Json, code: int, reason: str) -> None:
    """It is a whole Status."""
    assert set(body) >= STATUS
    assert (body["kind"], body["status"], body["code"], body["reason"]) == (
        "Status", "Failure", code, reason,
    )  # fmt: skip


def maps(space: str) -> str:
    return f"/api/v1/namespaces/{space}/configmaps"


async def made(client: Client, space: str, name: str, **labels: str) -> Json:
    """A new ConfigMap."""
    body = {"metadata": {"name": name, "labels": labels}, "data": {"a": "1"}}
    reply = await client.ask("POST", maps(space), body)
    assert reply.status == 201
    found: Json = reply.body
    return found


async def health(client: Client, space: str) -> None:
    version = (await client.get("/version")).body
    assert {"major", "minor", "gitVersion", "platform"} <= set(version)
    ready = await client.get("/readyz")
    assert (ready.status, ready.raw) == (200, b"ok")
    assert (await client.get("/readyz?verbose")).raw.endswith(b"readyz check passed\n")


async def discovery(client: Client, space: str) -> None:
    assert "v1" in (await client.get("/api")).body["versions"]
    groups = {each["name"]: each for each in (await client.get("/apis")).body["groups"]}
    assert {"apps", "batch", "policy", "networking.k8s.io", "autoscaling"} <= set(groups)
    assert groups["apps"]["preferredVersion"]["groupVersion"] == "apps/v1"
    told = (await client.get("/api/v1")).body
    pods = next(each for each in told["resources"] if each["name"] == "pods")
    assert pods["namespaced"] is True
    assert {"get", "list", "watch", "create", "delete", "patch", "update"} <= set(pods["verbs"])
    assert {"pods/log", "pods/exec", "pods/eviction"} <= {
        each["name"] for each in told["resources"]
    }
    apps = (await client.get("/apis/apps/v1")).body
    assert apps["groupVersion"] == "apps/v1"
    assert "deployments/scale" in {each["name"] for each in apps["resources"]}


async def absent(client: Client, space: str) -> None:
    """A missing object is a Status; a missing group is plain text."""
    missing = await client.get(f"{maps(space)}/nope")
    refused(missing.body, 404, "NotFound")
    assert missing.body["details"] == {"name": "nope", "kind": "configmaps"}
    refused((await client.get("/api/v1/nonsense")).body, 404, "NotFound")
    group = await client.get("/apis/nobody.example.com/v1/things")
    assert (group.status, group.raw) == (404, b"404 page not found\n")
    assert group.headers["Content-Type"].startswith("text/plain")


async def creation(client: Client, space: str) -> None:
    obj = await made(client, space, "c")
    assert {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"} <= set(
        obj["metadata"]
    )
    body: Json = {"metadata": {"name": "c"}}
    refused((await client.ask("POST", maps(space), body)).body, 409, "AlreadyExists")
    refused((await client.ask("POST", maps(space), b"{nonsense")).body, 400, "BadRequest")
    bad = (await client.ask("POST", maps(space), {"metadata": {"name": "BAD_NAME"}})).body
    refused(bad, 422, "Invalid")
    assert bad["details"]["causes"][0]["field"] == "metadata.name"
    made_up = await client.ask("POST", maps(space), {"metadata": {"generateName": "g-"}})
    name = made_up.body["metadata"]["name"]
    assert name.startswith("g-")
    assert len(name) == 7
    elsewhere = await client.ask("POST", maps(f"{space}-nowhere"), {"metadata": {"name": "c"}})
    refused(elsewhere.body, 404, "NotFound")


async def pages(client: Client, space: str) -> None:
    """Pages show one version; what is added meanwhile is not in them."""
    for name in ("p1", "p2", "p3", "p5"):
        await made(client, space, name, paged="yes")
    seen = "labelSelector=paged%3Dyes"
    first = (await client.get(f"{maps(space)}?limit=2&{seen}")).body
    assert [each["metadata"]["name"] for each in first["items"]] == ["p1", "p2"]
    await made(client, space, "p4", paged="yes")
    token = first["metadata"]["continue"]
    second = (await client.get(f"{maps(space)}?limit=3&{seen}&continue={token}")).body
    assert [each["metadata"]["name"] for each in second["items"]] == ["p3", "p5"]
    assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    assert not second["metadata"].get("continue")
    whole = (await client.get(f"{maps(space)}?limit=1")).body
    assert whole["metadata"]["remainingItemCount"] >= 4
    assert "kind" not in whole["items"][0]
    cached = (await client.get(f"{maps(space)}?resourceVersion=0&limit=1&{seen}")).body
    assert len(cached["items"]) in {4, 5}  # from the cache, which may lag and knows no pages
    both = await client.get(f"{maps(space)}?limit=1&resourceVersion=1&continue={token}")
    refused(both.body, 400, "BadRequest")
    bad = await client.get(f"{maps(space)}?limit=1&continue=garbage")
    refused(bad.body, 400, "BadRequest")


async def selectors(client: Client, space: str) -> None:
    await made(client, space, "s1", tier="front", app="shop")
    await made(client, space, "s2", tier="back", app="shop")
    await made(client, space, "s3", tier="back")

    async def names(query: str) -> list[str]:
        found = (await client.get(f"{maps(space)}?{query}")).body
        names = [each["metadata"]["name"] for each in found["items"]]
        return [name for name in names if name[0] == "s"]

    assert await names("labelSelector=tier%3Dback") == ["s2", "s3"]
    assert await names("labelSelector=tier%21%3Dback") == ["s1"]
    assert await names("labelSelector=tier+in+(front,back),app") == ["s1", "s2"]
    assert await names("labelSelector=tier+notin+(front),%21app") == ["s3"]
    assert await names("fieldSelector=metadata.name%3Ds2") == ["s2"]
    assert await names("fieldSelector=metadata.name%21%3Ds2,metadata.name%21%3Ds1") == ["s3"]
    bad = await client.get(f"/api/v1/namespaces/{space}/pods?fieldSelector=spec.bogus%3Dx")
    refused(bad.body, 400, "BadRequest")
    assert bad.body["message"] == "field label not supported: spec.bogus"
    pods = f"/api/v1/namespaces/{space}/pods?fieldSelector=spec.nodeName%3Dx,status.phase%3DFailed"
    assert (await client.get(pods)).body["items"] == []
    events = f"/api/v1/namespaces/{space}/events?fieldSelector=involvedObject.name%3Dnobody"
    assert (await client.get(events)).body["items"] == []


async def forms(client: Client, space: str) -> None:
    """Tables and metadata only."""
    await made(client, space, "f")
    found = (await client.get(maps(space), TABLE)).body
    assert set(found) == {"kind", "apiVersion", "metadata", "columnDefinitions", "rows"}
    assert found["kind"] == "Table"
    assert [each["name"] for each in found["columnDefinitions"]] == ["Name", "Data", "Age"]
    row = next(each for each in found["rows"] if each["cells"][0] == "f")
    assert row["cells"][1] == 1
    assert row["object"]["kind"] == "PartialObjectMetadata"
    bare = (await client.get(f"{maps(space)}?includeObject=None", TABLE)).body
    assert all(each["object"] is None for each in bare["rows"])
    partial = (await client.get(maps(space), PARTIAL_LIST)).body
    assert partial["kind"] == "PartialObjectMetadataList"
    assert all(set(each) == {"kind", "apiVersion", "metadata"} for each in partial["items"])
    either = await client.get(maps(space), f"{TABLE}, application/json")
    assert either.body["kind"] == "Table"
    refused((await client.get(maps(space), "text/css")).body, 406, "NotAcceptable")


async def watching(client: Client, space: str) -> None:
    """From the version of a list on, in order, each with a higher version."""
    rv = (await client.get(maps(space))).body["metadata"]["resourceVersion"]
    await made(client, space, "w", app="a")
    path = f"{maps(space)}?watch=1&resourceVersion={rv}&timeoutSeconds=30"
    async with client.watch(path) as watch:
        assert watch.response.status == 200
        assert (await watch.until("ADDED", "w"))["object"]["kind"] == "ConfigMap"
        await client.patch(f"{maps(space)}/w", {"data": {"a": "2"}})
        changed = await watch.until("MODIFIED", "w")
        assert changed["object"]["data"] == {"a": "2"}
        await client.ask("DELETE", f"{maps(space)}/w")
        gone = await watch.until("DELETED", "w")
    versions = [int(each["object"]["metadata"]["resourceVersion"]) for each in (changed, gone)]
    assert int(rv) < versions[0] < versions[1]


async def leaving(client: Client, space: str) -> None:
    """An object that no longer matches arrives as DELETED, as it was, with the new version."""
    before = await made(client, space, "l", app="a")
    rv = before["metadata"]["resourceVersion"]
    query = f"watch=1&resourceVersion={rv}&labelSelector=app%3Da&timeoutSeconds=30"
    async with client.watch(f"{maps(space)}?{query}") as watch:
        after = await client.patch(f"{maps(space)}/l", {"metadata": {"labels": {"app": "b"}}})
        gone = await watch.event()
        assert gone["type"] == "DELETED"
        assert gone["object"]["metadata"]["labels"] == {"app": "a"}
        version = after.body["metadata"]["resourceVersion"]
        assert gone["object"]["metadata"]["resourceVersion"] == version
        await client.patch(f"{maps(space)}/l", {"metadata": {"labels": {"app": "a"}}})
        assert (await watch.event())["type"] == "ADDED"


async def first_events(client: Client, space: str) -> None:
    """Version 0 begins with what is there; a version to come with nothing."""
    await made(client, space, "z", only="z")
    chosen = "watch=1&labelSelector=only%3Dz&timeoutSeconds=1"
    async with client.watch(f"{maps(space)}?{chosen}&resourceVersion=0") as watch:
        assert [each["type"] for each in await watch.rest()] == ["ADDED"]
    async with client.watch(f"{maps(space)}?{chosen}&resourceVersion=999999999999") as watch:
        assert watch.response.status == 200
        assert await watch.rest() == []


async def table_watch(client: Client, space: str) -> None:
    """Only the first row of a watch comes with its columns."""
    await made(client, space, "t1", only="t")
    await made(client, space, "t2", only="t")
    query = "watch=1&resourceVersion=0&labelSelector=only%3Dt&timeoutSeconds=1&includeObject=None"
    async with client.watch(f"{maps(space)}?{query}", TABLE) as watch:
        events = await watch.rest()
    assert [each["object"]["rows"][0]["cells"][0] for each in events] == ["t1", "t2"]
    assert [bool(each["object"]["columnDefinitions"]) for each in events] == [True, False]
    assert all(each["object"]["metadata"]["resourceVersion"] for each in events)


async def bookmarks(client: Client, space: str) -> None:
    """The first events end with a bookmark, and one comes before the time is over."""
    await made(client, space, "b", only="b")
    query = ("watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
             "&allowWatchBookmarks=true&labelSelector=only%3Db&timeoutSeconds=3")  # fmt: skip
    async with client.watch(f"{maps(space)}?{query}") as watch:
        if watch.response.status == 422:  # an older server, which is a case of its own
            return
        assert (await watch.event())["type"] == "ADDED"
        mark = await watch.event()
        assert mark["type"] == "BOOKMARK"
        meta = mark["object"]["metadata"]
        assert meta["annotations"] == {"k8s.io/initial-events-end": "true"}
        assert set(meta) <= {"resourceVersion", "annotations", "creationTimestamp"}
    wrong = await client.get(f"{maps(space)}?watch=1&sendInitialEvents=true")
    refused(wrong.body, 422, "Invalid")


async def trying(client: Client, space: str) -> None:
    """dryRun says what would be, and does nothing."""
    body = {"metadata": {"name": "d"}}
    assert (await client.ask("POST", f"{maps(space)}?dryRun=All", body)).status == 201
    assert (await client.get(f"{maps(space)}/d")).status == 404
    before = await made(client, space, "d")
    dry = await client.patch(f"{maps(space)}/d?dryRun=All", {"data": {"dry": "1"}})
    assert dry.body["data"] == {"a": "1", "dry": "1"}
    assert (await client.ask("DELETE", f"{maps(space)}/d?dryRun=All")).status == 200
    assert (await client.get(f"{maps(space)}/d")).body == before


async def conflicts(client: Client, space: str) -> None:
    old = await made(client, space, "x")
    new = (await client.patch(f"{maps(space)}/x", {"data": {"b": "2"}})).body
    refused((await client.ask("PUT", f"{maps(space)}/x", old)).body, 409, "Conflict")
    wrong: Json = {"preconditions": {"uid": "11111111-2222-3333-4444-555555555555"}}
    refused((await client.ask("DELETE", f"{maps(space)}/x", wrong)).body, 409, "Conflict")
    stale = {"preconditions": {"resourceVersion": old["metadata"]["resourceVersion"]}}
    refused((await client.ask("DELETE", f"{maps(space)}/x", stale)).body, 409, "Conflict")
    new["data"] = {"c": "3"}
    replaced = await client.ask("PUT", f"{maps(space)}/x", new)
    assert (replaced.status, replaced.body["data"]) == (200, {"c": "3"})
    right = {"preconditions": {"uid": new["metadata"]["uid"]}}
    gone = await client.ask("DELETE", f"{maps(space)}/x", right)
    assert (gone.status, gone.body["status"]) == (200, "Success")
    refused((await client.ask("DELETE", f"{maps(space)}/x")).body, 404, "NotFound")


async def holding(client: Client, space: str) -> None:
    """A finalizer holds what was deleted, until it is taken away."""
    hold = {"metadata": {"name": "h", "finalizers": ["example.com/hold"]}}
    await client.ask("POST", maps(space), hold)
    for _ in range(2):
        held = await client.ask("DELETE", f"{maps(space)}/h")
        assert (held.status, held.body["kind"]) == (200, "ConfigMap")
        assert "deletionTimestamp" in held.body["metadata"]
    assert (await client.get(f"{maps(space)}/h")).status == 200
    freed = await client.patch(f"{maps(space)}/h", {"metadata": {"finalizers": None}})
    assert freed.status == 200
    assert (await client.get(f"{maps(space)}/h")).status == 404


async def emptying(client: Client, space: str) -> None:
    """A whole collection is deleted, as far as it is selected."""
    for name in ("e1", "e2", "e3"):
        await made(client, space, name, go=str(name != "e2"))
    gone = await client.ask("DELETE", f"{maps(space)}?labelSelector=go%3DTrue")
    assert [each["metadata"]["name"] for each in gone.body["items"]] == ["e1", "e3"]
    left = (await client.get(f"{maps(space)}?labelSelector=go")).body["items"]
    assert [each["metadata"]["name"] for each in left] == ["e2"]


async def patching(client: Client, space: str) -> None:
    path = f"{maps(space)}/y"
    first = await made(client, space, "y")
    same = await client.patch(path, {"data": {"a": "1"}})
    assert same.body["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    merged = await client.patch(path, {"data": {"b": "2", "a": None}}, MERGE)
    assert merged.body["data"] == {"b": "2"}
    steps = [{"op": "test", "path": "/data/b", "value": "2"},
             {"op": "add", "path": "/data/c", "value": "3"},
             {"op": "remove", "path": "/data/b"}]  # fmt: skip
    assert (await client.patch(path, steps, JSON_PATCH)).body["data"] == {"c": "3"}
    assert (await client.patch(path, steps, JSON_PATCH)).status == 422
    body: Json = {"metadata": {"labels": {"z": "1"}}}
    refused((await client.patch(path, body, "application/json")).body, 415, "UnsupportedMediaType")
    refused((await client.patch(f"{path}y", body)).body, 404, "NotFound")


async def applying(client: Client, space: str) -> None:
    """Server-side apply: fields have owners, and what one no longer wants goes."""
    path = f"{maps(space)}/a"

    async def apply(manager: str, data: Json, force: str = "") -> Json:
        config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data}
        reply = await client.patch(f"{path}?fieldManager={manager}{force}", config, APPLY)
        found: Json = reply.body
        return found

    assert (await apply("one", {"k": "1", "l": "1"}))["data"] == {"k": "1", "l": "1"}
    clash = await apply("two", {"k": "2"})
    refused(clash, 409, "Conflict")
    assert clash["details"]["causes"][0]["reason"] == "FieldManagerConflict"
    assert (await apply("two", {"k": "2"}, "&force=true"))["data"]["k"] == "2"
    assert (await apply("one", {}))["data"] == {"k": "2"}


async def strategic(client: Client, space: str) -> None:
    """Containers are told apart by name; a template has one more annotation, no less."""
    path = f"/apis/apps/v1/namespaces/{space}/deployments"
    parts = [{"name": "c", "image": "registry.k8s.io/pause:3.10"},
             {"name": "d", "image": "registry.k8s.io/pause:3.9"}]  # fmt: skip
    labels = {"x": "y"}
    body = {"metadata": {"name": "d"}, "spec": {
        "replicas": 0, "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": parts}},
    }}  # fmt: skip
    assert (await client.ask("POST", path, body)).status == 201
    image = {"containers": [{"name": "d", "image": "registry.k8s.io/pause:3.10"}]}
    when = {"annotations": {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"}}
    change = {"spec": {"template": {"spec": image, "metadata": when}}}
    after = (await client.patch(f"{path}/d", change, STRATEGIC)).body
    images = {
        each["name"]: each["image"] for each in after["spec"]["template"]["spec"]["containers"]
    }
    assert images == dict.fromkeys("cd", "registry.k8s.io/pause:3.10")
    assert after["spec"]["template"]["metadata"] == {**when, "labels": labels}
    assert after["metadata"]["generation"] == 2
    scale = (await client.get(f"{path}/d/scale")).body
    assert (scale["kind"], scale["status"]["selector"]) == ("Scale", "x=y")
    more = await client.patch(f"{path}/d/scale", {"spec": {"replicas": 1}})
    assert more.body["spec"] == {"replicas": 1}
    assert (await client.get(f"{path}/d")).body["spec"]["replicas"] == 1
    bad = await client.patch(f"{path}/d/scale", {"spec": {"replicas": -1}})
    refused(bad.body, 422, "Invalid")


async def standing_pods(client: Client, space: str) -> None:
    """Of the spec of a pod nearly nothing changes but its images."""
    path = f"/api/v1/namespaces/{space}/pods"
    part = {"name": "c", "image": "registry.k8s.io/pause:3.9"}
    spec = {"containers": [part], "nodeSelector": {"no-such": "node"}}
    made = await client.ask("POST", path, {"metadata": {"name": "s"}, "spec": spec})
    assert made.status == 201
    bad = await client.patch(f"{path}/s", {"spec": {"nodeSelector": {"other": "node"}}}, MERGE)
    refused(bad.body, 422, "Invalid")
    assert "pod updates may not change fields other than `spec.co" in bad.body["message"]
    kept = [{**made.body["spec"]["containers"][0], "image": "registry.k8s.io/pause:3.10"}]
    good = await client.patch(f"{path}/s", {"spec": {"containers": kept}}, MERGE)
    assert (good.status, good.body["spec"]["containers"]) == (200, kept)


async def reviews(client: Client, space: str) -> None:
    attributes = {
        "verb": "create",
        "resource": "pods",
        "subresource": "eviction",
        "namespace": space,
    }
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    reply = await client.ask("POST", path, {"spec": {"resourceAttributes": attributes}})
    assert (reply.status, reply.body["status"]["allowed"]) == (201, True)
    path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
    reply = await client.ask("POST", path, {"spec": {"namespace": space}})
    assert reply.status == 201
    assert {"resourceRules", "nonResourceRules", "incomplete"} <= set(reply.body["status"])


async def strangers(client: Client, space: str) -> None:
    nobody = Client(client.base_url, client.session, {"Authorization": "Bearer not-a-token"})
    refused((await nobody.get("/api/v1/pods")).body, 401, "Unauthorized")


SCENARIOS = (
    health, discovery, absent, creation, pages, selectors, forms, watching, leaving, first_events,
    table_watch, bookmarks, trying, conflicts, holding, emptying, patching, applying, strategic,
    standing_pods, reviews, strangers,
)  # fmt: skip
