"""Reaching hosts over real sshd: directly, with certificates, through jump hosts."""

import pytest

from opsconsole.model import Target
from opsconsole.transports.ssh import SshTransport
from tests.servers.sampler import SAMPLER, Heard
from tests.servers.sshd import Site, Sshd

pytestmark = pytest.mark.server


def target(site: Site, host: Sshd, **settings: object) -> Target:
    return Target(
        id=host.name,
        kind="host",
        transport="ssh",
        address=host.address,
        port=host.port,
        user=site.user,
        settings={"identity": str(site.identity), "known_hosts": str(site.known_hosts), **settings},
    )


async def test_direct(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1")
    heard = Heard()
    transport = SshTransport()
    session = await transport.open(target(site, host), SAMPLER, 0.1, heard)
    assert heard.of("vitals"), "open returns once the first answer was delivered"
    session.ask("slow")
    await heard.until(lambda h: bool(h.of("slow")) and len(h.of("vitals")) >= 3)
    assert heard.of("slow") == [b"asked slow\n"]
    await transport.close()
    await session.ended()
