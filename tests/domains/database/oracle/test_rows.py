"""Answers as rows: what stands where, what is missing, what is absurd, what happened between."""

import pytest

from opsconsole import table as packed
from opsconsole.domains.database.mysql.health import HEALTH as MYSQL
from opsconsole.domains.database.oracle.asking import NOTE
from opsconsole.domains.database.oracle.health import seconds
from opsconsole.domains.database.oracle.news import server
from opsconsole.domains.database.postgres import INTEGRATION as POSTGRES
from opsconsole.errors import Denied, Malformed, TargetError
from tests.domains.database.oracle.scene import DENIED, HEALTH, INSTANCE, PROBES, answer, shown

GIB = 1024**3


def test_an_instance_is_one_line() -> None:
    (row,) = shown("oracle.health", HEALTH)
    assert row["role"] == "primary"
    assert (row["version"], row["instance"]) == ("19.3.0.0.0", "ORCL")
    assert (row["uptime_s"], row["started"]) == (100.0, 1_000_000.0)
    counts = ("sessions_active", "sessions_idle", "waiting_sessions", "long_waits")
    assert [row[key] for key in counts] == [3, 40, 2, 1]
    assert row["connections_percent"] == 50.0
    assert (row["transactions_per_s"], row["cache_hit_percent"]) == (12, 99.5)
    assert (row["response_ms"], row["longest_transaction_s"]) == (2.5, 61.5)
    assert (row["replication_lag_s"], row["redo_groups"], row["missing"]) == (None, 3, "")
    assert row["note"] == NOTE
    (row,) = shown("oracle.health", HEALTH | {"lag": [["apply lag", "+00 00:01:05"]]})
    assert row["replication_lag_s"] == 65.0


def test_columns_shared_with_other_databases_are_called_the_same() -> None:
    ours = {column.key: column.title for column in PROBES["oracle.health"].columns}
    (health,) = [probe for probe in POSTGRES.probes if probe.id == "postgres.health"]
    for others in (MYSQL, health):
        theirs = {column.key: column.title for column in others.columns}
        shared = set(ours) & set(theirs)
        assert len(shared) >= 11
        assert {key: ours[key] for key in shared} == {key: theirs[key] for key in shared}


def test_what_is_not_granted_is_unknown_and_named() -> None:
    names = ("database", "metrics", "sessions", "transactions", "limits", "redo", "lag")
    (row,) = shown("oracle.health", {"instance": [INSTANCE], **dict.fromkeys(names, DENIED)})
    assert row["version"] == "19.3.0.0.0"
    unknown = (
        "role",
        "sessions_active",
        "connections_percent",
        "redo_groups",
        "transactions_per_s",
    )
    assert [row[key] for key in unknown] == [None] * len(unknown)
    assert "SELECT ON SYS.V_$DATABASE; SELECT ON SYS.V_$SYSMETRIC" in str(row["missing"])
    with pytest.raises(Denied) as caught:
        shown("oracle.health", HEALTH | {"instance": DENIED})
    assert caught.value.remedy == "GRANT SELECT ON SYS.V_$INSTANCE TO the account"
    with pytest.raises(Denied) as caught:
        shown("oracle.wait", {"events": DENIED})
    assert "SYS.V_$EVENTMETRIC" in caught.value.remedy
    assert "SYS.V_$EVENT_NAME" in caught.value.remedy


def test_a_mounted_standby_refuses_a_view_and_no_grant_is_missing() -> None:
    closed = packed.refused("1219", "ORA-01219: database or pluggable database not open")
    with pytest.raises(Malformed, match="ORA-01219"):
        shown("oracle.account", {"accounts": closed})


@pytest.mark.parametrize("probe", sorted(PROBES))
def test_an_answer_that_is_cut_or_of_another_shape_is_a_fault(probe: str) -> None:
    known = PROBES[probe]
    whole = answer(known.exchange, HEALTH if known.exchange == "health" else {})
    for payload in (whole[:-1], whole[: len(whole) // 2], b"\xff" * 99):
        with pytest.raises(TargetError):
            known.read(payload)
    names = ("instance", "limits", "sessions", "events", "classes", "tablespaces", "groups",
             "recovery", "stats", "destinations", "jobs", "accounts")  # fmt: skip
    with pytest.raises(Malformed):
        known.read(answer(known.exchange, {key: [["x"]] for key in names}))


def test_limits_that_are_none_are_not_shown() -> None:
    rows = shown("oracle.limit", HEALTH)
    assert [(row["resource"], row["used_percent"]) for row in rows] == [
        ("processes", 50.0), ("sessions", pytest.approx(100 * 100 / 472)),
    ]  # fmt: skip
    absurd = [["processes", 1, 1, "9" * 40], ["sessions", 1, 1, None], ["x", 1, 1, "0"]]
    assert [row["resource"] for row in shown("oracle.limit", HEALTH | {"limits": absurd})] == ["x"]


def _session(sid: int, **more: object) -> list[object]:
    values: dict[str, object] = {
        "sid": sid, "serial": sid * 10, "logon": "2026-01-02 03:04:05", "user": "APP",
        "os": "app", "machine": "web-1", "program": "java\x1b[2J", "status": "ACTIVE",
        "event": None, "class": None, "waits": None, "since": 5, "sql_id": "8vu7s907prbgr",
        "blocker": None, "elsewhere": None, "address": f"0{sid}",
    }  # fmt: skip
    return list({**values, **more}.values())


WAITS = {"event": "enq: TX - row lock contention", "class": "Application", "waits": 700.5}
SESSIONS: dict[str, object] = {
    "sessions": [
        _session(1, status="INACTIVE", since=900),
        _session(2, blocker=1, **WAITS),
        _session(3, blocker=2, **WAITS),
        _session(4, blocker=77, elsewhere=2, **WAITS),
    ],
    "transactions": [["01", 1000.0, 42]],
    "texts": [["8vu7s907prbgr", "UPDATE t\n SET x = 1"]],
}


def test_who_blocks_whom_is_a_tree() -> None:
    rows = shown("oracle.lock", SESSIONS)
    assert [row["tree"] for row in rows] == ["1 APP", "└ 2 APP", "  └ 3 APP"]
    assert [(row["sid"], row["serial"], row["blocks"]) for row in rows] == [
        (1, 10, 2), (2, 20, 1), (3, 30, 0),
    ]  # fmt: skip
    assert (rows[0]["transaction_s"], rows[0]["undo_records"]) == (1000.0, 42)
    assert rows[1]["waits_s"] == 700.5
    unseen = shown("oracle.lock", {"sessions": [_session(2, blocker=9)]})
    assert [(row["sid"], row["serial"]) for row in unseen] == [(9, None), (2, 20)]


def test_sessions_stand_with_their_transaction_and_statement() -> None:
    rows = shown("oracle.session", SESSIONS)
    assert [row["sid"] for row in rows] == [1, 2, 3, 4]
    assert rows[3]["blocked_by"] == "77@2"
    assert rows[0]["statement"] == "UPDATE t SET x = 1"
    assert "\x1b" not in str(rows[0]["program"])
    assert shown("oracle.session", SESSIONS | {"transactions": DENIED})[0]["transaction_s"] is None


def test_tablespaces_are_measured_by_their_kind() -> None:
    rows = shown(
        "oracle.tablespace",
        {
            "tablespaces": [["USERS", "PERMANENT", "ONLINE"], ["UNDOTBS1", "UNDO", "ONLINE"],
                            ["TEMP", "TEMPORARY", "ONLINE"], ["FULL", "PERMANENT", "ONLINE"]],
            "files": [["USERS", 2, 10 * GIB, 40 * GIB, 1], ["UNDOTBS1", 1, 4 * GIB, 4 * GIB, 0],
                      ["FULL", 1, GIB, GIB, 0]],
            "free": [["USERS", 2 * GIB], ["UNDOTBS1", GIB // 8]],
            "undo": [["UNDOTBS1", GIB]],
            "temp_files": [["TEMP", 1, 2 * GIB, 8 * GIB, 1]],
            "temp": [["TEMP", GIB]],
        },
    )  # fmt: skip
    found = {row["name"]: (row["used_percent"], row["max_percent"], row["grows"]) for row in rows}
    assert list(found) == ["FULL", "UNDOTBS1", "USERS", "TEMP"]
    assert found["USERS"] == (80.0, 20.0, "yes")
    assert found["UNDOTBS1"] == (25.0, 25.0, "no")
    assert found["TEMP"] == (50.0, 12.5, "yes")
    assert found["FULL"] == (100.0, 100.0, "no")
    (row,) = shown("oracle.tablespace", {"tablespaces": [["X", "UNDO", None]], "undo": DENIED})
    assert (row["used_bytes"], row["grows"]) == (None, None)


def test_disk_groups_and_the_recovery_area() -> None:
    group = ["DATA", "MOUNTED", "NORMAL", 1000, 50, -20, 1]
    (row,) = shown("oracle.disk-group", {"groups": [group]})
    assert (row["used_percent"], row["usable_bytes"], row["offline_disks"]) == (
        95.0, -20 * 1024**2, 1,
    )  # fmt: skip
    (row,) = shown("oracle.recovery-area", {"recovery": [["+FRA", 1000, 900, 400, 7]]})
    assert row["used_percent"] == 50.0
    assert shown("oracle.recovery-area", {"recovery": [[None, 0, 0, 0, 0]]}) == []


def test_standbys_backups_accounts_and_waits() -> None:
    stats = [["transport lag", "+00 00:00:00", "x"], ["apply lag", None, None]]
    assert [row["seconds"] for row in shown("oracle.standby", {"stats": stats})] == [0.0, None]
    good = [1, "LOG_1", "VALID", "LOCAL", "OPEN", "IDLE", None, "/arch", None]
    bad = [2, "LOG_2", "ERROR", "PHYSICAL", "MOUNTED", "MANAGED", "NO GAP", "dr", "ORA-12541"]
    rows = shown("oracle.destination", {"destinations": [good, bad]})
    assert [row["id"] for row in rows] == [2, 1]
    jobs = [[9, "DB FULL", "FAILED", 10, 5, 1, 1], [8, "ARCHIVELOG", "COMPLETED", 20, 5, 1, 1],
            [7, "DB FULL", "COMPLETED", 90000, 5, 1, 1]]  # fmt: skip
    rows = shown("oracle.backup", {"jobs": jobs})
    assert [row["last"] for row in rows] == ["failed", "completed", None]
    (row,) = shown("oracle.account", {"accounts": [["APP", "OPEN", "DEFAULT", 3600]]})
    assert (row["name"], row["left_s"]) == ("APP", 3600)
    event = ["db file sequential read", "User I/O", 3, 1.5, 200, 7.5]
    (row,) = shown("oracle.wait", {"events": [event]})
    assert (row["wait_class"], row["sessions"], row["mean_ms"]) == ("user i/o", 1.5, 7.5)
    classes = [["Commit", 0.5, 5], ["User I/O", 2.5, 30]]
    assert [row["wait_class"] for row in shown("oracle.wait-class", {"classes": classes})] == [
        "user i/o", "commit",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "found"),
    [("+01 01:01:01", 90061.0), ("-00 00:00:01.5", -1.5), ("", None), (None, None), ("x", None)],
)
def test_intervals_are_seconds(said: str | None, found: float | None) -> None:
    assert seconds(said) == found


def test_a_restart_and_another_role_go_to_the_timeline() -> None:
    known = PROBES["oracle.health"]
    before = known.rows(known.read(answer("health", HEALTH)), None)
    said = HEALTH | {
        "instance": [["ORCL", "19.4.0.0.0", "OPEN", 1.0, 1_000_600.0]],
        "database": [["PHYSICAL STANDBY", "MOUNTED", "ARCHIVELOG"]],
    }
    now = known.rows(known.read(answer("health", said)), None)
    assert [(one.kind, one.text) for one in server("db", 2e6, before, now)] == [
        ("reboot", "restarted: 19.3.0.0.0 -> 19.4.0.0.0"),
        ("change", "role: primary -> physical standby"),
        ("change", "open mode: read write -> mounted"),
    ]
    assert server("db", 2e6, before, before) == []
