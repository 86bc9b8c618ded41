"""Host names in an OpenSSH configuration become targets that it goes on describing."""

from pathlib import Path

import pytest

from opsconsole.errors import EstateError
from opsconsole.estate import imported, load
from tests.estate.conftest import write

CONFIG = """\
# The operator's own.
Host web-1 web-2
    User deploy
    Port 2222
Host "db 1" db-1
host=bastion
  HostName = 192.0.2.1
Match host web-3 exec "true"
    HostName 192.0.2.3
Host *.lab !secret.lab lab-? lab-9
Host quoted "also-quoted" # and a comment
INCLUDE conf.d/*.conf
Host web-1
    ForwardAgent no
"""


def ids(path: Path, *hosts: str) -> list[str]:
    return [target.id for target in imported("ssh_config", path, hosts).targets]


@pytest.fixture
def config(here: Path) -> Path:
    """Stand at home, with a configuration where OpenSSH looks for one."""
    write(here / "home" / ".ssh" / "conf.d" / "20-more.conf", "Host more\r\nHost last\r\n")
    write(here / "home" / ".ssh" / "conf.d" / "10-first.conf", "Host first\r\n\r\nHost *\r\n")
    return write(here / "home" / ".ssh" / "config", CONFIG.replace('"db 1" ', ""))


def test_concrete_names_in_order_of_first_mention(config: Path) -> None:
    assert ids(config) == [
        *("web-1", "web-2", "db-1", "bastion", "lab-9", "quoted", "also-quoted"),
        *("first", "more", "last"),
    ]


def test_hosts_choose_and_exclude(config: Path) -> None:
    assert ids(config, "web-*", "bastion", "!web-2") == ["web-1", "bastion"]
    assert ids(config, "!*-*", "!first") == ["bastion", "quoted", "more", "last"]
    with pytest.raises(EstateError, match=r"hosts: found 'wbe-1'; .* \(did you mean 'web-1'\?\)"):
        ids(config, "wbe-1", "web-2")


def test_how_to_connect_stays_with_ssh(config: Path, here: Path) -> None:
    write(
        here / "estate.toml",
        '[defaults]\nuser = "ops"\nport = 22\njump = "b"\nintervals = { slow = 60 }\n'
        '[target.web-2]\nuser = "other"\n'
        '[[import]]\nssh_config = "~/.ssh/config"\nhosts = ["web-*"]\n'
        'groups = ["web"]\nlabels = { site = "b" }\n[group.web]\n',
    )
    estate = load(here / "estate.toml", {})
    web = estate.by_id["web-1"]
    assert (web.transport, web.address, web.port, web.user) == ("ssh", "web-1", None, None)
    assert dict(web.settings) == {}
    assert (dict(web.intervals), dict(web.labels)) == ({"slow": 60.0}, {"site": "b"})
    assert web.groups == ("web",)
    assert estate.by_id["web-2"].user == "other"
    assert len(estate.targets) == 2


def test_another_configuration_is_named_to_the_transport(here: Path) -> None:
    path = write(here / "lab" / "ssh_config", "Host a\n")
    (target,) = imported("ssh_config", path).targets
    assert dict(target.settings) == {"ssh_config": str(path)}


def test_names_of_one_machine_are_one_target(here: Path) -> None:
    path = write(
        here / "c",
        "Host web web.example\n HostName 192.0.2.1\n"
        "Host a b\n HostName %h.example\n"
        "Host vm1\n Port 2201\nHost vm2\n Port 2202\nHost vm1 vm2\n HostName 127.0.0.1\n",
    )
    estate = imported("ssh_config", path)
    assert [target.id for target in estate.targets] == ["web", "a", "b", "vm1", "vm2"]
    assert estate.skipped == ("c:1: web.example: same HostName as web",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('Host a\nHost "b\n', "c:2: found a quote that does not end; allowed: quotes in pairs"),
        ("Host a\nHost\n", "c:2: found host and nothing after it; allowed: a value"),
        ("Host a\nInclude {here}/c\n", "c:2: found c, which includes this file; "
         "allowed: files without a circle"),
        ("Host *\n", "c: found no target; allowed: at least one [target.NAME] or [[import]]"),
    ],
)  # fmt: skip
def test_problems_name_the_line(here: Path, text: str, problem: str) -> None:
    path = write(here / "c", text.replace("{here}", str(here)))
    with pytest.raises(EstateError) as caught:
        imported("ssh_config", path)
    assert str(caught.value) == problem


def test_a_configuration_others_may_write_is_refused(here: Path) -> None:
    path = write(here / "c", "Host a\n")
    path.chmod(0o606)
    with pytest.raises(EstateError, match=r"c: found everybody may write it \(mode 0606\)"):
        imported("ssh_config", path)


def test_a_host_of_two_imports_is_told(here: Path) -> None:
    write(here / "c", "Host web-1\n")
    write(here / "hosts.ini", "web-1\n")
    path = write(
        here / "e.toml", '[[import]]\nssh_config = "c"\n[[import]]\nansible = "hosts.ini"\n'
    )
    with pytest.raises(EstateError) as caught:
        load(path, {})
    assert str(caught.value) == (
        "hosts.ini: web-1: found a second host 'web-1', the first is c:1; "
        'allowed: each host once: leave one out with hosts = ["!web-1"]'
    )
