"""Rules of AWS: raised by what is wrong, over with it, held by their time."""

from pathlib import Path

import pytest

from tests.domains.database.trial import Case, Cells, rules, tried

INSTANCE: Cells = {"region": "r", "instance": "i-1", "health": "ok"}
VOLUME: Cells = {"region": "r", "volume": "v", "state": "in-use", "age_s": 200_000.0}
DOOR: Cells = {"region": "r", "group": "g", "protocol": "tcp", "ports": "22", "cidr": "::/0",
               "risk": "web", "public": 1}  # fmt: skip
BALANCER: Cells = {"region": "r", "name": "b", "targets": 2, "healthy": 2, "unhealthy": 0}
BASE: Cells = {"region": "r", "database": "d", "state": "available", "exposure": "private"}
ROOM: Cells = {"region": "r", "database": "d", "free_bytes": 9e9, "lag_s": 0.0, "xids": 10}
CALL: Cells = {"service": "ec2", "operation": "o", "region": "r", "state": "answered"}
KEY: Cells = {"key": "AK", "state": "active", "age_days": 10.0}
COST: Cells = {"over_percent": 1.0, "day_cost": 100.0}

PATCH: Cells = {"region": "r", "instance": "i", "state": "patched", "unpatched_days": 3.0}
TRAFFIC: Cells = {"region": "r", "name": "b", "errors_percent": 0.5, "errors": 60.0,
                  "latency_s": 0.1, "port_errors": 0.0}  # fmt: skip
NAT: Cells = {"region": "r", "nat": "n", "state": "available", "port_errors": 0.0, "dropped": 0.0}
FILES: Cells = {"region": "r", "filesystem": "f", "reached": "mounted", "credit_bytes": 2e12}
BUDGET: Cells = {"budget": "b", "kind": "cost", "spent_percent": 10.0, "foreseen_percent": 60.0}

WRONG: list[Case] = [
    ("aws.status-failed", INSTANCE, {"health": "impaired"}, "crit"),
    ("aws.status-failed", INSTANCE, {"health": "initializing"}, ""),
    ("aws.maintenance", {"events": 0}, {"events": 2}, "warn"),
    ("aws.cpu-busy", {"region": "r", "instance": "i", "cpu_percent": 5.0}, {"cpu_percent": 95.0},
     "warn"),
    ("aws.idle", {"region": "r", "instance": "i", "idle_days": 0}, {"idle_days": 9}, "warn"),
    ("aws.volume-unattached", VOLUME, {"state": "available"}, "warn"),
    ("aws.volume-unattached", VOLUME | {"age_s": 60.0}, {"state": "available"}, ""),
    ("aws.volume-error", VOLUME, {"state": "error"}, "crit"),
    ("aws.open-public", DOOR, {"risk": "high"}, "crit"),
    ("aws.open-public", DOOR | {"public": None}, {"risk": "high"}, ""),
    ("aws.open-unused", DOOR | {"public": 0}, {"risk": "high"}, "warn"),
    ("aws.address-unused", {"region": "r", "address": "a", "state": "used"}, {"state": "unused"},
     "warn"),
    ("aws.balancer-unhealthy", BALANCER, {"unhealthy": 1}, "warn"),
    ("aws.balancer-empty", BALANCER, {"healthy": 0}, "crit"),
    ("aws.balancer-empty", BALANCER | {"targets": 0}, {"healthy": 0}, ""),
    ("aws.balancer-unhealthy", BALANCER | {"healthy": None}, {"unhealthy": 2}, ""),
    ("aws.balancer-errors", TRAFFIC, {"errors_percent": 10.0}, "warn"),
    ("aws.balancer-errors", TRAFFIC | {"errors": 2.0}, {"errors_percent": 50.0}, ""),
    ("aws.balancer-slow", TRAFFIC, {"latency_s": 3.0}, "warn"),
    ("aws.balancer-ports", TRAFFIC, {"port_errors": 1.0}, "warn"),
    ("aws.balancer-idle", {"region": "r", "name": "b", "use": "used"}, {"use": "idle"}, "warn"),
    ("aws.nat-ports", NAT, {"port_errors": 3.0}, "warn"),
    ("aws.nat-drops", NAT, {"dropped": 500.0}, "warn"),
    ("aws.nat-failed", NAT, {"state": "failed"}, "warn"),
    ("aws.vpn-down", {"region": "r", "vpn": "v", "state": "up"}, {"state": "down"}, "crit"),
    ("aws.vpn-down", {"region": "r", "vpn": "v", "state": "up"}, {"state": "degraded"}, "warn"),
    ("aws.vpn-down", {"region": "r", "vpn": "v", "state": "up"}, {"state": "unknown"}, ""),
    ("aws.blackhole", {"region": "r", "table": "t", "to": "10.0.0.0/8", "state": "active"},
     {"state": "blackhole"}, "warn"),
    ("aws.volume-burst", {"region": "r", "volume": "v", "balance_percent": 90.0},
     {"balance_percent": 8.0}, "warn"),
    ("aws.filesystem-credit", FILES, {"credit_bytes": 0.0}, "crit"),
    ("aws.filesystem-mount", FILES, {"reached": "partly"}, "warn"),
    ("aws.filesystem-mount", FILES, {"reached": "none available"}, "crit"),
    ("aws.bucket-public", {"bucket": "b", "exposure": "private"}, {"exposure": "public"}, "crit"),
    ("aws.unpatched", PATCH, {"unpatched_days": 70.0}, "warn"),
    ("aws.patch-failed", PATCH, {"state": "failed"}, "warn"),
    ("aws.patch-failed", PATCH, {"state": "not managed"}, ""),
    ("aws.image-old", {"region": "r", "image": "i", "age_days": 9.0}, {"age_days": 200.0}, "warn"),
    ("aws.database-balance", ROOM | {"balance_percent": 90.0}, {"balance_percent": 5.0}, "warn"),
    ("aws.database-idle", {"region": "r", "database": "d", "use": "used"}, {"use": "idle"},
     "warn"),
    ("aws.queue-dead", {"region": "r", "queue": "q", "dead": 0}, {"dead": 4}, "warn"),
    ("aws.budget-spent", BUDGET, {"spent_percent": 95.0}, "warn"),
    ("aws.budget-spent", BUDGET | {"kind": "usage"}, {"spent_percent": 95.0}, ""),
    ("aws.budget-foreseen", BUDGET, {"foreseen_percent": 110.0}, "warn"),
    ("aws.database-state", BASE, {"state": "storage-full"}, "crit"),
    ("aws.database-state", BASE, {"state": "stopped"}, "warn"),
    ("aws.database-public", BASE, {"exposure": "public"}, "warn"),
    ("aws.database-room", ROOM, {"free_bytes": 1e9}, "warn"),
    ("aws.database-lags", ROOM, {"lag_s": 90.0}, "warn"),
    ("aws.database-xids", ROOM, {"xids": 1_500_000_000}, "crit"),
    ("aws.region-silent", {"region": "r", "state": "answers"}, {"state": "silent"}, "warn"),
    ("aws.call-refused", CALL, {"state": "refused"}, "warn"),
    ("aws.alarm", {"region": "r", "name": "a", "state": "ok"}, {"state": "alarm"}, "warn"),
    ("aws.quota", {"region": "r", "service": "s", "code": "c", "used_percent": 5.0},
     {"used_percent": 85.0}, "warn"),
    ("aws.key-old", KEY, {"age_days": 100.0}, "warn"),
    ("aws.key-old", KEY | {"state": "inactive"}, {"age_days": 100.0}, ""),
    ("aws.cost-jump", COST, {"over_percent": 50.0}, "warn"),
    ("aws.cost-jump", COST | {"day_cost": 3.0}, {"over_percent": 50.0}, ""),
]  # fmt: skip
RULES = rules("aws")


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
