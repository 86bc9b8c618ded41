"""Processes: who uses what, of which base, and names that mean harm."""

import pytest

from opsconsole.domains.system.host import process
from opsconsole.errors import Malformed
from opsconsole.model import Value
from tests.domains.system.host.wires import PROCESSES, without

LATER = (
    PROCESSES.replace(b"uptime:1000.00", b"uptime:1003.00")
    .replace(b"4 400 100 7", b"4 850 250 7")
    .replace(b"4 100 50 7", b"4 103 50 7")
)


def rows(now: bytes, before: bytes | None = None) -> list[dict[str, Value]]:
    keys = [column.key for column in process.PROBE.columns]
    old = None if before is None else process.read(before)
    found = process.rows(process.read(now), old)
    return [dict(zip(keys, row, strict=True)) for row in found]


def test_processor_time_is_of_one_core() -> None:
    busy, *others = rows(LATER, PROCESSES)
    assert (busy["pid"], busy["user"], busy["cpu_percent"]) == (77, "postgres", 200)
    assert others[0]["pid"] == 1
    assert others[0]["cpu_percent"] == pytest.approx(1)


def test_facts_of_a_process() -> None:
    row = next(row for row in rows(PROCESSES) if row["pid"] == 77)
    assert row["cpu_percent"] is None
    assert row["resident_bytes"] == 25000 * 4096
    assert row["memory_percent"] == pytest.approx(10)
    assert (row["state"], row["threads"], row["nice"], row["priority"]) == ("running", 3, 5, 20)
    assert (row["cpu_s"], row["age_s"], row["parent"]) == (5, 100, 1)
    assert row["command"] == "postgres: writer second line"


def test_the_most_memory_comes_first_where_no_time_is_known() -> None:
    assert [row["pid"] for row in rows(PROCESSES)] == [77, 1, 78, 2]


def test_a_kernel_thread_shows_its_name() -> None:
    row = next(row for row in rows(PROCESSES) if row["pid"] == 2)
    assert (row["command"], row["user"]) == ("[kthreadd]", "root")


def test_a_user_without_a_name_keeps_the_number() -> None:
    row = next(row for row in rows(PROCESSES) if row["pid"] == 78)
    assert (row["user"], row["uid"]) == ("4242", 4242)


def test_a_name_with_newlines_and_parentheses_is_one_process() -> None:
    row = next(row for row in rows(PROCESSES) if row["pid"] == 78)
    assert row["name"] == "x) S 0 (\ufffd[31m"
    assert (row["state"], row["parent"], row["priority"]) == ("disk wait", 77, -51)
    cut = PROCESSES.replace(b"(x) S 0 (", b"(x\n78/stat:1 (init) S (")
    again = next(row for row in rows(cut) if row["pid"] == 78)
    assert again["name"] == "x\ufffd1 (init) S (\ufffd[31m"
    assert [row["pid"] for row in rows(cut)].count(1) == 1


def test_another_process_with_the_same_pid_has_no_rate() -> None:
    reborn = LATER.replace(b" 90000 170000000 25000", b" 90050 170000000 25000")
    assert next(row for row in rows(reborn, PROCESSES) if row["pid"] == 77)["cpu_percent"] is None
    assert process.PROBE.key == ("pid", "start_ticks", "boot")


def test_another_boot_is_another_process() -> None:
    booted = LATER.replace(b"1a91effe", b"2b02fffe")
    assert {row["cpu_percent"] for row in rows(booted, PROCESSES)} == {None}


def test_long_commands_are_cut() -> None:
    long = PROCESSES + b"2/cmdline:" + b"x" * 5000 + b"\n"
    row = next(row for row in rows(long) if row["pid"] == 2)
    assert row["command"] == "x" * process.COMMAND


def test_missing_totals_and_names_leave_the_rest() -> None:
    bare = without(PROCESSES, b"page:", b"total:", b"uptime:", b"user:", b"d", b"sys/", b"77/cmd")
    row = next(row for row in rows(bare) if row["pid"] == 77)
    assert (row["user"], row["memory_percent"], row["age_s"]) == (None, None, None)
    assert (row["command"], row["threads"]) == ("[postgres]", 3)


def test_a_cut_line_is_named() -> None:
    with pytest.raises(Malformed, match=r"/proc/\*/stat.*process 77"):
        process.read(PROCESSES.replace(b"400 100 7 8 20 5 3 0 90000 170000000 25000", b"400"))


def test_no_process_is_no_answer() -> None:
    with pytest.raises(Malformed, match="lists no process"):
        process.read(b"uptime:1.00 1.00\n")
