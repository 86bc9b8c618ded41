"""Host keys: a host whose key is not known hears nothing; the remedy is the exact command."""

import re
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from opsconsole.errors import Untrusted
from opsconsole.model import Target
from opsconsole.transports.ssh import SshTransport
from opsconsole.transports.ssh.trust import Trust
from tests.servers.port import PORT
from tests.servers.sampler import SAMPLER, Heard
from tests.servers.sshd import Site, Sshd, keygen, need, public

pytestmark = pytest.mark.server


async def opens(target: Target) -> None:
    transport = SshTransport()
    try:
        await transport.open(target, SAMPLER, 0.2, Heard())
    finally:
        await transport.close()


def run(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True)


async def refused(target: Target) -> Untrusted:
    with pytest.raises(Untrusted) as caught:
        await opens(target)
    return caught.value


def fingerprint(host: Sshd) -> str:
    said = subprocess.run(
        ["ssh-keygen", "-lf", str(host.folder / "host_key.pub")],
        check=True,
        capture_output=True,
        text=True,
    )
    return said.stdout.split()[1]


async def test_an_unknown_key_is_refused_before_any_credential(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1", known=False, LogLevel="DEBUG1")
    error = await refused(site.target(host))
    where = f"{site.user}@127.77.0.1:{PORT}"
    assert str(error) == (
        f"web-1: unknown host key: {where} offers the ssh-ed25519 key {fingerprint(host)}, "
        f"and no key is known for [127.77.0.1]:{PORT}"
    )
    assert "userauth" not in host.log()
    assert "Accepted" not in host.log()


async def test_the_remedy_for_an_unknown_key_makes_it_known(site: Site) -> None:
    need("ssh")
    host = site.host("web-1", "127.77.0.1", known=False)
    error = await refused(site.target(host))
    argv = shlex.split(error.remedy)
    assert argv[:2] == ["ssh", "-o"]
    assert argv[2] == "StrictHostKeyChecking=ask"
    # The operator answers "yes"; a test has no terminal to answer on.
    argv[2] = "StrictHostKeyChecking=accept-new"
    run("ssh", "-o", "BatchMode=yes", *argv[1:])
    await opens(site.target(host))


async def test_a_changed_key_names_the_old_line_and_the_remedy_forgets_it(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1")
    await opens(site.target(host))
    site.rekey(host)
    error = await refused(site.target(host))
    assert str(error) == (
        f"web-1: CHANGED host key: {site.user}@127.77.0.1:{PORT} offers the ssh-ed25519 key "
        f"{fingerprint(host)}, but {site.known_hosts} line 1 holds another for [127.77.0.1]:{PORT}"
    )
    remedy = error.remedy.removeprefix("if the host was reinstalled: ")
    forget, _, trust = remedy.partition(" && ")
    assert shlex.split(forget) == [
        "ssh-keygen",
        "-R",
        f"[127.77.0.1]:{PORT}",
        "-f",
        str(site.known_hosts),
    ]
    run(*shlex.split(forget))
    assert (await refused(site.target(host))).remedy == trust


async def test_a_key_of_another_type_counts_as_changed(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1")
    site.rekey(host, "ecdsa")
    error = await refused(site.target(host))
    assert re.search("CHANGED host key: .* the ecdsa-sha2-nistp256 key SHA256:", str(error))


async def test_the_known_type_is_asked_for_first(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1", known=False)
    host.stop()
    rsa = site.key("web-1/rsa_key", "rsa")
    host.options["HostKey"] = f"{host.folder / 'host_key'}\nHostKey {rsa}"
    host.start()
    site.known_hosts.write_text(f"[127.77.0.1]:{PORT} {public(rsa)}\n")
    await opens(site.target(host))


async def test_a_host_certificate_of_a_known_authority_is_trusted(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1", known=False)
    host.stop()
    site.certify(host)
    host.start()
    error = await refused(site.target(host))
    assert "unknown host key" in str(error), "without the authority it is a plain unknown key"
    authority = public(site.host_ca)
    site.known_hosts.write_text(f"@cert-authority [127.77.0.*]:{PORT} {authority}\n")
    await opens(site.target(host))
    site.known_hosts.write_text(
        f"@cert-authority * {authority}\n@revoked * {public(host.folder / 'host_key')}\n"
    )
    assert "REVOKED" in str(await refused(site.target(host)))


@pytest.mark.parametrize(
    ("arguments", "principals", "reason"),
    [
        (("-V", "20200101:20200102"), "", "expired"),
        ((), "other-host", "principal"),
    ],
)
async def test_a_certificate_that_does_not_fit_is_refused(
    site: Site, arguments: tuple[str, ...], principals: str, reason: str
) -> None:
    host = site.host("web-1", "127.77.0.1", known=False)
    host.stop()
    site.certify(host, *arguments, principals=principals)
    host.start()
    site.known_hosts.write_text(f"@cert-authority * {public(site.host_ca)}\n")
    error = await refused(site.target(host))
    assert "host certificate refused" in str(error)
    assert reason in str(error).lower()


async def test_a_certificate_of_another_authority_is_refused(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1", known=False)
    host.stop()
    site.certify(host)
    host.start()
    site.known_hosts.write_text(f"@cert-authority * {public(site.user_ca)}\n")
    error = await refused(site.target(host))
    assert "unknown host authority" in str(error)
    assert "line 1 names another" in str(error)
    line = error.remedy.split("add: ")[1]
    site.known_hosts.write_text(line + "\n")
    await opens(site.target(host))


async def test_a_revoked_key_is_refused_though_known(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1")
    with site.known_hosts.open("a") as file:
        file.write(f"@revoked * {public(host.folder / 'host_key')}\n")
    error = await refused(site.target(host))
    assert f"{site.known_hosts} line 2 revokes" in str(error)
    assert "ssh" not in error.remedy


async def test_the_jump_host_is_named_when_its_key_is_the_unknown_one(site: Site) -> None:
    jump = site.host("jump", "127.77.0.9", known=False)
    host = site.host("db", "127.77.1.1", known=False)
    error = await refused(site.target(host, jump=site.hop(jump)))
    assert str(error).startswith(f"db: jump host: unknown host key: {site.hop(jump)} offers")
    assert shlex.split(error.remedy)[-2] == jump.address
    site.trust(jump)
    error = await refused(site.target(host, jump=site.hop(jump)))
    assert str(error).startswith(f"db: unknown host key: {site.user}@127.77.1.1:{PORT} offers")
    argv = shlex.split(error.remedy)
    assert argv[argv.index("-J") + 1] == site.hop(jump)
    assert argv[argv.index("-p") + 1] == str(PORT)


async def test_an_alias_names_the_key(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1", known=False)
    site.known_hosts.write_text(f"web-cluster {public(host.folder / 'host_key')}\n")
    config = site.folder / "config"
    config.write_text("Host *\n  HostKeyAlias web-cluster\n")
    await opens(site.target(host, ssh_config=str(config)))


async def test_no_known_hosts_file_means_nobody_is_known(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1")
    config = site.folder / "config"
    config.write_text(
        "Host *\n  UserKnownHostsFile none\n  GlobalKnownHostsFile none\n"
        "  StrictHostKeyChecking no\n"
    )
    mine = {"identity": str(site.identity), "ssh_config": str(config)}
    error = await refused(replace(site.target(host), settings=mine))
    assert "unknown host key" in str(error)


KEY_A = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def lines_known(path: Path, name: str, port: int = 22) -> list[int]:
    return [entry.line for entry in Trust().known([str(path)], name, port).keys]


def test_names_patterns_ports_and_negation(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(
        f"# comment\n"
        f"alpha,10.0.0.1 {KEY_A}\n"
        f"*.example.org,!bad.example.org {KEY_A}\n"
        f"[gamma]:2222 {KEY_A}\n"
        f"broken-line\n"
        f"|1|not base64|at all {KEY_A}\n"
        f"Delta {KEY_A} with a comment\n"
    )
    assert lines_known(path, "alpha") == [2]
    assert lines_known(path, "10.0.0.1") == [2]
    assert lines_known(path, "alpha", 2222) == [2], "as ssh: the name without its port counts"
    assert lines_known(path, "www.example.org") == [3]
    assert lines_known(path, "bad.example.org") == []
    assert lines_known(path, "gamma", 2222) == [4]
    assert lines_known(path, "gamma") == []
    assert lines_known(path, "DELTA") == [7]
    assert lines_known(path, "alph") == []


def test_hashed_names_as_ssh_keygen_writes_them(tmp_path: Path) -> None:
    need("ssh-keygen")
    path = tmp_path / "known_hosts"
    path.write_text(f"alpha {KEY_A}\n[beta]:2222 {KEY_A}\n")
    keygen("-H", "-f", str(path))
    assert "alpha" not in path.read_text()
    assert lines_known(path, "alpha") == [1]
    assert lines_known(path, "beta", 2222) == [2]
    assert lines_known(path, "beta") == []


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    trust = Trust()
    assert trust.known([str(path)], "alpha", 22).keys == ()
    path.write_text(f"alpha {KEY_A}\n")
    first = trust.known([str(path)], "alpha", 22)
    assert [entry.line for entry in first.keys] == [1]
    assert trust.known([str(path)], "alpha", 22) is first, "and only then"
