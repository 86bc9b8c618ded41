"""The sampler on a real systemd host: units that failed, its clock, its file systems."""

import subprocess
from pathlib import Path

import pytest

from opsconsole.domains.system.host import clock, filesystem, health, identity, process, unit
from tests.domains.system.host.shells import SHELLS, sampler
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
            running.ask("processes")
            names = {
                one.name for one in process.read(running.until("processes")[0]).processes.values()
            }
    (failing,) = failed
    assert (failing.name, failing.active, failing.result) == (
        "failing.service",
        "failed",
        "exit-code",
    )
    assert failing.for_s is not None
    assert health.rows(health.read(slow), None)[0][5] == 1
    assert clock.read(slow).source == "timedatectl"
    assert identity.read(slow).hostname == host.hostname
    assert identity.read(slow).virtualisation == "systemd-nspawn"
    assert "/" in [mount.path for mount in filesystem.read(slow)]
    assert b"systemd" in names
