"""A real host that is booted once for all tests of a module, and an operator for each test."""

import subprocess
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import NamedTuple

import pytest

from opsconsole.cli.sudoers import lines, usual
from opsconsole.domains.system.host import INTEGRATION
from tests.domains.system.host.action.operator import Operator
from tests.servers import machine

NUMBERS = {
    "test_service_on_a_host": 221,
    "test_process_on_a_host": 222,
    "test_upkeep_on_a_host": 223,
    "test_act_on_a_host": 224,
}
"""Which machine each module boots: they may run side by side."""


class Booted(NamedTuple):
    """A machine, and how one gets in."""

    machine: machine.Machine
    key: Path
    known_hosts: Path


def sudoers(*services: str) -> str:
    """What `opsconsole sudoers --user ops` prints for these services."""
    programs = {str(right[0]) for action in INTEGRATION.actions for right in action.rights}
    places = {name: usual(name) for name in programs}
    return "".join(f"{line}\n" for line in lines("ops", INTEGRATION.actions, places, services))


@pytest.fixture(scope="module")
def booted(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Generator[Booted]:
    """A host on which `ops` may do what our own sudoers file permits, and `guest` nothing."""
    if missing := machine.missing():
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("host")
    key = folder / "key"
    subprocess.run(("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)), check=True)
    with machine.boot(
        NUMBERS[request.path.stem], Path(f"{key}.pub"), folder, sudoers("app.service")
    ) as host:
        known_hosts = folder / "known_hosts"
        known_hosts.write_text(host.known_hosts)
        yield Booted(host, key, known_hosts)


@pytest.fixture
async def operator(booted: Booted) -> AsyncGenerator[Operator]:
    """Somebody with an executor of their own."""
    one = Operator(*booted)
    try:
        yield one
    finally:
        await one.close()
