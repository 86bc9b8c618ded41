"""From the operator's files to targets: what is read, from where, and in which order of weight."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from opsconsole.errors import EstateError
from opsconsole.estate import Estate, load
from opsconsole.secret import Secret
from tests.estate.conftest import write

WHOLE = """
[defaults]
user = "ops"
intervals = { vitals = 2, slow = 30 }
labels = { team = "core", tier = "none" }
identity = "keys/ops"

[defaults.host]
jump = "bastion"

[target.web-1]
address = "web-1.example"
port = 2222
user = "web"
labels = { env = "prod" }
groups = ["edge"]
identity = "~/.ssh/id_web"
certificate = "keys/web-cert.pub"
known_hosts = "/etc/ssh/fleet_known_hosts"
password = { env = "WEB1_PASSWORD" }
intervals = { vitals = 5 }

[target."db-1.example"]
labels = { tier = "back" }

[target.here]
address = "local"

[group.web]
labels = { tier = "front" }
members = ["web-*"]

[group.edge]
labels = { site = "b" }
members = ["db-1.example"]
"""


def whole(here: Path) -> Estate:
    return load(write(here / "estate.toml", WHOLE), {})


def test_every_key_of_a_target_arrives(here: Path) -> None:
    web = whole(here).by_id["web-1"]
    assert (web.kind, web.transport, web.address, web.port) == (
        "host",
        "ssh",
        "web-1.example",
        2222,
    )
    assert web.user == "web"
    assert dict(web.labels) == {"env": "prod", "team": "core", "tier": "front", "site": "b"}
    assert web.groups == ("edge", "web")
    assert dict(web.intervals) == {"vitals": 5.0, "slow": 30.0}
    assert dict(web.settings) == {
        "identity": str(here / "home" / ".ssh" / "id_web"),
        "certificate": str(here / "keys" / "web-cert.pub"),
        "known_hosts": "/etc/ssh/fleet_known_hosts",
        "jump": "bastion",
        "password": Secret("env", ("WEB1_PASSWORD",)),
    }


def test_defaults_fill_what_a_target_does_not_say(here: Path) -> None:
    db = whole(here).by_id["db-1.example"]
    assert (db.address, db.port, db.user) == ("db-1.example", None, "ops")
    assert dict(db.settings) == {"identity": str(here / "keys" / "ops"), "jump": "bastion"}
    assert dict(db.labels) == {"team": "core", "tier": "back", "site": "b"}


def test_this_machine_takes_no_connection_from_the_defaults(here: Path) -> None:
    local = whole(here).by_id["here"]
    assert (local.transport, local.address, local.user) == ("local", "", None)
    assert dict(local.settings) == {}
    assert dict(local.intervals) == {"vitals": 2.0, "slow": 30.0}


def test_targets_keep_the_order_they_are_written_in(here: Path) -> None:
    estate = whole(here)
    assert [target.id for target in estate.targets] == ["web-1", "db-1.example", "here"]
    assert estate.kinds() == ("host",)
    assert estate.source == (here / "estate.toml",)


def test_without_any_file_the_estate_is_this_machine(here: Path) -> None:
    estate = load(None, {})
    (target,) = estate.targets
    assert (target.kind, target.transport, target.address) == ("host", "local", "")
    assert target.id == os.uname().nodename.partition(".")[0]
    assert estate.source == ()


def test_a_named_path_that_is_not_there_is_never_replaced_by_another(here: Path) -> None:
    write(here / "system" / "estate.toml", "[target.a]")
    with pytest.raises(EstateError, match=r"nowhere\.toml: found no such file or folder \(--est"):
        load(Path("nowhere.toml"), {})
    with pytest.raises(EstateError, match=r"nowhere: found no such .* \(OPSCONSOLE_ESTATE\)"):
        load(None, {"OPSCONSOLE_ESTATE": "nowhere"})


def test_the_nearest_place_wins(here: Path) -> None:
    def found(path: Path | None = None, **env: str) -> list[str]:
        return [target.id for target in load(path, env).targets]

    config = str(here / "config")
    write(here / "system" / "estate.d" / "a.toml", "[target.system]")
    assert found() == ["system"]
    write(here / "home" / ".config" / "opsconsole" / "estate.toml", "[target.home]")
    assert found() == ["home"]
    write(here / "config" / "opsconsole" / "estate.toml", "[target.xdg]")
    write(here / "config" / "opsconsole" / "estate.d" / "b.toml", "[target.xdg-folder]")
    assert found(XDG_CONFIG_HOME=config) == ["xdg", "xdg-folder"]
    said = str(write(here / "said" / "one.toml", "[target.said]").parent)
    assert found(XDG_CONFIG_HOME=config, OPSCONSOLE_ESTATE=said) == ["said"]
    path = write(here / "flag.toml", "[target.flag]")
    assert found(path, OPSCONSOLE_ESTATE=said, XDG_CONFIG_HOME=config) == ["flag"]


def test_a_folder_is_read_in_name_order_and_joined(here: Path) -> None:
    write(
        here / "d" / "20-db.toml",
        '[target.db-1]\ngroups = ["all-db"]\n[group.web]\nmembers = ["db-1"]',
    )
    write(
        here / "d" / "10-web.toml",
        '[target.web-1]\n[group.web]\nmembers = ["web-1"]\n[group.all-db]',
    )
    write(here / "d" / "30-late.toml", '[defaults]\nuser = "late"')
    write(here / "d" / ".hidden.toml", "[target.hidden]")
    write(here / "d" / "notes.txt", "[target.notes]")
    estate = load(here / "d", {})
    assert [(target.id, target.groups, target.user) for target in estate.targets] == [
        ("web-1", ("web",), "late"),
        ("db-1", ("all-db", "web"), "late"),
    ]
    assert [path.name for path in estate.source] == ["10-web.toml", "20-db.toml", "30-late.toml"]


def test_importing_for_what_no_estate_needs_is_not_paid_for(here: Path) -> None:
    write(here / "ssh_config", "Host web-1 web-2\n")
    write(here / "hosts.ini", "[db]\ndb-1\n")
    write(
        here / "estate.toml",
        f'{WHOLE}[[import]]\nssh_config = "ssh_config"\nhosts = ["!web-1"]\n'
        '[[import]]\nansible = "hosts.ini"\n',
    )
    program = (
        "import sys; from pathlib import Path; from opsconsole.estate import load;"
        "print(len(load(Path('estate.toml')).targets), *sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    count, *modules = done.stdout.split()
    assert count == "5"
    dear = {"yaml", "platformdirs", "asyncio", "subprocess", "difflib", "textual", "asyncssh"}
    assert dear & set(modules) == set()
