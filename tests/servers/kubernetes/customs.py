"""More of what any API server does: kinds that somebody brings, what of nodes stays, what a port
that is forwarded wants. As in `scenarios`, each has a client and a namespace, and asserts.
"""

import asyncio

from tests.servers.kubernetes.client import MERGE, TABLE, Client
from tests.servers.kubernetes.refusal import Json
from tests.servers.kubernetes.scenarios import refused


async def defined(client: Client, group: str) -> str:
    """A kind of that group, with columns of its own; the path of all its objects, once served."""
    columns = [
        {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
        {"name": "Note", "type": "string", "jsonPath": ".spec.note", "priority": 1},
        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
    ]
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "additionalPrinterColumns": columns,
               "schema": {"openAPIV3Schema": schema}}  # fmt: skip
    names = {"plural": "gadgets", "singular": "gadget", "kind": "Gadget", "listKind": "GadgetList"}
    spec = {"group": group, "scope": "Namespaced", "names": names, "versions": [version]}
    body = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"gadgets.{group}"}, "spec": spec}  # fmt: skip
    assert (await client.ask("POST", DEFINITIONS, body)).status == 201
    path = f"/apis/{group}/v1/gadgets"
    async with asyncio.timeout(60):
        while (await client.get(path)).status != 200:  # noqa: ASYNC110 - a server sets no event
            await asyncio.sleep(0.1)
    return path


DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


async def custom_tables(client: Client, space: str) -> None:
    """Columns as they were defined, in a list of all namespaces and in a watch from there on."""
    group = f"{space}.example.com"
    path = await defined(client, group)
    mine = f"/apis/{group}/v1/namespaces/{space}/gadgets"
    try:
        empty = (await client.get(path, TABLE)).body
        heads = [(each["name"], each["priority"]) for each in empty["columnDefinitions"]]
        assert heads == [("Name", 0), ("Size", 0), ("Note", 1), ("Age", 0)]
        assert empty["columnDefinitions"][0]["format"] == "name"
        assert not empty["rows"]
        body = {"apiVersion": f"{group}/v1", "kind": "Gadget", "metadata": {"name": "g"},
                "spec": {"size": 1}}  # fmt: skip
        made: Json = (await client.ask("POST", mine, body)).body
        found = (await client.get(f"{path}?limit=500", TABLE)).body
        (row,) = found["rows"]
        assert row["cells"][:3] == ["g", 1, None]
        assert row["object"]["metadata"]["uid"] == made["metadata"]["uid"]
        rv = found["metadata"]["resourceVersion"]
        await custom_changes(client, f"{path}?watch=1&resourceVersion={rv}", mine, made)
    finally:
        gone = await client.ask("DELETE", f"{DEFINITIONS}/gadgets.{group}")
        assert gone.status == 200


async def custom_changes(client: Client, watch: str, mine: str, made: Json) -> None:
    """An edit of the very version that was read, and the end of the very object that was seen."""
    guard = {key: made["metadata"][key] for key in ("uid", "resourceVersion")}
    async with client.watch(f"{watch}&timeoutSeconds=30", TABLE) as events:
        change = {"spec": {"size": 2}, "metadata": guard}
        dry = await client.patch(f"{mine}/g?dryRun=All", change, MERGE)
        assert (dry.status, dry.body["spec"]["size"]) == (200, 2)
        assert (await client.patch(f"{mine}/g", change, MERGE)).status == 200
        stale = {"spec": {"size": 3}, "metadata": guard}
        refused((await client.patch(f"{mine}/g", stale, MERGE)).body, 409, "Conflict")
        first = await events.event()
        assert (first["type"], first["object"]["kind"]) == ("MODIFIED", "Table")
        assert first["object"]["rows"][0]["cells"][:2] == ["g", 2]
        of: Json = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        options = {**of, "preconditions": {"uid": guard["uid"]}}
        only = {**options, "dryRun": ["All"]}
        assert (await client.ask("DELETE", f"{mine}/g", only)).status == 200
        assert (await client.get(f"{mine}/g")).status == 200
        assert (await client.ask("DELETE", f"{mine}/g", options)).status == 200
        last = await events.event()
        assert last["type"] == "DELETED"
        assert last["object"]["rows"][0]["object"]["metadata"]["name"] == "g"
        assert not last["object"]["columnDefinitions"], "they came with the first event"


async def custom_ends(client: Client, space: str) -> None:
    """A kind that goes takes its objects along, and whoever watches is told."""
    group = f"{space}.ends.example.com"
    path = await defined(client, group)
    body = {"apiVersion": f"{group}/v1", "kind": "Gadget", "metadata": {"name": "g"}}
    mine = f"/apis/{group}/v1/namespaces/{space}/gadgets"
    rv = (await client.ask("POST", mine, body)).body["metadata"]["resourceVersion"]
    async with client.watch(f"{path}?watch=1&resourceVersion={rv}&timeoutSeconds=60") as events:
        await client.ask("DELETE", f"{DEFINITIONS}/gadgets.{group}")
        assert (await events.until("DELETED", "g"))["object"]["kind"] == "Gadget"
    async with asyncio.timeout(60):
        while (await client.get(path)).status != 404:  # noqa: ASYNC110 - a server sets no event
            await asyncio.sleep(0.1)


async def standing_nodes(client: Client, space: str) -> None:
    """Labels of a node are its keeper's, what it is called where it runs is not."""
    path = f"/api/v1/nodes/{space}"
    spec = {"providerID": "here://one", "unschedulable": True}
    body = {"metadata": {"name": space}, "spec": spec}
    assert (await client.ask("POST", "/api/v1/nodes", body)).status == 201
    try:
        bad = await client.patch(path, {"spec": {"providerID": "here://two"}}, MERGE)
        refused(bad.body, 422, "Invalid")
        assert "node updates may not change providerID" in bad.body["message"]
        good = await client.patch(path, {"metadata": {"labels": {"rack": "a"}}}, MERGE)
        assert (good.status, good.body["metadata"]["labels"]["rack"]) == (200, "a")
    finally:
        assert (await client.ask("DELETE", path)).status == 200


async def unforwarded(client: Client, space: str) -> None:
    """Only a pod that has a node has ports."""
    pods = f"/api/v1/namespaces/{space}/pods"
    refused((await client.get(f"{pods}/nobody/portforward")).body, 404, "NotFound")
    part = {"name": "c", "image": "registry.k8s.io/pause:3.9"}
    spec = {"containers": [part], "nodeSelector": {"no-such": "node"}}
    made = await client.ask("POST", pods, {"metadata": {"name": "f"}, "spec": spec})
    assert made.status == 201
    refused((await client.get(f"{pods}/f/portforward")).body, 400, "BadRequest")


CUSTOMS = (custom_tables, custom_ends, standing_nodes, unforwarded)
