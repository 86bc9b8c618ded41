"""The sampler without /proc: what psutil tells of this machine, through the same probes."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import cast

import psutil
import pytest

from opsconsole.domains.system.host import INTEGRATION, local_settings
from opsconsole.errors import Unsupported
from opsconsole.model import Value
from tests.domains.system.host.shells import ASKED, Sampler, answers, gone


@contextmanager
def portable(interval: float = 0.5) -> Generator[Sampler]:
    argv = cast("tuple[str, ...]", local_settings("darwin", interval)["argv"])
    process = subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    running = Sampler(process)
    try:
        with process:
            try:
                yield running
            finally:
                if process.poll() is None:
                    process.kill()
    finally:
        running.close()


def test_linux_needs_no_other_program() -> None:
    assert local_settings("linux") == {}
    assert local_settings("darwin")["argv"] == (
        sys.executable,
        *("-m", "opsconsole.domains.system.host.portable", "2"),
    )


MISSING = {
    *("host.unit", "host.service", "host.lvs", "host.connection", "host.inventory"),
    *("host.asset", "host.drive", "host.update", "host.journal"),
}


def test_every_probe_reads_what_psutil_tells() -> None:
    with portable() as running:
        found = {"vitals": running.until("vitals", 2)}
        for exchange in ASKED:
            running.ask(exchange)
            running.ask(exchange)
            found[exchange] = running.until(exchange, 2)
    rows: dict[str, list[dict[str, Value]]] = {}
    for probe in INTEGRATION.probes:
        before, now = found[probe.exchange][:2]
        keys = [column.key for column in probe.columns]
        try:
            listed = probe.rows(probe.read(now), probe.read(before))
        except Unsupported:
            assert probe.id in MISSING
            continue
        rows[probe.id] = [dict(zip(keys, row, strict=True)) for row in listed]
    (vitals,) = rows["host.vitals"]
    assert vitals["cores"] == psutil.cpu_count() == len(rows["host.cpu"])
    assert vitals["memory_total_bytes"] == psutil.virtual_memory().total
    assert isinstance(vitals["cpu_percent"], float)
    assert 0 <= vitals["cpu_percent"] <= 100
    # What psutil does not tell everywhere is unknown, not zero.
    assert vitals["disk_utilisation_percent"] is None
    assert (vitals["io_pressure_percent"], vitals["oom_kills"]) == (None, None)
    disk = os.statvfs("/")
    root = next(row for row in rows["host.filesystem"] if row["mount"] == "/")
    assert root["size_bytes"] == disk.f_blocks * disk.f_frsize
    (identity,) = rows["host.identity"]
    assert identity["cores"] == psutil.cpu_count()
    mine = next(row for row in rows["host.process"] if row["pid"] == os.getpid())
    assert mine["uid"] == os.geteuid()
    assert mine["threads"] == psutil.Process().num_threads()
    assert mine["priority"] is None


def test_it_ends_with_its_input() -> None:
    with portable(1000) as running:
        running.until("vitals")
        assert running.process.stdin is not None
        running.process.stdin.close()
        assert running.ended() == 0
        assert gone(running.process.pid)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_it_ends_when_nobody_reads(stream: str) -> None:
    with portable(0.1 if stream == "stdout" else 1000) as running:
        running.until("vitals")
        running.hang_up(getattr(running.process, stream))
        if stream == "stderr":
            running.ask("slow")
        assert running.ended() == 0


def test_a_command_line_can_not_end_an_answer() -> None:
    mean = subprocess.Popen(
        (sys.executable, "-c", "input()", "\n--opsconsole processes--\n"), stdin=subprocess.PIPE
    )
    with mean, portable() as running:
        running.until("vitals")
        running.ask("processes")
        running.ask("slow")
        running.until("slow")
        assert [name for name, _ in answers(running.asked)] == ["processes", "slow"]
        mean.kill()
