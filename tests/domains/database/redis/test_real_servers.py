"""Real Redis servers: what they say, what is done to them, and what happens when they go."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from opsconsole import reply
from opsconsole.domains.database.redis import INTEGRATION
from opsconsole.domains.database.redis.action import KILL, RESET, SAVE
from opsconsole.domains.database.redis.client import CLIENT, clients
from opsconsole.domains.database.redis.cluster import CLUSTER, NODE
from opsconsole.domains.database.redis.memory import MEMORY
from opsconsole.domains.database.redis.overview import OVERVIEW
from opsconsole.domains.database.redis.persistence import PERSISTENCE
from opsconsole.domains.database.redis.replication import REPLICATION
from opsconsole.domains.database.redis.slow import SLOW
from opsconsole.engine import watching
from opsconsole.errors import Denied, Unreachable
from opsconsole.estate import Estate
from opsconsole.model import Sample
from opsconsole.ports import Samples
from opsconsole.transports.redis import RedisTransport
from tests.conftest import ROOT
from tests.domains.database.redis.scene import acted, asked, looked, table, thing, until
from tests.servers.redis import Server, cluster, replicated, server
from tests.servers.sampler import Heard
from tests.transports.doing import done
from tests.transports.redis.scene import PING, answered, password, target

pytestmark = pytest.mark.server

Pair = tuple[Server, Server]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Generator[Pair, None, None]:
    with replicated(tmp_path_factory.mktemp("redis")) as both:
        yield both


async def test_every_question_is_answered(pair: Pair) -> None:
    for exchange in INTEGRATION.exchanges:
        payload = await asked(INTEGRATION, target(pair[0]), exchange.name)
        for probe in INTEGRATION.probes:
            if probe.exchange == exchange.name:
                rows = table(probe, payload)
                empty = probe.id in {"redis.cluster", "redis.node", "redis.latency", "redis.slow"}
                assert rows or empty or probe.id == "redis.keyspace", probe.id


async def test_work_shows_as_rates(pair: Pair) -> None:
    primary, _ = pair
    before = await asked(INTEGRATION, target(primary), "info")
    primary.say("EVAL", "for i = 1, 1000 do redis.call('SET', 'k' .. i, i) end", "0")
    for key in ("k1", "k2", "k3", "none"):
        primary.say("GET", key)
    (one,) = table(OVERVIEW, await asked(INTEGRATION, target(primary), "info"), before)
    assert one["commands_per_s"] > 0
    assert one["cache_hit_percent"] == 75
    assert one["keys"] == 1000
    await until(INTEGRATION, target(pair[1]), OVERVIEW, lambda rows: rows[0]["keys"] == one["keys"])


async def test_what_clients_say_is_harmless(pair: Pair) -> None:
    primary, _ = pair
    primary.say("CONFIG", "SET", "slowlog-log-slower-than", "0")
    primary.say("SET", "\x1b]0;title\x07 [red]", "x")
    primary.say("CONFIG", "SET", "slowlog-log-slower-than", "10000")
    rows = table(SLOW, await asked(INTEGRATION, target(primary), "slow"))
    said = [row["command"] for row in rows if row["command"].startswith("SET ")]
    assert len(said) == 1
    assert said[0].endswith("title\ufffd [red] x")
    assert "\x1b" not in said[0]


@contextlib.contextmanager
def client(of: Server, name: str) -> Generator[socket.socket, None, None]:
    """A client of that name that does nothing more."""
    with socket.create_connection((of.address, of.port)) as made:
        made.sendall(f"CLIENT SETNAME {name}\r\n".encode())
        assert made.recv(9) == b"+OK\r\n"
        yield made


async def test_a_client_is_ended_and_no_other(pair: Pair) -> None:
    primary, _ = pair
    to = target(primary)
    with client(primary, "one") as one, client(primary, "[bold]two") as two:
        rows = table(CLIENT, await asked(INTEGRATION, to, "clients"))
        row = next(row for row in rows if row["name"] == "[bold]two")
        pins = {"id": str(row["id"]), "addr": row["addr"]}
        bar, facts = await acted(KILL, thing(**pins), to)
        assert (bar, facts["name"], facts["kind"]) == ("", "[bold]two", "normal")
        assert two.recv(9) == b""
        one.sendall(b"PING\r\n")
        assert one.recv(9) == b"+PONG\r\n"
        assert await looked(KILL, thing(**pins), to) is None
    replica = next(row for row in rows if row["kind"] == "replica")
    facts_ = await looked(KILL, thing(id=str(replica["id"]), addr=replica["addr"]), to)
    assert facts_ is not None
    assert "copy all data" in KILL.effect(thing(), facts_, {})
    transport = RedisTransport()
    await transport.open(to, PING, 1.0, Heard())
    ours = clients(primary.say("CLIENT", "LIST").encode())
    mine = next(one for one in ours if one[b"name"] == b"opsconsole")
    own = thing(id=mine[b"id"].decode())
    status, out = await done(transport, to, *KILL.look.argv(own))
    assert "a console" in KILL.bars(own, KILL.look.read(own, status, out), {})
    await transport.close()


async def test_a_snapshot_is_written_and_a_slow_log_emptied(pair: Pair) -> None:
    primary, _ = pair
    to = target(primary)
    (primary.folder / "dump.rdb").unlink(missing_ok=True)
    bar, before = await acted(SAVE, thing(), to)
    assert bar == ""
    assert (primary.folder / "dump.rdb").stat().st_size > 0
    assert before["run_id"] == primary.info("run_id")
    primary.say("CONFIG", "SET", "slowlog-log-slower-than", "0")
    primary.say("PING")
    primary.say("CONFIG", "SET", "slowlog-log-slower-than", "10000")
    bar, before = await acted(RESET, thing(), to)
    assert bar == ""
    assert int(before["entries"]) > 0
    assert primary.say("SLOWLOG", "LEN") == "0"
    assert (await acted(RESET, thing(), to))[0] == "it is empty"


async def test_a_limit_and_what_it_costs(pair: Pair) -> None:
    primary, _ = pair
    for key, value in (("maxmemory", "1"), ("maxmemory-policy", "allkeys-lru")):
        primary.say("CONFIG", "SET", key, value)
    before = await asked(INTEGRATION, target(primary), "info")
    primary.say("CONFIG", "SET", "maxmemory-policy", "volatile-lru")
    (one,) = table(MEMORY, await asked(INTEGRATION, target(primary), "info"), before)
    assert one["used_percent"] > 100
    assert (one["policy"], one["limit_bytes"]) == ("volatile-lru", 1)
    primary.say("CONFIG", "SET", "maxmemory", "0")


async def test_a_replica_that_loses_its_primary(tmp_path: Path) -> None:
    with replicated(tmp_path) as (primary, replica):
        to = target(replica)
        (one,) = table(REPLICATION, await asked(INTEGRATION, to, "info"))
        assert (one["peer"], one["state"]) == (f"{primary.address}:{primary.port}", "up")
        primary.kill()
        await until(INTEGRATION, to, REPLICATION, lambda rows: rows[0]["state"] == "down")
        primary.start()
        await until(INTEGRATION, to, REPLICATION, lambda rows: rows[0]["state"] == "up")


async def test_a_cluster_that_loses_a_node(tmp_path: Path) -> None:
    with cluster(tmp_path) as nodes:
        to = target(nodes[0])
        (one,) = table(CLUSTER, await asked(INTEGRATION, to, "cluster"))
        assert (one["state"], one["uncovered"], one["primaries"]) == ("ok", 0, 3)
        nodes[2].kill()
        await until(INTEGRATION, to, CLUSTER, lambda rows: rows[0]["state"] == "fail")
        found = await until(
            INTEGRATION, to, NODE, lambda rows: "failed" in {row["state"] for row in rows}
        )
        lost = next(row for row in found if row["state"] == "failed")
        assert lost["addr"] == f"{nodes[2].address}:{nodes[2].port}"
        assert lost["slots"] == 5462


async def test_an_account_without_rights_is_told_which(tmp_path: Path) -> None:
    with server(tmp_path) as one:
        one.say("ACL", "SETUSER", "ops", "on", ">x", "+ping", "+info", "+client|setname")
        to = target(one, "ops", password=password(tmp_path, "x"))
        (row,) = table(OVERVIEW, await asked(INTEGRATION, to, "info"))
        assert row["serving"] == "up"
        with pytest.raises(Denied) as caught:
            table(CLIENT, await asked(INTEGRATION, to, "clients"))
        assert caught.value.remedy.endswith("+client|list")
        assert one.say("CLIENT", "LIST").count("name=opsconsole") <= 2


async def test_the_rights_that_the_page_names_are_enough(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "redis.md").read_text()
    words = page.partition("```\nACL ")[2].partition("\n")[0].split()
    more = page.partition("for the actions `")[2].partition("`")[0].split()
    with server(tmp_path) as one:
        one.say("ACL", *(word.replace("PASSWORD", "x") for word in words))
        to = target(one, "ops", password=password(tmp_path, "x"))
        for probe in INTEGRATION.probes:
            table(probe, await asked(INTEGRATION, to, probe.exchange))
        with pytest.raises(Denied, match="NOPERM"):
            await acted(SAVE, thing(), to)
        one.say("ACL", "SETUSER", "ops", *more)
        assert (await acted(SAVE, thing(), to))[0] == ""
        assert (await acted(RESET, thing(), to))[0] in {"", "it is empty"}
        with client(one, "leaky"):
            line = next(x for x in one.say("CLIENT", "LIST").splitlines() if "name=leaky" in x)
            id_, addr = (word.partition("=")[2] for word in line.split()[:2])
            assert (await acted(KILL, thing(id=id_, addr=addr), to))[0] == ""


async def test_one_that_loads_is_watched_meanwhile(tmp_path: Path) -> None:
    with server(tmp_path) as one:
        one.say("EVAL", "for i = 1, 3000 do redis.call('SET', 'k' .. i, ('x'):rep(99)) end", "0")
        one.say("SAVE")
        one.kill()
        one.flags("--key-load-delay", "5000", "--loading-process-events-interval-bytes", "1024")
        one.launch()
        to = target(one)
        async with asyncio.timeout(60):
            while True:  # it may not listen yet
                with contextlib.suppress(Unreachable):
                    info = await asked(INTEGRATION, to, "info")
                    break
                await asyncio.sleep(0.05)
        (row,) = table(OVERVIEW, info)
        assert row["serving"] == "loading"
        (disk,) = table(PERSISTENCE, info)
        assert disk["loaded_percent"] < 100
        with pytest.raises(Unreachable, match="LOADING") as caught:
            reply.read((await answered(to, "DBSIZE"))[0], int)
        assert "wait" in caught.value.remedy


async def test_one_that_dies_is_told_and_comes_back(tmp_path: Path) -> None:
    fast = dict.fromkeys((one.name for one in INTEGRATION.exchanges), 1.0)
    with server(tmp_path) as one:
        to = target(one)
        to = type(to)("kv", "redis", "redis", to.address, to.port, intervals=fast)
        async with watching(Estate((to,)), [("redis.client", "kv")]) as console:
            newest: dict[str, Sample] = {}

            async def seen(probe: str, fault: bool) -> Sample:
                async with asyncio.timeout(90):
                    while probe not in newest or (newest[probe].fault is not None) is not fault:
                        message = await console.receive()
                        if isinstance(message, Samples):
                            newest.update({sample.probe: sample for sample in message.samples})
                return newest[probe]

            assert (await seen("redis.overview", False)).rows
            assert (await seen("redis.client", False)).rows
            one.kill()
            fault = (await seen("redis.overview", True)).fault
            assert fault is not None
            assert fault.kind in {"lost", "unreachable"}
            await asyncio.to_thread(one.start)
            assert (await seen("redis.overview", False)).rows


def test_a_client_is_ended_by_the_front_door(pair: Pair, tmp_path: Path) -> None:
    primary, _ = pair
    estate = tmp_path / "e.toml"
    estate.write_text(
        f'[target.kv]\nkind = "redis"\naddress = "{primary.address}"\nport = {primary.port}\n'
    )
    env = os.environ | {
        "OPSCONSOLE_ESTATE": str(estate),
        "OPSCONSOLE_AUDIT": str(tmp_path / "audit"),
    }

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        argv = (sys.executable, "-m", "opsconsole", *words)
        return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=120)

    got = run("get", "redis.overview", "-o", "json")
    assert got.returncode == 0, got.stderr
    assert '"role": "primary"' in got.stdout
    with client(primary, "leaky") as leaky:
        line = next(x for x in primary.say("CLIENT", "LIST").splitlines() if "name=leaky" in x)
        name = line.split()[0].removeprefix("id=")
        act = ("act", "redis.kill-client", "kv", "--object", name, "--confirm", name)
        done = run(*act, "--note", "leaks")
        assert done.returncode == 0, done.stderr + done.stdout
        assert "verified: the client is gone" in done.stdout
        assert leaky.recv(9) == b""
