"""What a connection lets go of after its log-in; new keys are checked as the first ones were."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from opsconsole.errors import Lost
from opsconsole.model import Target
from opsconsole.transports.ssh.fleet import Fleet
from opsconsole.transports.ssh.session import SshSession
from tests.servers.farm import Farm, new_key
from tests.servers.sampler import Heard

pytestmark = pytest.mark.server

HOSTS = ("127.78.11.1", "127.78.11.2")


@pytest.fixture
async def farm() -> AsyncIterator[Farm]:
    """Two hosts, alike."""
    async with Farm(HOSTS).serving() as served:
        yield served


async def _opened(fleet: Fleet, farm: Farm, folder: Path) -> list[tuple[SshSession, Heard]]:
    (folder / "known_hosts").write_text(farm.known_hosts())
    (folder / "identity").write_bytes(new_key().export_private_key())
    (folder / "identity").chmod(0o600)
    settings = {name: str(folder / name) for name in ("known_hosts", "identity")}
    pairs: list[tuple[SshSession, Heard]] = []
    for address in HOSTS:
        hear = Heard()
        target = Target(address, "host", "ssh", address, farm.port, "ops", settings=settings)
        pairs.append((await fleet.open(target, "", 0.05, hear), hear))
    return pairs


def _parts(session: SshSession) -> dict[str, object]:
    return cast("dict[str, object]", vars(vars(session)["_conn"]))


async def test_hosts_configured_alike_share_what_is_the_same(farm: Farm, tmp_path: Path) -> None:
    fleet = Fleet()
    one, other = (_parts(session) for session, _ in await _opened(fleet, farm, tmp_path))
    same = ("_options", "_kex_algs", "_enc_algs", "_sig_algs", "_server_host_key_algs")
    assert [name for name in same if one[name] is not other[name]] == []
    assert not one["_client_kexinit"]
    assert not one["_server_kexinit"]
    trusted = one["_trusted_host_keys"]
    assert isinstance(trusted, set)
    assert next(iter(cast("set[object]", trusted))) is one["_server_host_key"]
    await fleet.close()


async def test_new_keys_are_agreed_on_with_what_is_left(farm: Farm, tmp_path: Path) -> None:
    fleet = Fleet()
    (session, hear), (_, beside) = await _opened(fleet, farm, tmp_path)
    before = _parts(session)["_recv_encryption"]
    farm.exchange_keys(HOSTS[0])
    count = len(hear.answers)
    await hear.until(lambda hear: len(hear.answers) >= count + 20)
    assert _parts(session)["_recv_encryption"] is not before
    await beside.until(lambda hear: len(hear.answers) >= 20)
    numbers = [int(answer.split()[2]) for answer in hear.of("vitals")]
    assert numbers == list(range(1, len(numbers) + 1)), "none is lost"
    await fleet.close()


async def test_a_host_key_that_changes_in_the_middle_is_refused(farm: Farm, tmp_path: Path) -> None:
    fleet = Fleet()
    (session, hear), (_, beside) = await _opened(fleet, farm, tmp_path)
    farm.exchange_keys(HOSTS[0], new_key())
    with pytest.raises(Lost, match="not trusted"):
        await asyncio.wait_for(session.ended(), 20)
    count = len(hear.answers)
    told = len(beside.answers)
    await beside.until(lambda hear: len(hear.answers) >= told + 5)
    assert len(hear.answers) == count
    await fleet.close()
