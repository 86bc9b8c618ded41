"""A real Net-SNMP agent as a network device: this machine's own ports, by community and by user."""

from collections.abc import Generator
from pathlib import Path

import pytest

from opsconsole.domains.system.network import attached, identity, interface, resource, sensor
from tests.domains.system.network.scene import asked, table, watched
from tests.servers.snmpd import AUTH, PRIV, Agent, agent
from tests.transports.snmp.scene import target

BY_USER = {
    "version": "3",
    "auth": "sha",
    "auth_password": AUTH,
    "priv": "aes",
    "priv_password": PRIV,
}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Generator[Agent, None, None]:
    with agent(tmp_path_factory.mktemp("network")) as one:
        yield one


@pytest.mark.parametrize(("user", "said"), [(None, {"community": "public"}), ("shaaes", BY_USER)])
async def test_it_is_read_whole(
    user: str | None, said: dict[str, str], real: Agent, tmp_path: Path
) -> None:
    to = target(tmp_path, real.address, user, **said)
    async with watched(to) as (session, heard):
        first = await asked(session, heard, "interfaces")
        load, who, hot, near = [
            await asked(session, heard, name)
            for name in ("resources", "identity", "sensors", "attached")
        ]
        second = await asked(session, heard, "interfaces")
    ports = {row["interface"]: row for row in table(interface.PROBE, second, first)}
    assert (ports["lo"]["link"], ports["lo"]["type"]) == ("up", "loopback")
    assert ports["lo"]["counter_bits"] == 64
    assert ports["lo"]["receive_bits_per_s"] >= 0
    (short,) = table(interface.SUMMARY, second, first)
    assert short["ports"] == len(ports)
    assert short["name"] == "agent"
    (health,) = table(resource.HEALTH, load)
    # Of processors it tells nothing within its first minute.
    assert 0 < health["memory_used_percent"] < 100
    (what,) = table(identity.PROBE, who)
    assert "Linux" in what["about"]
    assert table(sensor.PROBE, hot) == []
    assert all(row["mac"] for row in table(attached.PROBE, near))
