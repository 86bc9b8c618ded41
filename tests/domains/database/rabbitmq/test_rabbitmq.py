"""RabbitMQ: recorded answers as rows, what is absurd, a real one watched and acted on."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from opsconsole.domains.database.rabbitmq import INTEGRATION
from opsconsole.domains.database.rabbitmq.action import CLOSE, PURGE
from opsconsole.domains.database.rabbitmq.probe import CONNECTION, NODE, OVERVIEW, QUEUE
from opsconsole.errors import Denied, Gone, Malformed, Refused, Unsupported
from opsconsole.model import Target
from opsconsole.plan import Thing
from opsconsole.ports import Session
from opsconsole.question import Part, joined
from opsconsole.secret import Secret
from opsconsole.spec import Action, Facts, Probe
from opsconsole.transports.http import HttpTransport
from tests.domains.database.redis.scene import table, thing
from tests.servers.rabbitmq import Server, agree, client, rabbitmq
from tests.servers.sampler import Heard
from tests.transports.doing import done

ANSWERS = Path(__file__).parent / "answers"


def recorded(name: str) -> Any:
    return json.loads((ANSWERS / f"{name}.json").read_text())


def answer(*documents: object) -> bytes:
    return joined([Part(200, json.dumps(one).encode()) for one in documents])


def whole(node: dict[str, object]) -> bytes:
    return answer(recorded("overview"), [recorded("nodes")[0] | node])


def test_the_cluster_and_its_nodes() -> None:
    (one,) = table(OVERVIEW, whole({}))
    assert (one["version"], one["cluster"], one["queues"]) == ("3.10.8", "ops1@vm", 1)
    assert (one["ready"], one["sessions_active"]) == (3, 0)
    (node,) = table(NODE, whole({}))
    assert (node["name"], node["state"], node["memory"], node["disk"]) == (
        "ops1@localhost",
        "running",
        "ok",
        "ok",
    )
    assert 0 < node["memory_percent"] < 100
    assert node["uptime_s"] > 10


@pytest.mark.parametrize(
    ("changed", "column", "word"),
    [
        ({"running": False}, "state", "down"),
        ({"partitions": ["b@x"]}, "state", "partitioned"),
        ({"mem_alarm": True}, "memory", "alarm"),
        ({"disk_free_alarm": True}, "disk", "alarm"),
        ({"disk_free": "disk_free_monitoring_disabled"}, "disk_free_bytes", None),
        ({"fd_used": "unknown"}, "files_percent", None),
        ({"mem_used": 10**400}, "memory_bytes", None),
        ({"mem_limit": 0}, "memory_percent", None),
        ({"name": "\x1b[2J"}, "name", "\ufffd[2J"),
    ],
)
def test_what_a_node_may_say(changed: dict[str, object], column: str, word: object) -> None:
    (node,) = table(NODE, whole(changed))
    assert node[column] == word


def test_a_node_that_is_down_has_little_more_than_its_name() -> None:
    (node,) = table(NODE, answer({}, [{"name": "b@x", "running": False}]))
    assert (node["state"], node["memory_percent"]) == ("down", None)
    assert table(OVERVIEW, answer({}, []))[0]["version"] == ""


def test_queues() -> None:
    (one,) = table(QUEUE, answer(recorded("queues")))
    assert (one["name"], one["vhost"], one["state"], one["ready"]) == ("q1", "/", "running", 3)
    assert (one["consumers"], one["publish_per_s"], one["deliver_per_s"]) == (0, 0, None)
    assert one["idle"] > 1_700_000_000
    odd = {"items": [{"name": 7}, {"name": "q\x07", "consumer_capacity": "", "messages_ready": -1}]}
    (one,) = table(QUEUE, answer(odd))
    assert (one["name"], one["ready"], one["capacity_percent"]) == ("q\ufffd", None, None)
    wrong: list[object] = [[], {"items": [{"name": 7}]}, {"items": 3}]
    for bad in wrong:
        with pytest.raises(Malformed):
            table(QUEUE, answer(bad))
    with pytest.raises(Malformed):
        table(QUEUE, joined([Part(200, b"<html>")]))


def test_a_purge_that_makes_no_sense_is_barred() -> None:
    one = thing(name="a/b", vhost="/ü")
    assert PURGE.look.argv(one) == ("GET", "/api/queues/%2F%C3%BC/a%2Fb")
    (step,) = PURGE.steps(one, {}, {})
    assert step.argv == ("DELETE", "/api/queues/%2F%C3%BC/a%2Fb/contents")
    assert PURGE.look.argv(thing(name="a")) == ("GET", "/api/queues/%2F/a")
    facts = PURGE.look.read(one, 0, b'200 \n{"name":"a/b","messages_ready":4,"consumers":0}')
    assert not PURGE.bars(one, facts, {})
    assert PURGE.effect(one, facts, {}).startswith("4 messages")
    assert "stop them" in PURGE.bars(one, {**facts, "consumers": "2"}, {})
    assert PURGE.bars(one, {**facts, "ready": "0"}, {}) == "it is empty"
    held = PURGE.verify.held
    assert held(facts, {**facts, "ready": "3"}, {})
    assert held({**facts, "ready": ""}, {**facts, "ready": "0"}, {})
    assert not held(facts, facts, {})
    assert not held(facts, {**facts, "ready": ""}, {})
    assert not held(facts, None, {})
    with pytest.raises(Gone):
        PURGE.look.read(one, 404, b"404 \n{}")
    with pytest.raises(Unsupported, match="says 401"):
        PURGE.look.read(one, 401, b"401 \nno")
    for name in ("", "a\ufffd"):
        with pytest.raises(Refused):
            PURGE.look.argv(thing(name=name))
        with pytest.raises(Refused):
            CLOSE.look.argv(thing(name=name))


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server, None, None]:
    with rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as one:
        yield one


def target(of: Server, folder: Path, word: str = "guest") -> Target:
    path = folder / f"password-{word}"
    path.write_text(word)
    path.chmod(0o600)
    settings = {"url": of.url, "password": Secret("file", (str(path),))}
    return Target("mq", "rabbitmq", "http", user="guest", settings=settings)


@asynccontextmanager
async def opened(to: Target) -> AsyncGenerator[tuple[Session, Heard], None]:
    transport, heard = HttpTransport(), Heard()
    try:
        yield await transport.open(to, INTEGRATION.questions, 1.0, heard), heard
    finally:
        await transport.close()


async def until(
    to: Target, probe: Probe[Any], true: Callable[[list[dict[str, Any]]], bool]
) -> list[dict[str, Any]]:
    """Ask until the rows are so: the API tells what was sampled a while ago."""
    async with opened(to) as (session, heard), asyncio.timeout(120):
        for number in range(1, 1000):
            session.ask(probe.exchange)
            await heard.until(_count(number), 60)
            last = heard.answers[-1]
            assert last.error is None
            if true(rows := table(probe, last.payload)):
                return rows
            await asyncio.sleep(0.2)
    raise AssertionError("never so")


def _count(number: int) -> Callable[[Heard], bool]:
    return lambda all_: len(all_.answers) >= number


async def looked(action: Action, one: Thing, to: Target) -> Facts | None:
    status, out = await done(HttpTransport(), to, *action.look.argv(one))
    try:
        return action.look.read(one, status, out)
    except Gone:
        return None


async def acted(action: Action, one: Thing, to: Target) -> None:
    before = await looked(action, one, to)
    assert before is not None
    assert not action.bars(one, before, {})
    (step,) = action.steps(one, before, {})
    status, out = await done(HttpTransport(), to, *step.argv)
    assert status == 0, out
    async with asyncio.timeout(120):
        while not action.verify.held(before, await looked(action, one, to), {}):  # noqa: ASYNC110
            await asyncio.sleep(0.2)


@pytest.mark.server
async def test_a_real_queue_is_seen_and_emptied(broker: Server, tmp_path: Path) -> None:
    to = target(broker, tmp_path)
    broker.ask("PUT", "/api/queues/%2F/odd%2F%5Bname%5D", {"durable": False})
    broker.publish("odd/[name]", 3)
    (queue,) = await until(to, QUEUE, lambda rows: [row["ready"] for row in rows] == [3])
    assert (queue["name"], queue["vhost"], queue["type"]) == ("odd/[name]", "/", "classic")
    (one,) = await until(to, OVERVIEW, lambda rows: rows[0]["ready"] == 3)
    assert one["queues"] == 1
    (node,) = await until(to, NODE, lambda rows: rows[0]["memory_percent"] is not None)
    assert (node["state"], node["memory"], node["disk"]) == ("running", "ok", "ok")
    await acted(PURGE, thing(name=queue["name"], vhost=queue["vhost"]), to)
    (queue,) = await until(to, QUEUE, lambda rows: rows[0]["ready"] == 0)


@pytest.mark.server
async def test_a_real_connection_is_seen_and_ended(broker: Server, tmp_path: Path) -> None:
    to = target(broker, tmp_path)
    with client(broker, "[bold]app") as made:
        (one,) = await until(
            to, CONNECTION, lambda rows: [row["state"] for row in rows] == ["running"]
        )
        assert (one["label"], one["user"], one["channels"]) == ("[bold]app", "guest", 0)
        said, _ = await asyncio.gather(
            asyncio.to_thread(agree, made), acted(CLOSE, thing(name=one["name"]), to)
        )
        assert b"CONNECTION_FORCED" in said


@pytest.mark.server
async def test_a_wrong_password_is_told(broker: Server, tmp_path: Path) -> None:
    with pytest.raises(Denied):
        async with opened(target(broker, tmp_path, "odd")):
            pass
