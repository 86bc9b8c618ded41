"""The sampler on a real systemd host: units that failed, its clock, its file systems."""

import subprocess
import time
from pathlib import Path

import pytest

from opsconsole.domains.system.host import (
    clock,
    filesystem,
    health,
    identity,
    journal,
    process,
    service,
    unit,
)
from tests.domains.system.host.shells import SHELLS, Sampler, sampler
from tests.servers import machine


@pytest.mark.root
@pytest.mark.server
def test_a_systemd_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if missing := machine.missing():
        pytest.skip(missing)
    key = tmp_path / "key"
    subprocess.run(("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)), check=True)
    with machine.boot(212, Path(f"{key}.pub"), tmp_path) as host:
        options = ("BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null")
        login = (f"-i{key}", f"-p{host.port}", f"root@{host.address}", "exec /bin/sh")
        flags = tuple(f"-o{option}" for option in (*options, "LogLevel=QUIET"))
        monkeypatch.setitem(SHELLS, "ssh", ("ssh", "-Fnone", *flags, *login))
        with sampler("ssh") as running:
            running.until("vitals", 2)
            asked, slow = 0, b""
            failed: list[unit.Unit] = []
            while not failed and asked < 50:  # the unit fails while the host still boots
                asked += 1
                running.ask("slow")
                slow = running.until("slow", asked)[-1]
                failed = unit.read(slow)
            _the_journal(running, ("ssh", "-Fnone", *flags, *login[:-1]))
            running.ask("services")
            services = service.read(running.until("services")[0])
            running.ask("processes")
            names = {
                one.name for one in process.read(running.until("processes")[0]).processes.values()
            }
    (failing,) = failed
    assert (failing.active, failing.result) == ("failed", "exit-code")
    assert failing.name == "failing.service"
    assert failing.for_s is not None
    assert len(failing.invocation or "") == 32
    _the_services(services, failing)
    assert health.rows(health.read(slow), None)[0][5] == 1
    # Another test may run a chronyd on this machine just now: the host has our network.
    assert clock.read(slow).source in {"timedatectl", "chronyc"}
    assert identity.read(slow).hostname == host.hostname
    assert identity.read(slow).virtualisation == "systemd-nspawn"
    assert "/" in [mount.path for mount in filesystem.read(slow)]
    assert b"systemd" in names


def _the_journal(running: Sampler, ssh: tuple[str, ...]) -> None:
    """Errors are told once each, in the answer after the second in which they came."""
    shout = "i=0; while [ $i -lt 25 ]; do logger -p user.err -t payd out; i=$((i+1)); done"
    subprocess.run((*ssh, shout), check=True)
    found = asked = 0
    end = time.monotonic() + 60
    while found < 25 and time.monotonic() < end:
        asked += 1
        running.ask("journal")
        told = journal.read(running.until("journal", asked)[-1])
        found += sum(each.entries for each in told.errors if each.message == "out")
        time.sleep(0.1)
    assert found == 25, "none is missed, and none counted twice"


def _the_services(services: service.Reading, failing: unit.Unit) -> None:
    """The unit that runs can be told from its successor, and the one that failed as elsewhere."""
    rows = {str(row[0]): row for row in service.rows(services, None)}
    keys = [column.key for column in service.PROBE.columns]
    app = dict(zip(keys, rows["app.service"], strict=True))
    assert (app["load"], app["active"], app["sub"], app["enabled"]) == (
        *("loaded", "active", "running", "enabled"),
    )
    assert app["can_reload"] is True
    assert app["main_pid"]
    assert len(str(app["invocation"])) == 32
    assert rows["failing.service"][-1] == failing.invocation
    assert "inactive" in {row[keys.index("active")] for row in rows.values()}
    assert 10 < len(rows) < 200
