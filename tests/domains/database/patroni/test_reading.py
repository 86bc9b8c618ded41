"""Recorded answers as rows, of Patroni 3 and 4; what is absurd; what goes to the timeline."""

from typing import Any

import pytest

from opsconsole.domains.database.patroni import INTEGRATION, news
from opsconsole.domains.database.patroni.probe import CLUSTER, HISTORY, MEMBER, NODE
from opsconsole.errors import Malformed
from opsconsole.model import Level
from opsconsole.question import Part, joined
from tests.domains.database.patroni.scene import answer, recorded, whole
from tests.domains.database.redis.scene import table


def members(version: int, **said: object) -> list[dict[str, Any]]:
    """Members of a recorded answer; the first says something else."""
    first, *rest = recorded(f"cluster-{version}")["members"]
    return [first | said, *rest]


def test_the_cluster() -> None:
    (old,) = table(CLUSTER, whole(3))
    assert (old["cluster"], old["role"], old["version"]) == ("try", "primary", "15.18")
    assert (old["patroni"], old["leader"], old["leadership"]) == ("3.0.2", "n1", "led")
    assert (old["members"], old["replicas"], old["timeline"]) == (3, 1, 2)
    assert (old["replication_lag_bytes"], old["management"]) == (280, "automatic")
    (new,) = table(CLUSTER, whole(4))
    assert (new["role"], new["leader"], new["management"]) == ("replica", "n2", "paused")
    assert (new["sync"], new["sync_members"], new["pending_restart"]) == ("synchronous", "n1", 3)
    assert (new["most_lag_bytes"], new["ttl_s"], new["dcs_seen"]) == (1 << 20, 20, 1795926522)


def test_a_cluster_that_nobody_leads() -> None:
    (row,) = table(CLUSTER, whole(3, members=members(3, role="replica")))
    assert (row["leadership"], row["leader"], row["timeline"]) == ("no leader", "", None)
    gaps = [one["timeline_gap"] for one in table(MEMBER, whole(3, members=members(3, role="")))]
    assert gaps == [None, None, None]
    (row,) = table(CLUSTER, whole(3, members=[]))
    assert (row["members"], row["replicas"], row["replication_lag_bytes"]) == (0, 0, None)


def test_a_switchover_that_is_planned() -> None:
    at = "2026-12-01T00:00:00+00:00"
    (row,) = table(CLUSTER, whole(4, scheduled_switchover={"at": at, "from": "n2"}))
    assert (row["switchover"], row["switchover_at"]) == ("n2 -> any", 1796083200)


def test_the_members() -> None:
    one, two, three = table(MEMBER, whole(3))
    assert (one["name"], one["role"], one["state"]) == ("n1", "leader", "running")
    assert (one["host"], one["timeline"], one["timeline_gap"]) == ("127.77.43.1:5432", 2, 0)
    assert (one["lag_bytes"], one["restart"], one["tags"]) == (None, "none", "")
    assert (two["timeline_gap"], two["lag_bytes"]) == (1, 280)
    assert two["lag_percent"] == pytest.approx(100 * 280 / (1 << 20))
    assert (three["state"], three["lag_bytes"], three["timeline"]) == ("stopping", None, None)
    first, *_ = table(MEMBER, whole(4))
    assert (first["role"], first["state"]) == ("sync standby", "streaming")
    assert (first["restart"], first["restart_why"]) == ("pending", "max_connections")
    assert (first["receive_lag_bytes"], first["replay_lag_bytes"]) == (0, 0)


def test_this_member() -> None:
    (old,) = table(NODE, answer(recorded("patroni-3")))
    assert (old["name"], old["role"], old["lock"]) == ("", "primary", "locked")
    assert int(old["started"]) == 1795926346
    (new,) = table(NODE, answer(recorded("patroni-4")))
    assert (new["name"], new["replication"], new["sync"]) == ("n1", "streaming", "sync")
    assert (new["pending_restart"], new["failsafe"]) == (True, False)
    away = recorded("patroni-3") | {"cluster_unlocked": True, "server_version": 90624}
    (row,) = table(NODE, answer(away))
    assert (row["lock"], row["version"]) == ("unlocked", "9.6.24")
    (row,) = table(NODE, answer(away | {"role": "standby_leader"}))
    assert row["role"] == "standby leader"


def test_the_history() -> None:
    (one,) = table(HISTORY, answer(recorded("history")))
    assert (one["timeline"], one["leader"], one["lsn"]) == (2, "n1", "0/4000188")
    assert int(one["at"]) == 1795926363
    rows = table(HISTORY, answer([[1, 25, "why"], [2, 1 << 32, "why"], ["x"]]))
    assert [(row["timeline"], row["at"], row["lsn"]) for row in rows] == [
        (3, None, "1/0"),
        (2, None, "0/19"),
    ]
    assert table(HISTORY, answer([])) == []
    assert len(table(HISTORY, answer([[number] for number in range(1, 2000)]))) == 500


ODD: list[tuple[dict[str, object], str, object]] = [
    ({"name": "\x1b[2J"}, "name", "\ufffd[2J"),
    ({"state": "\x07" * 1000}, "state", "\ufffd" * 60),
    ({"timeline": 10**400}, "timeline", None),
    ({"timeline": "2"}, "timeline", None),
    ({"lag": -5}, "lag_bytes", None),
    ({"lag": True}, "lag_bytes", None),
    ({"host": None, "port": []}, "host", ""),
    ({"tags": {"nofailover": True, "zone": "\x1b"}}, "tags", "nofailover, zone=\ufffd"),
    ({"tags": 7}, "tags", ""),
    ({"pending_restart": "yes"}, "restart", "none"),
    ({"pending_restart_reason": []}, "restart_why", ""),
    ({"scheduled_restart": {"schedule": "never"}}, "restart_at", None),
    ({"scheduled_restart": {"schedule": "2026-12-01T00:00:00+00:00"}}, "restart_at", 1796083200),
]


@pytest.mark.parametrize(("said", "column", "shown"), ODD)
def test_what_a_member_may_say(said: dict[str, object], column: str, shown: object) -> None:
    row, *_ = table(MEMBER, whole(4, members=members(4, **said)))
    assert row[column] == shown


def test_answers_that_are_none() -> None:
    assert len(table(MEMBER, whole(3, members=[{"name": 7}, *members(3)]))) == 3
    many = [{"name": f"n{number}"} for number in range(2000)]
    assert len(table(MEMBER, whole(3, members=many))) == 500
    bad: list[object] = [[], {"members": 3}, {"members": [{"name": 7}]}, {}]
    for one in bad:
        with pytest.raises(Malformed):
            table(CLUSTER, answer(recorded("patroni-3"), one, recorded("config")))
    with pytest.raises(Malformed):
        table(NODE, joined([Part(200, b"<html>")]))
    with pytest.raises(Malformed):
        table(NODE, answer({}))
    with pytest.raises(Malformed):
        table(HISTORY, answer({"a": 1}))


def told(before: bytes, now: bytes) -> list[tuple[str, Level]]:
    """What goes to the timeline between two answers."""
    found = [
        one
        for probe, tell in ((CLUSTER, news.turned), (MEMBER, news.members))
        for one in tell(
            "pg",
            1.0,
            *(probe.rows(probe.read(payload), None) for payload in (before, now)),
        )
    ]
    return [(str(one.text), one.level) for one in found]


def test_what_goes_to_the_timeline() -> None:
    led, lost = whole(3), whole(3, members=members(3, role="replica"))
    assert told(led, led) == []
    assert told(led, lost) == [("leader n1 -> none", Level.CRIT)]
    assert told(lost, led) == [("leader none -> n1", Level.WARN)]
    assert told(led, whole(3, pause=True)) == [("failover automatic -> paused", Level.WARN)]
    assert told(whole(3, pause=True), led) == [("failover paused -> automatic", Level.OK)]
    fewer = whole(3, members=members(3)[:2])
    assert told(led, fewer) == [("member n3 is gone", Level.WARN)]
    assert told(fewer, led) == [("member n3 came", Level.OK)]
    kept = {probe.id for probe in INTEGRATION.probes if not probe.on_demand}
    assert {one.probe for one in INTEGRATION.news} <= kept
