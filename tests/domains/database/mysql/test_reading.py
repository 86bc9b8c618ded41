"""Answers of both families as rows: rates, both vocabularies, what is missing, what is absurd."""

from collections.abc import Mapping
from typing import Any

import pytest

from opsconsole import table as packed
from opsconsole.domains.database.mysql import INTEGRATION
from opsconsole.domains.database.mysql.asking import QUESTIONS, parsed
from opsconsole.errors import Denied, Malformed, TargetError
from opsconsole.question import Part, joined
from tests.domains.database.mysql.scene import rows_of as rows

STATUS = {
    "Uptime": "100", "Threads_connected": "80", "Threads_running": "3", "Questions": "1000",
    "Max_used_connections": "90", "Slow_queries": "5", "Com_commit": "10", "Com_rollback": "0",
    "Innodb_buffer_pool_read_requests": "10000", "Innodb_buffer_pool_reads": "0",
    "Connection_errors_max_connections": "0",
}  # fmt: skip
VARIABLES = {"version": "8.4.1", "max_connections": "100", "read_only": "ON"}
GALERA = {
    "wsrep_cluster_status": "Primary", "wsrep_local_state_comment": "Synced",
    "wsrep_cluster_size": "3", "wsrep_ready": "ON", "wsrep_connected": "ON",
    "wsrep_flow_control_paused_ns": "0",
}  # fmt: skip
CHANNEL = {
    "channel_name": "", "source_host": "10.0.0.1", "source_port": 3306,
    "replica_io_running": "Yes", "replica_sql_running": "Yes", "seconds_behind_source": 3700,
    "sql_delay": 3600, "last_io_error": "", "last_sql_error": "a\x1b[2J", "source_log_file": "b.1",
    "read_source_log_pos": 4, "relay_source_log_file": "b.1", "exec_source_log_pos": 3,
    "relay_log_space": 900, "executed_gtid_set": "u:1-3",
}  # fmt: skip
OLDER = {
    "connection_name": "east", "master_host": "10.0.0.1", "master_port": 3306,
    "slave_io_running": "Connecting", "slave_sql_running": "No", "seconds_behind_master": None,
    "last_io_error": "error", "gtid_slave_pos": "0-1-9",
}  # fmt: skip
DENIED = packed.refused("1227", "Access denied; you need (at least one of) the SUPER, PROCESS"
                        " privilege(s) for this operation")  # fmt: skip


def shows(values: Mapping[str, str]) -> Part:
    rows = [{"variable_name": name, "value": value} for name, value in values.items()]
    return packed.rows(rows)


def answer(exchange: str, parts: Mapping[str, Part]) -> bytes:
    """As the transport frames it; the first variant of a name is the one that was asked."""
    names = [name for name, _ in _NAMES[exchange]]
    first = {name: names.index(name) for name in names}
    return joined(
        [
            parts.get(name, packed.rows([])) if first[name] == at else packed.NOT_ASKED
            for at, name in enumerate(names)
        ]
    )


def _named() -> dict[str, tuple[tuple[str, Any], ...]]:
    from opsconsole.domains.database.mysql import asking

    return dict(asking._NAMED)  # pyright: ignore[reportPrivateUsage]


_NAMES = _named()


def health(at: float, status: Mapping[str, str], **more: Part) -> bytes:
    parts = {
        "now": packed.rows([[at, 900.0]]),
        "variables": shows(VARIABLES),
        "status": shows(status),
    }
    return answer("health", {**parts, **more})


def test_counters_are_rates_by_the_servers_clock_and_unknown_after_a_restart() -> None:
    later = STATUS | {"Uptime": "110", "Questions": "1500", "Slow_queries": "25",
                      "Innodb_buffer_pool_read_requests": "12000",
                      "Innodb_buffer_pool_reads": "20"}  # fmt: skip
    before = health(1000.0, STATUS)
    (row,) = rows("mysql.health", health(1010.0, later), before)
    assert (row["queries_per_s"], row["slow_per_s"], row["cache_hit_percent"]) == (50.0, 2.0, 99.0)
    assert (row["sessions_active"], row["sessions_idle"]) == (2.0, 77.0)
    assert (row["connections_percent"], row["read_only"]) == (80.0, True)
    (first,) = rows("mysql.health", before)
    assert (first["queries_per_s"], first["cache_hit_percent"]) == (None, None)
    restarted = STATUS | {"Uptime": "5", "Questions": "9000"}
    (again,) = rows("mysql.health", health(1020.0, restarted), before)
    assert again["queries_per_s"] is None
    (stood,) = rows("mysql.health", health(1000.0, later), before)
    assert stood["queries_per_s"] is None


def test_both_vocabularies_of_replication_are_one() -> None:
    now = health(1.0, STATUS, replica=packed.rows([CHANNEL, OLDER]))
    new, old = rows("mysql.replication", now)
    assert (new["channel"], new["source"], new["io"]) == ("(default)", "10.0.0.1:3306", "yes")
    assert (new["lag_s"], new["delay_s"], new["executed"]) == (100.0, 3600.0, "b.1:3")
    assert "\x1b" not in str(new["sql_error"])
    assert (old["channel"], old["io"], old["sql"], old["lag_s"]) == (
        "east",
        "connecting",
        "no",
        None,
    )
    assert old["gtid"] == "0-1-9"
    (row,) = rows("mysql.health", now)
    assert (row["role"], row["replication_lag_s"]) == ("replica", 100.0)


def test_how_old_what_is_applied_is_and_what_arrived() -> None:
    said = CHANNEL | {"retrieved_gtid_set": "u:1-9"}
    workers = packed.rows([["", -3.0], ["east", 12.5]])
    now = health(1.0, STATUS, replica=packed.rows([said, OLDER]), workers=workers)
    new, old = rows("mysql.replication", now)
    assert (new["applying_s"], new["gtid_received"]) == (0.0, "u:1-9")
    assert (old["applying_s"], old["gtid_received"]) == (12.5, "")
    unknown = health(1.0, STATUS, replica=packed.rows([said]), workers=packed.rows([["", None]]))
    assert rows("mysql.replication", unknown)[0]["applying_s"] is None
    assert (
        rows("mysql.replication", health(1.0, STATUS, replica=packed.rows([said]), workers=DENIED))[
            0
        ]["applying_s"]
        is None
    )


def test_a_right_that_is_missing_costs_its_fields_and_is_named() -> None:
    table_denied = packed.refused(
        "1142", "SELECT command denied to user 'w'@'h' for table 'threads'"
    )
    now = health(1.0, STATUS, transactions=DENIED, replica=DENIED, replicas=table_denied)
    (row,) = rows("mysql.health", now)
    unknown = ("role", "waiting_sessions", "longest_transaction_s", "replicas")
    assert [row[key] for key in unknown] == [None] * 4
    assert row["connections"] == 80.0
    assert row["missing"] == "PROCESS ON *.*; SELECT ON performance_schema.*"
    with pytest.raises(Denied) as caught:
        rows("mysql.replication", now)
    assert caught.value.remedy == "GRANT PROCESS ON *.* TO the account"


def test_a_node_of_a_cluster_has_a_row_and_no_other_server() -> None:
    assert rows("mysql.galera", health(1.0, STATUS)) == []
    before = health(1.0, STATUS | GALERA)
    later = STATUS | GALERA | {"Uptime": "110", "wsrep_flow_control_paused_ns": "5000000000"}
    (row,) = rows("mysql.galera", health(11.0, later), before)
    assert (row["cluster"], row["state"], row["size"]) == ("primary", "synced", 3.0)
    assert row["flow_paused_percent"] == 50.0


def test_what_innodb_of_mysql_tells_elsewhere_has_the_same_name() -> None:
    metrics = packed.rows([["trx_rseg_history_len", 60000.0], ["lock_deadlocks", 2.0]])
    before = health(1.0, STATUS, metrics=packed.rows([["lock_deadlocks", 1.0]]))
    (row,) = rows("mysql.health", health(2.0, STATUS, metrics=metrics), before)
    assert (row["history"], row["deadlocks"]) == (60000.0, 1.0)


SESSIONS = [
    [7, "app", "h:1", "s", "Sleep", 9, "", None, None],
    [8, "app", "h:2", "s", "Query", 4.5, "Updating", "UPDATE t\n SET v = '\x1b]0;x\x07' ", None],
    [9, None, None, None, None, None, None, None, None],
]


def sessions(**more: Part) -> bytes:
    parts = {"started": packed.rows([[1700000000]]), "sessions": packed.rows(SESSIONS)}
    return answer("sessions", {**parts, **more})


def test_sessions_have_their_transactions_and_who_blocks_comes_first() -> None:
    transactions = packed.rows([[7, "RUNNING", 60, None, 3, 2, "REPEATABLE READ"],
                                [8, "LOCK WAIT", 5, 4, 1, 0, "REPEATABLE READ"]])  # fmt: skip
    now = sessions(
        transactions=transactions, waits=packed.rows([[8, 7, "X", "`s`.`t`", "PRIMARY"]])
    )
    first, second, third = rows("mysql.session", now)
    assert (first["id"], first["started"], first["blocks"], first["rows_modified"]) == (
        7, 1700000000, 1, 2,
    )  # fmt: skip
    assert (second["blocked_by"], second["transaction"], second["waits_s"]) == (
        "7",
        "lock wait",
        4.0,
    )
    assert "\x1b" not in str(second["statement"])
    assert third["user"] is None
    root, leaf = rows("mysql.lock", now)
    assert (root["tree"], leaf["tree"]) == ("7 app", "└ 8 app")
    assert (leaf["mode"], leaf["object"], leaf["above"]) == ("X", "`s`.`t` PRIMARY", 7)


def test_how_far_a_statement_is_comes_from_either_family() -> None:
    altering = [3, "app", "h", "s", "Query", 9, "altering table", "ALTER TABLE t", 40.5]
    now = sessions(sessions=packed.rows([altering]))
    assert [row["progress_percent"] for row in rows("mysql.session", now)] == [40.5]
    now = sessions(sessions=packed.rows([altering]), stages=packed.rows([[3, 170.0], [4, None]]))
    assert [row["progress_percent"] for row in rows("mysql.session", now)] == [100.0]


def test_locks_that_may_not_be_seen_are_a_fault_and_sessions_go_on() -> None:
    now = sessions(waits=DENIED, transactions=DENIED, metadata=DENIED)
    assert [row["id"] for row in rows("mysql.session", now)] == [8, 9, 7]
    for probe in ("mysql.lock", "mysql.metadata"):
        with pytest.raises(Denied, match="does not show us"):
            rows(probe, now)


def test_digests_are_rates_between_two_answers() -> None:
    def digests(at: float, calls: int, seconds: float) -> bytes:
        row = ["s", "d", "SELECT ?", calls, seconds, None, 9.0, 0.0, 0, 100, 10, 0, 0, calls]
        return answer("statements", {"now": packed.rows([[at]]), "digests": packed.rows([row])})

    (row,) = rows("mysql.statement", digests(20.0, 40, 9.0), digests(10.0, 20, 4.0))
    assert (row["calls_per_s"], row["busy_percent"], row["mean_ms"]) == (2.0, 50.0, 225.0)
    assert row["examined_per_sent"] == 10.0
    (emptied,) = rows("mysql.statement", digests(20.0, 1, 9.0), digests(10.0, 20, 4.0))
    assert emptied["calls_per_s"] is None


@pytest.mark.parametrize("probe", INTEGRATION.probes, ids=lambda probe: probe.id)
def test_no_answer_of_any_shape_is_more_than_a_fault(probe: Any) -> None:
    count = len(QUESTIONS[probe.exchange])
    odd = (
        packed.rows([]),
        packed.rows([[]]),
        packed.rows([["x"] * 20]),
        packed.rows([{"variable_name": "Uptime", "value": "1e999"}]),
        packed.rows(7),
        packed.NOT_ASKED,
        DENIED,
        Part(0, b"\xc1"),
        Part(1, b""),
    )
    for part in odd:
        try:
            reading = probe.read(joined([part] * count))
        except TargetError:
            continue
        assert isinstance(probe.rows(reading, reading), list)
    with pytest.raises(Malformed):
        probe.read(b"")


def test_statements_are_named_once_for_each_server() -> None:
    for exchange, statements in QUESTIONS.items():
        assert {one.name for one in INTEGRATION.exchanges} >= {exchange}
        assert all("%s" not in one.sql and ";" not in one.sql for one in statements)
    text = "-- a.b mysql since=1 until=2\nSELECT 1\n\n-- prose\n\n-- a.c\nSELECT 2"
    assert [(name, one.sql, one.since) for name, one in parsed(text)["a"]] == [
        ("b", "SELECT 1", 1),
        ("c", "SELECT 2", 0),
    ]
