"""Rules of Redis and Sentinel: raised by what is wrong, over with it, held by their guards."""

from pathlib import Path

import pytest

from tests.domains.database.trial import Case, Cells, rules, tried

MEMORY: Cells = {"used_percent": 50.0, "policy": "noeviction", "evicted": 0, "fragmentation": 1.1,
                 "fragmentation_bytes": 1e9, "used_bytes": 1e9}  # fmt: skip
LINK: Cells = {"peer": "10.0.0.1:6379", "role": "replica", "state": "online", "lag_s": 1,
               "backlog_percent": 1.0}  # fmt: skip
SERVER: Cells = {
    "serving": "up",
    "rejected": 0,
    "connections_percent": 5.0,
    "waiting_sessions": 200,
}
DISK: Cells = {"snapshot": "ok", "saving_s": None, "saved_ago_s": 60.0, "saves": 3, "changes": 9,
               "aof_write": "ok", "aof_rewrite": "ok"}  # fmt: skip
CLUSTER: Cells = {"state": "ok", "uncovered": 0}
NODE: Cells = {"id": "aa", "state": "connected"}
WATCHED: Cells = {"name": "m", "state": "up", "quorum": "reached", "replicas": 2}

WRONG: list[Case] = [
    ("redis.memory-full", MEMORY, {"used_percent": 85.0}, "warn"),
    ("redis.memory-full", MEMORY, {"used_percent": 95.0}, "crit"),
    ("redis.memory-full", MEMORY, {"used_percent": 95.0, "policy": "allkeys-lru"}, ""),
    ("redis.keys-evicted", MEMORY, {"evicted": 4, "policy": "volatile-lru"}, "warn"),
    ("redis.keys-evicted", MEMORY, {"evicted": 4, "policy": "allkeys-lfu"}, ""),
    ("redis.fragmented", MEMORY, {"fragmentation": 2.0}, "warn"),
    ("redis.fragmented", MEMORY, {"fragmentation": 7.0, "fragmentation_bytes": 5e6}, ""),
    ("redis.swapped-out", MEMORY, {"fragmentation": 0.5}, "warn"),
    ("redis.swapped-out", MEMORY, {"fragmentation": 0.5, "used_bytes": 1e6}, ""),
    ("redis.clients-refused", SERVER, {"rejected": 1}, "warn"),
    ("redis.clients-many", SERVER, {"connections_percent": 85.0}, "warn"),
    ("redis.clients-many", SERVER, {"connections_percent": 99.0}, "crit"),
    ("redis.clients-blocked", SERVER, {"waiting_sessions": 2000}, "warn"),
    ("redis.loading", SERVER, {"serving": "loading"}, "warn"),
    ("redis.link-down", LINK, {"state": "down"}, "crit"),
    ("redis.link-down", LINK, {"state": "copying"}, ""),
    ("redis.replica-late", LINK, {"lag_s": 20}, "warn"),
    ("redis.replica-late", LINK, {"lag_s": 90}, "crit"),
    ("redis.backlog-short", LINK, {"backlog_percent": 90.0}, "warn"),
    ("redis.backlog-short", LINK, {"backlog_percent": 300.0}, "crit"),
    ("redis.snapshot-failed", DISK, {"snapshot": "err"}, "crit"),
    ("redis.snapshot-slow", DISK | {"saving_s": 1}, {"saving_s": 700}, "warn"),
    ("redis.snapshot-slow", DISK | {"saving_s": 1}, {"saving_s": 1300}, "crit"),
    ("redis.snapshot-old", DISK, {"saved_ago_s": 100_000.0}, "warn"),
    ("redis.snapshot-old", DISK, {"saved_ago_s": 200_000.0}, "crit"),
    ("redis.snapshot-old", DISK, {"saved_ago_s": 200_000.0, "saves": 0}, ""),
    ("redis.snapshot-old", DISK, {"saved_ago_s": 200_000.0, "changes": 0}, ""),
    ("redis.aof-failed", DISK, {"aof_write": "err"}, "crit"),
    ("redis.aof-rewrite-failed", DISK, {"aof_rewrite": "err"}, "warn"),
    ("redis.cluster-down", CLUSTER, {"state": "fail"}, "crit"),
    ("redis.slots-uncovered", CLUSTER, {"uncovered": 1}, "crit"),
    ("redis.node-failed", NODE, {"state": "failed"}, "crit"),
    ("redis.node-failed", NODE, {"state": "suspect"}, "warn"),
    ("redis-sentinel.primary-down", WATCHED, {"state": "down"}, "crit"),
    ("redis-sentinel.primary-down", WATCHED, {"state": "suspect"}, "warn"),
    ("redis-sentinel.no-quorum", WATCHED, {"quorum": "not reached"}, "crit"),
    ("redis-sentinel.no-replica", WATCHED, {"replicas": 0}, "warn"),
    ("redis-sentinel.tilt", {"serving": "up"}, {"serving": "tilt"}, "warn"),
]
RULES = rules("redis", "redis-sentinel")


def test_every_rule_is_tried() -> None:
    assert {rule for rule, *_ in WRONG} == RULES.keys()


@pytest.mark.parametrize(("name", "good", "bad", "level"), WRONG)
def test_it_is_raised_and_over(
    name: str,
    good: Cells,
    bad: Cells,
    level: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert tried(tmp_path, RULES[name], good, bad, level) == 0, capsys.readouterr().out
    other = "warn" if level == "crit" else "crit"
    assert tried(tmp_path, RULES[name], good, bad, other) == 1
