"""What the operator reads when a host cannot be reached: which host, which hop, why, what to do."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from opsconsole.errors import (
    Denied,
    Lost,
    Malformed,
    TargetError,
    Unreachable,
    Unsupported,
    Untrusted,
)
from opsconsole.model import Target
from opsconsole.secret import Secret
from opsconsole.transports.ssh.fleet import Fleet
from opsconsole.transports.ssh.login import Deadlines
from tests.servers.farm import Farm, Misdeed, new_key
from tests.servers.port import PORT
from tests.servers.sampler import SAMPLER, Heard
from tests.servers.sshd import Site, keygen

SHORT = Deadlines(connect=3, login=3, start=2)


@pytest.fixture
async def fleet() -> AsyncIterator[Fleet]:
    made = Fleet(SHORT)
    yield made
    await made.close()


async def fault(fleet: Fleet, target: Target) -> TargetError:
    """The error of opening a target, or of the session that lives a moment."""

    async def live() -> None:
        session = await fleet.open(target, SAMPLER, 0.2, Heard())
        async with asyncio.timeout(60):
            await session.ended()

    with pytest.raises(TargetError) as caught:
        await live()
    assert str(caught.value).startswith(f"{target.id}: ")
    assert str(caught.value).isprintable()
    return caught.value


HOST = Target(id="web-1", kind="host", transport="ssh", address="127.78.9.1", port=PORT, user="ops")


@pytest.fixture
def farm(tmp_path: Path) -> Farm:
    made = Farm([HOST.address])
    (tmp_path / "known_hosts").write_text(made.known_hosts())
    return made


@pytest.fixture
def host(tmp_path: Path) -> Target:
    keygen("-t", "ed25519", "-N", "", "-f", str(tmp_path / "id"))
    mine = {"identity": str(tmp_path / "id"), "known_hosts": str(tmp_path / "known_hosts")}
    return replace(HOST, settings=mine)


async def test_nobody_listens(fleet: Fleet, host: Target) -> None:
    error = await fault(fleet, host)
    assert isinstance(error, Unreachable)
    assert str(error) == f"web-1: ops@127.78.9.1:{PORT}: Connection refused"
    assert f"port {PORT}" in error.remedy


async def test_a_name_that_does_not_exist(fleet: Fleet, host: Target) -> None:
    error = await fault(fleet, replace(host, address="no-such-host.invalid"))
    assert isinstance(error, Unreachable)
    assert "the name no-such-host.invalid cannot be resolved" in str(error)


async def test_a_full_backlog_is_a_connection_that_never_comes(fleet: Fleet, host: Target) -> None:
    with socket.socket() as deaf:
        deaf.bind((HOST.address, PORT))
        deaf.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex((HOST.address, PORT))
        error = await fault(fleet, host)
        for filler in fillers:
            filler.close()
    assert isinstance(error, Unreachable)
    assert "no connection within 3 s" in str(error)


EXPECTED: dict[Misdeed, tuple[type[TargetError], str]] = {
    Misdeed.SILENT: (Unreachable, "no end of the log-in within 3 s"),
    Misdeed.BABBLE: (Malformed, "does not speak SSH"),
    Misdeed.HANG: (Unreachable, "let us in, but no first answer within 2.2 s"),
    Misdeed.MUTE: (Unreachable, "let us in, but no first answer within 2.2 s"),
    Misdeed.GARBAGE: (Malformed, "without an end marker"),
    Misdeed.FLOOD: (Malformed, "floods"),
    Misdeed.DIE: (Lost, f"connection to ops@127.78.9.1:{PORT} lost"),
    Misdeed.EXIT: (
        Unsupported,
        "/bin/sh did not run the sampler: it ended with status 1, saying: "
        "This account is \N{REPLACEMENT CHARACTER}]0;mine\N{REPLACEMENT CHARACTER}currently",
    ),
}


@pytest.mark.parametrize("misdeed", EXPECTED)
async def test_misdeeds_become_faults(
    fleet: Fleet, farm: Farm, host: Target, misdeed: Misdeed
) -> None:
    kind, text = EXPECTED[misdeed]
    farm.misdeeds[HOST.address] = misdeed
    async with farm.serving():
        error = await fault(fleet, host)
        assert type(error) is kind, error
        assert text in str(error)
        await fleet.close()


async def test_a_key_that_changes_while_we_know_another(
    fleet: Fleet, farm: Farm, host: Target
) -> None:
    async with farm.serving():
        heard = Heard()
        session = await fleet.open(host, SAMPLER, 0.2, heard)
        assert heard.of("vitals") == [b"127.78.9.1 vitals 1\n"]
        await session.close()
    async with Farm([HOST.address], key=new_key()).serving():
        error = await fault(fleet, host)
    assert isinstance(error, Untrusted)
    assert "CHANGED" in str(error)


async def test_password_by_reference(
    fleet: Fleet, farm: Farm, host: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    farm.password = "correct horse"
    secret = Secret("env", ("OPS_TEST_PASSWORD",))
    with_password = replace(host, settings={**host.settings, "password": secret})
    async with farm.serving():
        error = await fault(fleet, with_password)
        assert isinstance(error, Unsupported), "a secret that cannot be fetched says so itself"
        assert "OPS_TEST_PASSWORD is not set" in str(error)
        monkeypatch.setenv("OPS_TEST_PASSWORD", "wrong")
        error = await fault(fleet, with_password)
        assert isinstance(error, Denied)
        assert str(error).endswith("password; the password was refused")
        assert "wrong" not in str(error) + error.remedy
        monkeypatch.setenv("OPS_TEST_PASSWORD", "correct horse")
        await (await fleet.open(with_password, SAMPLER, 0.2, Heard())).close()


@pytest.mark.server
class TestRealSshd:
    """The same door, with sshd behind it."""

    async def test_a_key_the_host_does_not_accept(self, fleet: Fleet, site: Site) -> None:
        host = site.host("web-1", "127.77.0.1")
        other = site.key("id_other")
        error = await fault(fleet, site.target(host, identity=str(other)))
        assert isinstance(error, Denied)
        assert f"{site.user}@127.77.0.1:{PORT} accepts publickey; tried ssh-ed25519 SHA256:" in str(
            error
        )
        assert "id_other" in str(error)
        assert error.remedy.startswith("check user and key: ssh -v ")

    async def test_an_encrypted_identity(self, fleet: Fleet, site: Site) -> None:
        host = site.host("web-1", "127.77.0.1")
        path = site.folder / "locked"
        keygen("-t", "ed25519", "-N", "a phrase", "-f", str(path))
        error = await fault(fleet, site.target(host, identity=str(path)))
        assert isinstance(error, Denied)
        assert error.remedy == f"ssh-add {path}"

    async def test_a_missing_identity(self, fleet: Fleet, site: Site) -> None:
        host = site.host("web-1", "127.77.0.1")
        error = await fault(fleet, site.target(host, identity=str(site.folder / "none")))
        assert isinstance(error, Denied)
        assert "No such file" in str(error)

    async def test_a_shell_that_lets_nobody_in(self, fleet: Fleet, site: Site) -> None:
        words = "echo 'This account is currently not available.'; exit 1"
        host = site.host("web-1", "127.77.0.1", ForceCommand=words)
        error = await fault(fleet, site.target(host))
        assert isinstance(error, Unsupported)
        assert "status 1, saying: This account is currently not available." in str(error)

    async def test_noise_without_end_before_the_shell(self, fleet: Fleet, site: Site) -> None:
        host = site.host("web-1", "127.77.0.1", ForceCommand="yes; exec /bin/sh")
        error = await fault(fleet, site.target(host))
        assert isinstance(error, Malformed)
        assert "more than 64 KiB without an end marker" in str(error)

    async def test_no_common_algorithm(self, fleet: Fleet, site: Site) -> None:
        host = site.host("web-1", "127.77.0.1", Ciphers="aes256-ctr")
        config = site.folder / "config"
        config.write_text("Host *\n  Ciphers aes128-gcm@openssh.com\n")
        await (await fleet.open(site.target(host), SAMPLER, 0.2, Heard())).close()
        error = await fault(fleet, site.target(host, ssh_config=str(config)))
        assert isinstance(error, Unsupported)
        assert "share no algorithm" in str(error)

    async def test_a_configuration_that_cannot_be_read(self, fleet: Fleet, site: Site) -> None:
        host = site.host("web-1", "127.77.0.1")
        config = site.folder / "config"
        config.write_text("Host *\n  Port twenty\n")
        error = await fault(fleet, site.target(host, ssh_config=str(config)))
        assert isinstance(error, Unsupported)
        assert f"{config} line 2: Invalid Port" in str(error)

    async def test_which_hop_failed(self, fleet: Fleet, site: Site) -> None:
        jump = site.host("jump", "127.77.0.9")
        host = site.host("db", "127.77.1.1")
        dead = f"{site.user}@127.77.0.99:{PORT}"
        error = await fault(fleet, site.target(host, jump=dead))
        assert isinstance(error, Unreachable)
        assert str(error) == f"db: jump host: {dead}: Connection refused"
        error = await fault(fleet, site.target(host, jump=f"{site.hop(jump)},{dead}"))
        assert isinstance(error, Unreachable)
        assert str(error) == f"db: jump host: no way through to {dead}: Connection refused"

    async def test_a_jump_host_that_forbids_forwarding(self, fleet: Fleet, site: Site) -> None:
        jump = site.host("jump", "127.77.0.9", AllowTcpForwarding="no")
        host = site.host("db", "127.77.1.1")
        error = await fault(fleet, site.target(host, jump=site.hop(jump)))
        assert isinstance(error, Denied)
        assert "no way through to" in str(error)
        assert "AllowTcpForwarding" in error.remedy

    async def test_jump_hosts_that_lead_back(self, fleet: Fleet, site: Site) -> None:
        config = site.folder / "config"
        config.write_text("Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n")
        host = Target(id="a", kind="host", transport="ssh", settings={"ssh_config": str(config)})
        error = await fault(fleet, host)
        assert isinstance(error, Unsupported)
        assert "lead back" in str(error)
