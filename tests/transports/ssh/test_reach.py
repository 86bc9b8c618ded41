"""Reaching hosts over real sshd: directly, with certificates, agents, through jump hosts."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from opsconsole.errors import Denied
from opsconsole.model import Target
from opsconsole.transports.ssh import SshTransport
from tests.servers.port import PORT
from tests.servers.sampler import SAMPLER, Heard
from tests.servers.sshd import Site, Sshd, keygen, need

pytestmark = pytest.mark.server


@pytest.fixture
def agent(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An ssh-agent of our own, empty."""
    need("ssh-agent", "ssh-add")
    socket = site.folder / "agent"
    said = subprocess.run(
        ["ssh-agent", "-s", "-a", str(socket)], check=True, capture_output=True, text=True
    ).stdout
    monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
    yield socket
    os.kill(int(said.split("SSH_AGENT_PID=")[1].split(";")[0]), signal.SIGTERM)


def add(key: Path) -> None:
    """Give a key to the agent."""
    subprocess.run(["ssh-add", "-q", str(key)], check=True)


def configure(text: str) -> None:
    """Write the operator's ~/.ssh/config."""
    folder = Path.home() / ".ssh"
    folder.mkdir(parents=True)
    (folder / "config").write_text(text)


async def reached(*targets: Target) -> list[Heard]:
    """Open all targets at once, hear one answer of each, close."""
    transport = SshTransport()
    heard = [Heard() for _ in targets]
    try:
        await asyncio.gather(
            *(
                transport.open(target, SAMPLER, 0.2, hear)
                for target, hear in zip(targets, heard, strict=True)
            )
        )
    finally:
        await transport.close()
    return heard


async def test_direct(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1")
    heard = Heard()
    transport = SshTransport()
    session = await transport.open(site.target(host), SAMPLER, 0.1, heard)
    assert heard.of("vitals"), "open returns once the first answer was delivered"
    session.ask("slow")
    await heard.until(lambda h: bool(h.of("slow")) and len(h.of("vitals")) >= 3)
    assert heard.of("slow") == [b"asked slow\n"]
    assert [p.split(b"\n")[0] for p in heard.of("vitals")[:3]] == [b"n 1", b"n 2", b"n 3"]
    received, sent = session.traffic
    assert received > sum(len(answer.payload) for answer in heard.answers)
    assert sent > len(SAMPLER)
    await transport.close()
    await session.ended()


@pytest.mark.parametrize("shell", ["dash", "bash --posix", "busybox sh"])
async def test_every_shell_runs_the_sampler(site: Site, shell: str) -> None:
    need(shell.split()[0])
    host = site.host("web-1", "127.77.0.1", ForceCommand=f"exec {shell}")
    (heard,) = await reached(site.target(host))
    assert heard.of("vitals")[0].startswith(b"n 1\n")


async def test_chatter_of_a_login_is_no_answer(site: Site) -> None:
    noise = "echo Welcome; echo stdin: is not a tty >&2; exec /bin/sh"
    host = site.host("web-1", "127.77.0.1", ForceCommand=noise)
    heard = Heard()
    transport = SshTransport()
    session = await transport.open(site.target(host), SAMPLER, 0.2, heard)
    session.ask("slow")
    await heard.until(lambda h: bool(h.of("slow")))
    await transport.close()
    assert heard.of("vitals")[0].startswith(b"n 1\n")
    assert heard.of("slow") == [b"asked slow\n"]


async def test_user_certificate(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1")
    (host.folder / "authorized_keys").write_text("")
    key = site.key("id_cert")
    keygen("-s", str(site.user_ca), "-I", "ops", "-n", site.user, f"{key}.pub")
    bare = site.key("id_bare")
    with pytest.raises(Denied):
        await reached(site.target(host, identity=str(bare)))
    (heard,) = await reached(site.target(host, identity=str(key), certificate=f"{key}-cert.pub"))
    assert heard.of("vitals")


async def test_agent_key(site: Site, agent: Path) -> None:
    host = site.host("web-1", "127.77.0.1")
    target = replace(site.target(host), settings={"known_hosts": str(site.known_hosts)})
    with pytest.raises(Denied, match="there was no key to try"):
        await reached(target)
    add(site.identity)
    (heard,) = await reached(target)
    assert heard.of("vitals")


async def test_a_locked_identity_that_the_agent_holds(site: Site, agent: Path) -> None:
    host = site.host("web-1", "127.77.0.1")
    add(site.identity)
    add(site.key("id_other"))
    keygen("-p", "-N", "a phrase", "-f", str(site.identity))
    (heard,) = await reached(site.target(host))
    assert heard.of("vitals")
    with pytest.raises(Denied) as caught:
        await reached(site.target(host, identity=str(site.key("id_stranger"))))
    assert str(caught.value).count("SHA256:") == 1, "a named identity is the only one offered"


async def test_an_agent_that_hangs_does_not_hold_a_log_in(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opsconsole.transports.ssh.keys.AGENT_TIMEOUT", 0.2)
    socket = site.folder / "mute"
    held: list[asyncio.StreamWriter] = []
    mute = await asyncio.start_unix_server(lambda _, writer: held.append(writer), socket)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
    (heard,) = await reached(site.target(site.host("web-1", "127.77.0.1")))
    assert heard.of("vitals")
    mute.close()
    for writer in held:
        writer.close()
        await writer.wait_closed()


async def test_certificate_for_a_key_in_the_agent(site: Site, agent: Path) -> None:
    host = site.host("web-1", "127.77.0.1")
    (host.folder / "authorized_keys").write_text("")
    key = site.key("id_held")
    add(key)
    keygen("-s", str(site.user_ca), "-I", "ops", "-n", site.user, f"{key}.pub")
    certificate = (site.folder / "id_held-cert.pub").rename(site.folder / "elsewhere.pub")
    mine = {"known_hosts": str(site.known_hosts), "certificate": str(certificate)}
    (heard,) = await reached(replace(site.target(host), settings=mine))
    assert heard.of("vitals")


def log_ins(host: Sshd) -> int:
    return host.log().count("Accepted publickey")


async def test_targets_behind_a_jump_host_share_one_connection_to_it(site: Site) -> None:
    jump = site.host("jump", "127.77.0.9")
    hosts = [site.host(f"db-{n}", f"127.77.1.{n}") for n in range(1, 4)]
    heard = await reached(*(site.target(host, jump=site.hop(jump)) for host in hosts))
    assert all(hear.of("vitals") for hear in heard)
    assert log_ins(jump) == 1
    assert [log_ins(host) for host in hosts] == [1, 1, 1]


async def test_a_chain_of_jump_hosts(site: Site) -> None:
    first, second = site.host("edge", "127.77.0.8"), site.host("core", "127.77.0.9")
    hosts = [site.host(f"db-{n}", f"127.77.1.{n}") for n in range(1, 3)]
    chain = f"{site.hop(first)},{site.hop(second)}"
    heard = await reached(
        *(site.target(host, jump=chain) for host in hosts),
        site.target(second, jump=site.hop(first)),
    )
    assert all(hear.of("vitals") for hear in heard)
    assert log_ins(first) == 1
    assert log_ins(second) == 2  # as a hop of the chain, and as a target


def alias(name: str, host: Sshd, *lines: str) -> str:
    return "\n  ".join((f"Host {name}", f"HostName {host.address}", *lines)) + "\n"


def everywhere(site: Site) -> str:
    return (
        f"Host *\n  Port {PORT}\n  User {site.user}\n  IdentityFile {site.identity}\n"
        f"  UserKnownHostsFile {site.known_hosts}\n"
    )


def named(name: str) -> Target:
    return Target(id=name, kind="host", transport="ssh", address=name)


async def test_the_operators_configuration_is_enough(site: Site) -> None:
    edge, core = site.host("edge", "127.77.0.8"), site.host("core", "127.77.0.9")
    host = site.host("db", "127.77.1.1")
    configure(
        alias("edge", edge)
        + alias("core", core, "ProxyJump edge")
        + alias("db db-*", host, "ProxyJump core")
        + everywhere(site)
    )
    heard = await reached(named("db"), named("db-2"))
    assert all(hear.of("vitals") for hear in heard)
    assert (log_ins(edge), log_ins(core), log_ins(host)) == (1, 1, 2)


async def test_a_jump_for_all_hosts_is_none_for_the_jump_host_itself(site: Site) -> None:
    edge, host = site.host("edge", "127.77.0.8"), site.host("db", "127.77.1.1")
    configure(
        alias("edge", edge) + alias("db", host) + "Host *\n  ProxyJump edge\n" + everywhere(site)
    )
    heard = await reached(named("db"), named("edge"))
    assert all(hear.of("vitals") for hear in heard)


async def test_jump_none_in_the_estate_overrides_the_configuration(site: Site) -> None:
    host = site.host("db", "127.77.1.1")
    configure(alias("db", host, "ProxyJump nowhere.invalid") + everywhere(site))
    (heard,) = await reached(replace(named("db"), settings={"jump": "none"}))
    assert heard.of("vitals")


async def test_proxy_command(site: Site) -> None:
    need("ssh")
    edge, host = site.host("edge", "127.77.0.8"), site.host("db", "127.77.1.1")
    own = site.folder / "proxy_config"
    own.write_text(alias("edge", edge) + everywhere(site))
    proxy = f"ssh -F {own} -W %h:%p edge"
    configure(alias("db", host, f"ProxyCommand {proxy}") + everywhere(site))
    (heard,) = await reached(named("db"))
    assert heard.of("vitals")
    assert log_ins(edge) == 1


async def test_a_match_final_block_counts(site: Site) -> None:
    host = site.host("db", "127.77.1.1")
    configure(
        alias("db", host) + f"Match final host {host.address}\n  Port {PORT}\n"
        f"  User {site.user}\n  IdentityFile {site.identity}\n"
        f"  UserKnownHostsFile {site.known_hosts}\n"
    )
    (heard,) = await reached(named("db"))
    assert heard.of("vitals")


async def test_an_ssh_config_of_the_targets_own_replaces_the_operators(site: Site) -> None:
    host = site.host("db", "127.77.1.1")
    configure("Host *\n  Port 1\n")
    own = site.folder / "config"
    own.write_text(alias("db", host) + everywhere(site))
    (heard,) = await reached(replace(named("db"), settings={"ssh_config": str(own)}))
    assert heard.of("vitals")
