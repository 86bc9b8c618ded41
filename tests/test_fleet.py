"""One line per target: what is joined, what is worst, and in which order."""

import math

from opsconsole.clean import Clean
from opsconsole.fleet import Roster, columns, judge, line, rank, silence
from opsconsole.model import Column, Fault, Level, Limits, Quantity, Row
from opsconsole.spec import Probe

CPU = Column("cpu_percent", "CPU%", Quantity.PERCENT, "/proc/stat", Limits(85, 95, "test"))
FREE = Column("free_percent", "FREE%", Quantity.PERCENT, "/proc/meminfo", Limits(10, 5, "test"))
NAME = Column("kernel", "KERNEL", Quantity.TEXT, "uname -r")


def _probe(id_: str, *shape: Column) -> Probe[Row]:
    return Probe(id_, id_, "vitals", shape, (), lambda _: (), lambda now, _: [now])


PROBES = (_probe("host.vitals", CPU, FREE), _probe("host.health", NAME))
FAULT = Fault("untrusted", Clean("host key changed"), Clean("ssh-keygen -R web-1"))


def test_columns_are_those_of_each_probe_after_the_verdict() -> None:
    keys = [column.key for column in columns(PROBES)]
    assert keys == ["target", "state", "why", "cpu_percent", "free_percent", "kernel"]


def test_a_row_is_as_bad_as_its_worst_value() -> None:
    assert judge((CPU, FREE), (10.0, 50.0)).level is Level.OK
    assert judge((CPU, FREE), (90.0, 50.0)).level is Level.WARN
    low = judge((CPU, FREE), (90.0, 4.0))
    assert (low.level, low.why) == (Level.CRIT, "FREE% 4")


def test_low_is_bad_scores_rise_as_the_value_falls() -> None:
    assert judge((FREE,), (2.0,)).score > judge((FREE,), (4.0,)).score
    assert math.isinf(judge((FREE,), (0.0,)).score)


def test_unknown_values_and_text_are_never_judged() -> None:
    assert judge((CPU, NAME), (None, Clean("6.1"))).level is Level.OK


def test_line_joins_the_parts_and_fills_what_is_missing() -> None:
    row, verdict = line("web-1", PROBES, [(99.0, 50.0), None], None)
    assert row == ("web-1", "crit", "CPU% 99", 99.0, 50.0, None)
    assert verdict.level is Level.CRIT


def test_a_target_without_answers_waits() -> None:
    row, verdict = line("web-1", PROBES, [None, None], None)
    assert row[1] == "waiting"
    assert verdict.level is Level.UNKNOWN


def test_a_fault_outranks_bad_values_and_keeps_the_last_ones() -> None:
    row, lost = line("web-1", PROBES, [(10.0, 50.0), None], FAULT)
    _, full = line("web-2", PROBES, [(100.0, 50.0), None], None)
    assert row[1:4] == ("untrusted", "host key changed", 10.0)
    assert rank({"web-2": full, "web-1": lost}) == ["web-1", "web-2"]


def test_stale_values_never_look_well() -> None:
    row, verdict = line("web-1", PROBES, [(10.0, 50.0), None], None, stale=True)
    assert (row[1], verdict.level) == ("stale", Level.CRIT)


def test_what_is_not_known_any_more_tells_for_how_long() -> None:
    row, _ = line("web-1", PROBES, [(10.0, 50.0), None], None, stale=True, age_s=42.0)
    assert row[2] == "no data for 40 s"
    row, _ = line("web-1", PROBES, [(10.0, 50.0), None], FAULT, age_s=125.0)
    assert row[2] == "no data for 2 min: host key changed"
    row, _ = line("web-1", PROBES, [None, None], FAULT)
    assert row[2] == "host key changed"


def test_an_age_grows_in_steps_and_is_never_told_too_high() -> None:
    told = [silence(age) for age in (None, 4.9, 5.0, 9.9, 59.9, 60.0, 3599.0, 3600.0, 172800.0)]
    ages = ["", "", "5 s", "5 s", "55 s", "1 min", "59 min", "1 h", "2 days"]
    assert told == [age and f"no data for {age}" for age in ages]


def test_equal_targets_stand_in_name_order() -> None:
    _, same = line("x", PROBES, [(10.0, 50.0), None], None)
    assert rank({"b": same, "a": same, "c": same}) == ["a", "b", "c"]


BUSY = Column("cpu_percent", "CPU%", Quantity.PERCENT, "SHOW STATUS", Limits(50, 60, "other"))
LAG = Column("lag_s", "LAG", Quantity.SECONDS, "SHOW REPLICA STATUS")
KINDS = {"host": PROBES, "mysql": (_probe("mysql.overview", LAG, BUSY),)}


def test_targets_of_one_kind_are_listed_as_they_are() -> None:
    roster = Roster({"host": PROBES})
    assert roster.columns == columns(PROBES)
    row, _ = line("web-1", PROBES, [(9.0, 50.0), None], None)
    assert roster.row("host", row) is row


def test_kinds_share_the_columns_they_have_in_common() -> None:
    roster = Roster(KINDS)
    keys = [column.key for column in roster.columns]
    assert keys == [
        *("target", "kind", "state", "why", "cpu_percent", "free_percent", "kernel", "lag_s")
    ]
    row, _ = line("db-1", KINDS["mysql"], [(3.0, 55.0)], None)
    placed = dict(zip(keys, roster.row("mysql", row), strict=True))
    assert placed == {
        "target": "db-1",
        "kind": "mysql",
        "state": "warn",
        "why": "CPU% 55",
        "cpu_percent": 55.0,
        "free_percent": None,
        "kernel": "",
        "lag_s": 3.0,
    }


def test_a_shared_column_judges_nobody_where_the_limits_differ() -> None:
    limits = {column.key: column.limits for column in Roster(KINDS).columns}
    assert limits["cpu_percent"] is None
    assert limits["free_percent"] == FREE.limits
