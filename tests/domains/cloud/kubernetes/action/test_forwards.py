"""A port of a pod is one of ours for as long as it is wanted and the pod is there."""

import asyncio
import json

import pytest

from opsconsole.clean import Clean
from opsconsole.cli.acting import Order, requested
from opsconsole.domains.cloud.kubernetes import forward
from opsconsole.errors import Gone, Refused, UsageError
from opsconsole.estate import Estate
from opsconsole.model import Target
from opsconsole.plan import Ended, Thing, Tier
from opsconsole.question import Part, joined
from opsconsole.transports.kubernetes import forwarding
from tests.domains.cloud.kubernetes.action.test_pods import pod
from tests.domains.cloud.kubernetes.scene import Operator, eventually
from tests.servers.kubernetes.refusal import Json

PORTS = [{"containerPort": 8080, "name": "http"}, {"containerPort": 53, "protocol": "UDP"}]
PARTS = [{"name": "c", "image": "x", "ports": PORTS}]


async def kept(one: Operator) -> list[dict[str, object]]:
    """What is forwarded, as the list shows it."""
    said = bytearray()
    to = one.ground.targets["prod"]
    assert await one.get("kubernetes").execute(to, ("FORWARDS",), said.extend) == 0
    payload = joined((Part(200, bytes(said).partition(b"\n")[2]),))
    keys = [column.key for column in forward.FORWARD.columns]
    rows = forward.rows(forward.read(payload), None)
    return [dict(zip(keys, row, strict=True)) for row in rows]


def number(row: dict[str, object]) -> Thing:
    return Thing("prod", (("number", str(row["number"])),), Clean("it"))


async def echoed(row: dict[str, object], size: int) -> None:
    """What is sent to the port comes back, as the server's pods do."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(str(row["local"])))
    writer.write(b"x" * size)
    assert await reader.readexactly(size) == b"x" * size
    writer.close()


async def test_a_port_is_forwarded_counted_and_ended(one: Operator) -> None:
    await one.add(pod(one.space, "web", containers=PARTS))
    thing = await one.thing("pods", "web")
    plan = await one.plan("forward", thing)
    assert plan.tier is Tier.YES
    assert plan.items[0].facts["ports"] == "8080 http"
    outcome = await one.do("forward", thing)
    assert outcome.ended is Ended.VERIFIED
    (row,) = await kept(one)
    assert (await one.undo(outcome)).ended is Ended.VERIFIED
    assert await kept(one) == []
    assert (await one.do("forward", thing)).ended is Ended.VERIFIED
    (row,) = await kept(one)
    assert any(f"127.0.0.1:{row['local']} is port 8080 of" in line for line in one.lines())
    assert (row["namespace"], row["pod"], row["remote"], row["state"]) == (
        *(one.space, "web", "8080", "listening"),
    )
    for _ in range(2):
        await echoed(row, 50_000)
    (row,) = await kept(one)
    counts = ("connections", "received_bytes", "sent_bytes")
    assert [row[key] for key in counts] == [2, 100_000, 100_000]
    with pytest.raises(Refused, match=f"port {row['local']} here is forwarded to {one.space}/web"):
        await one.plan("forward", thing, ports=f"{row['local']}:http")
    outcome = await one.do("end-forward", number(row))
    assert outcome.ended is Ended.VERIFIED
    assert await kept(one) == []
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", int(str(row["local"])))
    assert (await one.undo(outcome)).ended is Ended.VERIFIED
    (again,) = await kept(one)
    assert (again["local"], again["remote"]) == (row["local"], "8080")
    with pytest.raises(Gone, match="no such forward"):
        await one.plan("end-forward", number(row))


async def test_a_pod_that_goes_ends_it_and_says_so(
    one: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "LOOK", 0.05)
    await one.add(pod(one.space, "lone"))
    await one.do("forward", await one.thing("pods", "lone"), ports=":81")
    await one.control("remove", of="pods", namespace=one.space, name="lone")

    async def ended() -> bool:
        return (await kept(one))[0]["state"] == "ended"

    await eventually(ended)
    (row,) = await kept(one)
    assert row["error"] == "the pod is gone"
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", int(str(row["local"])))
    assert (await one.do("end-forward", number(row))).undo == ()
    assert await kept(one) == []


async def test_a_service_leads_to_a_pod_that_is_ready(one: Operator) -> None:
    labels = {"app": "shop"}
    parts = {"metadata": {"labels": labels}, "spec": {"containers": PARTS}}
    await one.deployed("shop", template=parts, replicas=2)
    spec: Json = {"selector": labels, "ports": [
        {"port": 80, "name": "web", "targetPort": "http"}, {"port": 81, "targetPort": "none"},
    ]}  # fmt: skip
    meta = {"name": "front", "namespace": one.space}
    await one.add({"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec})
    thing = await one.thing("services", "front")
    assert (await one.do("forward-service", thing, ports=":web")).ended is Ended.VERIFIED
    (row,) = await kept(one)
    assert (row["service"], row["remote"]) == ("front", "8080")
    assert row["pod"] == min(each["metadata"]["name"] for each in await one.pods("shop"))
    for ports, why in {
        ":81": "no container",
        ":82": "there are: 80 web, 81",
        "x": "no port",
    }.items():
        with pytest.raises(Refused, match=why):
            await one.plan("forward-service", thing, ports=ports)
    await one.change("services", "front", {"spec": {"selector": None}})
    with pytest.raises(Refused, match="it chooses no pods"):
        await one.plan("forward-service", thing, ports=":80")


async def test_what_cannot_be_forwarded_says_why(one: Operator) -> None:
    await one.add(pod(one.space, "bare"))
    thing = await one.thing("pods", "bare")
    with pytest.raises(Refused, match="it names no port that can be forwarded: say LOCAL:REMOTE"):
        await one.plan("forward", thing)
    assert (await one.option("forward", thing)).refusal == ""
    for ports in ("0", "x:y", "1:65536", "70000:1", "1:2:3", "-1:2"):
        with pytest.raises(Refused):
            await one.plan("forward", thing, ports=ports)
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    outcome = await one.do("forward", thing, ports=f"{port}:80")
    server.close()
    assert outcome.ended is Ended.FAILED
    assert "something listens there already: choose another port" in outcome.results[0].message
    await one.add(pod(one.space, "late", nodeName=None) | {"status": {"phase": "Pending"}})
    with pytest.raises(Refused, match="it does not run: Pending"):
        await one.plan("forward", await one.thing("pods", "late"), ports=":80")


def test_a_hostile_list_makes_harmless_rows() -> None:
    odd = {"number": "1", "namespace": "\x1b[31m", "pod": "p" * 9999, "local": 1, "remote": 2}
    body = json.dumps({"forwards": [{**odd, "state": "ended", "error": "\n" * 9999}]}).encode()
    (row,) = forward.rows(forward.read(joined((Part(200, body),))), None)
    assert all("\x1b" not in str(value) and len(str(value)) < 400 for value in row)


def test_no_command_begins_what_would_end_with_it() -> None:
    estate = Estate((Target("prod", "kubernetes", "kubernetes"),))
    for action in ("forward", "forward-service", "end-forward"):
        order = Order(f"kubernetes.{action}", "prod", ("shop/web",), (), None, False, "", None, "")
        with pytest.raises(UsageError, match="it is `opsconsole kubernetes forward`"):
            requested(order, estate)
