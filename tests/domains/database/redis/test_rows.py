"""Recorded answers of Redis 7.0 as rows; what is absurd, cut short or hostile costs no more."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsconsole.clean import clean
from opsconsole.domains.database.redis import INTEGRATION
from opsconsole.domains.database.redis.client import CLIENT
from opsconsole.domains.database.redis.cluster import CLUSTER, NODE
from opsconsole.domains.database.redis.memory import KEYSPACE, MEMORY
from opsconsole.domains.database.redis.overview import OVERVIEW
from opsconsole.domains.database.redis.persistence import PERSISTENCE
from opsconsole.domains.database.redis.replication import REPLICATION
from opsconsole.domains.database.redis.slow import COMMAND, LATENCY, SLOW
from opsconsole.errors import Denied, Malformed, TargetError, Unsupported
from opsconsole.spec import Probe
from tests.domains.database.redis.scene import answer, changed, table, text

PRIMARY, REPLICA = text("primary"), text("replica")


def test_a_server_in_a_line() -> None:
    (one,) = table(OVERVIEW, answer(PRIMARY))
    assert (one["role"], one["serving"], one["product"]) == ("primary", "up", "Redis")
    assert (one["version"], one["mode"], one["keys"]) == ("7.0.15", "standalone", 30)
    assert one["sessions_active"] == 1
    assert one["connections_percent"] == pytest.approx(0.01)
    assert (one["memory_limit"], one["commands_per_s"]) == ("machine", None)
    assert (one["replication_lag_s"], one["replication_lag_bytes"], one["replicas"]) == (1, 0, 1)
    (other,) = table(OVERVIEW, answer(REPLICA))
    assert other["role"] == "replica"
    assert (other["replication_lag_s"], other["replication_lag_bytes"]) == (1, 0)


def test_rates_are_over_the_servers_own_clock() -> None:
    def at(second: int, **more: object) -> bytes:
        return answer(changed(PRIMARY, server_time_usec=1_700_000_000_000_000 + second * 10**6,
                              **more))  # fmt: skip

    before = at(0, total_commands_processed=100, keyspace_hits=10, keyspace_misses=0,
                rejected_connections=1, used_cpu_user_main_thread=1.0)  # fmt: skip
    after = at(4, total_commands_processed=500, keyspace_hits=40, keyspace_misses=10,
               rejected_connections=4, used_cpu_user_main_thread=3.0)  # fmt: skip
    (one,) = table(OVERVIEW, after, before)
    assert (one["commands_per_s"], one["cache_hit_percent"], one["rejected"]) == (100, 75, 3)
    assert one["cpu_percent"] == pytest.approx(50)
    (back,) = table(OVERVIEW, before, after)
    assert (back["commands_per_s"], back["cache_hit_percent"]) == (None, None)
    (again,) = table(OVERVIEW, at(4, run_id="other", total_commands_processed=900), before)
    assert (again["commands_per_s"], again["rejected"]) == (None, None)
    (quiet,) = table(OVERVIEW, at(5), at(4))
    assert (quiet["cache_hit_percent"], quiet["commands_per_s"]) == (None, 0)


def test_a_limit_is_what_memory_is_measured_by() -> None:
    full = answer(changed(PRIMARY, used_memory=900, maxmemory=1000, maxmemory_policy="noeviction"))
    (one,) = table(OVERVIEW, full)
    assert (one["memory_used_percent"], one["memory_limit"]) == (90, "maxmemory")
    (memory,) = table(MEMORY, full)
    assert (memory["used_percent"], memory["policy"]) == (90, "noeviction")
    (free,) = table(MEMORY, answer(PRIMARY))
    assert (free["used_percent"], free["limit_bytes"]) == (None, None)


def test_valkey_and_servers_that_load_say_so() -> None:
    other = changed(PRIMARY, server_name="valkey", valkey_version="8.1.0", loading=1,
                    loading_loaded_perc="12.5", loading_eta_seconds=9)  # fmt: skip
    (one,) = table(OVERVIEW, answer(other))
    assert (one["product"], one["version"], one["serving"]) == ("Valkey", "8.1.0", "loading")
    (disk,) = table(PERSISTENCE, answer(other))
    assert (disk["loaded_percent"], disk["loaded_in_s"]) == (12.5, 9)


def test_both_ends_of_a_copy() -> None:
    late = changed(PRIMARY, master_repl_offset=1483 + 524288)
    (one,) = table(REPLICATION, answer(late))
    assert (one["peer"], one["role"], one["state"]) == ("127.66.20.2:18803", "replica", "online")
    assert (one["lag_bytes"], one["backlog_percent"]) == (524288, 50)
    down = changed(REPLICA, master_link_status="down", master_link_down_since_seconds=77)
    (one,) = table(REPLICATION, answer(down))
    assert (one["role"], one["state"], one["lag_s"]) == ("primary", "down", 77)
    (one,) = table(OVERVIEW, answer(down))
    assert one["replication_lag_s"] == 77


def test_what_is_on_disk() -> None:
    (one,) = table(PERSISTENCE, answer(PRIMARY))
    assert (one["snapshot"], one["saves"], one["aof"]) == ("ok", 1, "off")
    assert one["saved"] > 1_700_000_000
    assert 0 < one["saved_ago_s"] < 60
    assert one["saving_s"] is None
    (bad,) = table(PERSISTENCE, answer(changed(PRIMARY, rdb_last_bgsave_status="err")))
    assert bad["snapshot"] == "err"


def test_keys_by_database() -> None:
    (one,) = table(KEYSPACE, answer(PRIMARY))
    assert (one["db"], one["keys"], one["expiring"]) == ("db0", 30, 20)
    assert one["ttl_s"] == pytest.approx(999.134)


def test_clients_are_told_by_id_and_address() -> None:
    replica, ours = table(CLIENT, answer(text("clients")))
    assert (replica["id"], replica["addr"], replica["kind"]) == (4, "127.0.0.1:40302", "replica")
    assert (ours["command"], ours["user"], ours["kind"]) == ("client list", "default", "normal")
    odd = b"id=7 addr=[::1]:9 name=a\x1b[2J flags=P sub=2 psub=1 cmd=\nnonsense\nid=x addr=y\n"
    (one,) = table(CLIENT, answer(odd))
    assert (one["addr"], one["kind"], one["subscriptions"]) == ("[::1]:9", "subscriber", 3)
    assert "\x1b" not in one["name"]


def test_slow_commands_and_events() -> None:
    entry = [9, 1_700_000_000, 12_500, [b"SET", b"\x1b]0;x\x07" * 99, b"v"], b"1.2.3.4:5", b"app"]
    payload = answer([entry, [8, 1, 2, [b"OLD"]], [], [b"x"]], [[b"command", 5, 7, 900, 1, 2]])
    new, old = table(SLOW, payload)
    assert (new["id"], new["took_ms"], new["client"], new["name"]) == (9, 12.5, "1.2.3.4:5", "app")
    assert new["command"].startswith("SET ")
    assert len(new["command"]) == 200
    assert "\x1b" not in new["command"]
    assert (old["command"], old["client"]) == ("OLD", "")
    (event,) = table(LATENCY, payload)
    assert (event["event"], event["latest_ms"], event["worst_ms"]) == ("command", 7, 900)


def test_what_is_refused_concerns_its_own_pane() -> None:
    payload = answer("NOPERM no permissions to run the 'slowlog|get' command", [])
    with pytest.raises(Denied):
        table(SLOW, payload)
    assert table(LATENCY, payload) == []


def test_commands_by_what_they_cost() -> None:
    def at(second: int, stats: str) -> bytes:
        server = changed(b"run_id:x", server_time_usec=10**15 + second * 10**6)
        return answer(server, stats.encode())

    before = at(0, "# Commandstats\r\ncmdstat_get:calls=10,usec=100,usec_per_call=10.00\r\n")
    after = at(
        2,
        "cmdstat_get:calls=30,usec=40100,usec_per_call=1336.67,failed_calls=0\r\n"
        "cmdstat_client|list:calls=4,usec=8,usec_per_call=2.00,failed_calls=2\r\n",
    )
    get, list_ = table(COMMAND, after, before)
    assert (get["command"], get["calls_per_s"], get["mean_ms"]) == ("get", 10, 2)
    assert get["busy_percent"] == pytest.approx(2)
    assert (list_["command"], list_["calls_per_s"], list_["failed_per_s"]) == ("client list", 2, 1)
    (first, *_) = table(COMMAND, after)
    assert (first["calls_per_s"], first["calls"]) == (None, 30)
    assert table(COMMAND, answer(PRIMARY, text("commands")))[0]["calls"] > 0


def test_a_cluster_and_its_nodes() -> None:
    payload = answer(text("cluster-info"), text("cluster-nodes"))
    (one,) = table(CLUSTER, payload)
    assert (one["state"], one["uncovered"], one["nodes"]) == ("ok", 0, 3)
    nodes = table(NODE, payload)
    assert sum(node["slots"] for node in nodes) == 16384
    assert [node["itself"] for node in nodes].count(True) == 1
    assert {node["state"] for node in nodes} == {"connected"}
    odd = (
        b"aa 10.0.0.1:1@2,name slave,fail? bb 0 1 3 disconnected\n"
        b"bb :0@0 master,fail,noaddr - 0 0 1 disconnected 0-9 11 [12->-cc] 99999-0 7-5\n"
    )
    replica, lost = table(NODE, answer(text("cluster-info"), odd))
    assert (replica["state"], replica["primary"], replica["role"]) == ("suspect", "bb", "replica")
    assert (lost["state"], lost["slots"]) == ("failed", 11)


def test_no_cluster_is_no_fault() -> None:
    none = "ERR This instance has cluster support disabled"
    assert table(CLUSTER, answer(none, none)) == []
    assert table(NODE, answer(none, none)) == []


def test_a_sentinel_is_another_kind() -> None:
    with pytest.raises(Unsupported) as caught:
        table(OVERVIEW, answer(changed(PRIMARY, redis_mode="sentinel")))
    assert 'kind = "redis-sentinel"' in caught.value.remedy
    with pytest.raises(Malformed):
        table(OVERVIEW, answer(b"\r\n"))


def _parts(probe: Probe[Any]) -> int:
    return len(INTEGRATION.questions[probe.exchange])


VALUES = st.recursive(
    st.none() | st.binary(max_size=40) | st.integers(-(2**63), 2**63 - 1),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=12,
)
LINES = st.lists(
    st.tuples(
        st.sampled_from([line.partition(b":")[0] for line in PRIMARY.splitlines() if b":" in line]
                        + [b"slave0", b"db0", b"cmdstat_x", b"id=1 addr"]),
        st.sampled_from([b":", b"="]),
        st.binary(max_size=30) | st.from_regex(rb"-?[0-9]{1,40}(\.[0-9]+)?(,lag=9{1,30})?"),
    ),
    max_size=30,
).map(lambda lines: b"\r\n".join(b"".join(line) for line in lines))  # fmt: skip


@pytest.mark.parametrize("probe", INTEGRATION.probes, ids=lambda probe: probe.id)
@given(st.data())
@settings(max_examples=40, deadline=None)
def test_absurd_answers_are_faults_or_harmless_rows(probe: Probe[Any], data: st.DataObject) -> None:
    one = st.lists(VALUES | LINES, min_size=_parts(probe), max_size=_parts(probe))
    readings: list[Any] = []
    for payload in (answer(*data.draw(one)), answer(*data.draw(one))):
        try:
            readings.append(probe.read(payload))
        except TargetError:
            return
    for row in probe.rows(readings[0], readings[1]):
        assert len(row) == len(probe.columns)
        for value in row:
            assert value is None or isinstance(value, str | int | float)
            if isinstance(value, str):
                assert value == clean(value, 1000)
            elif value is not None:
                assert abs(value) < 1e19
