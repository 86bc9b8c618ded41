"""Ansible inventories are read as Ansible reads them: compared with what it prints."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from opsconsole.errors import EstateError
from opsconsole.estate import Estate, imported, load
from tests.estate.conftest import write

INVENTORIES = Path(__file__).parent / "inventories"
NAMES = ("fleet.ini", "fleet.yml", "folder")


def seen(estate: Estate) -> dict[str, object]:
    """Everything an import says of each target, in no order."""
    return {
        target.id: (
            *(target.transport, target.address, target.port, target.user),
            *(sorted(target.groups), dict(target.settings)),
        )
        for target in estate.targets
    }


@pytest.mark.parametrize("name", NAMES)
def test_reads_what_ansible_printed(name: str) -> None:
    """The recordings are what ansible-inventory of ansible-core 2.19.14 printed with --list."""
    recorded = INVENTORIES / "recorded" / f"{name}.json"
    assert seen(imported("ansible", INVENTORIES / name)) == seen(imported("ansible", recorded))


@pytest.mark.server
@pytest.mark.parametrize("name", NAMES)
def test_reads_what_ansible_prints(here: Path, name: str) -> None:
    program = shutil.which("ansible-inventory")
    if program is None:
        pytest.skip("ansible-inventory is not installed")
    done = subprocess.run(
        [program, "-i", str(INVENTORIES / name), "--list"], capture_output=True, check=True
    )
    printed = here / "printed.json"
    printed.write_bytes(done.stdout)
    assert seen(imported("ansible", INVENTORIES / name)) == seen(imported("ansible", printed))


def test_an_ini_inventory(here: Path) -> None:
    estate = imported("ansible", INVENTORIES / "fleet.ini")
    key = {"identity": str(here / "home" / ".ssh" / "web")}
    jump = {"jump": "ops@bastion"}
    web = ["front", "site", "web"]
    assert seen(estate) == {
        "bastion": ("ssh", "192.0.2.1", 22, "everybody", [], {}),
        "web01.example": ("ssh", "web01.example", 22, "deploy", web, key),
        "web02.example": ("ssh", "web02.example", 22, "deploy", web, key),
        "web03.example": ("ssh", "web03.example", 22, "deploy", web, key),
        "web-x": ("ssh", "192.0.2.9", 2222, "webuser", ["edge", *web], key),
        "fd00::7": ("ssh", "fd00::7", 2022, "webuser", web, key),
        "db-a": ("ssh", "db-a.site.example", 2200, "site", ["db", "site"], jump),
        "db-c": ("ssh", "db-c.site.example", 2200, "site", ["db", "site"], jump),
        "db-z": ("local", "", None, None, ["db", "site"], {}),
    }


def test_a_yaml_inventory_leaves_out_what_ssh_does_not_reach() -> None:
    estate = imported("ansible", INVENTORIES / "fleet.yml")
    assert "sw-1" not in estate.by_id
    assert estate.by_id["sw-2"].port == 2022
    assert len(estate.skipped) == 1
    assert estate.skipped[0].endswith("fleet.yml: sw-1: reached by network_cli, not by ssh")


def test_a_folder_with_variables_beside_it() -> None:
    estate = imported("ansible", INVENTORIES / "folder")
    users = {target.id: target.user for target in estate.targets}
    assert users == {
        "web-1": "webuser",
        "web-2": "own",
        "web-3": "webuser",
        "db-1": "dbuser",
        "lab-1": "lab",
    }
    assert estate.by_id["web-3"].address == "192.0.2.33"
    assert dict(estate.by_id["db-1"].settings) == {"jump": "bastion"}


def test_groups_of_an_inventory_are_groups_of_the_estate(here: Path) -> None:
    write(here / "hosts", "[web]\nweb-1\nweb-2\n[front:children]\nweb\n")
    write(
        here / "e.toml",
        '[[import]]\nansible = "hosts"\n[group.front]\nlabels = { tier = "front" }\n'
        'members = ["other"]\n[target.other]\n[target.web-2]\nuser = "own"\ngroups = ["web"]\n'
        '[defaults]\nuser = "ops"\n',
    )
    estate = load(here / "e.toml", {})
    assert [target.id for target in estate.select("group:front")] == ["other", "web-2", "web-1"]
    assert {target.labels["tier"] for target in estate.targets} == {"front"}
    assert [target.user for target in estate.targets] == ["ops", "own", "ops"]


def test_what_cannot_be_taken_is_said(here: Path) -> None:
    write(
        here / "i" / "hosts",
        "[web]\nweb-1 ansible_user='{{ x | default(1) }}' ansible_password=hunter2\n"
        "web-2 ansible_host='{{ loop }}' loop='{{ loop }}' ansible_ssh_pass=hunter2\n"
        "[b]\nweb-1\n[b:vars]\nansible_port=23\n[b:vars]\nansible_group_priority=5\n",
    )
    write(here / "i" / "group_vars" / "web" / "vault.yml", "$ANSIBLE_VAULT;1.1;AES256\n6162\n")
    write(
        here / "i" / "group_vars" / "web" / "vars.yml",
        "ansible_user: !vault |\n  $ANSIBLE_VAULT;1\n",
    )
    estate = imported("ansible", here / "i")
    assert estate.skipped == (
        "i/group_vars/web/vault.yml: encrypted, left out",
        "i: passwords are not taken from an inventory; write password = { … } in the estate",
        "i: web-1: ansible_user is no plain text, left out",
        "i: web-2: ansible_host is no plain text, left out",
        "i: web-2: ansible_user is no plain text, left out",
    )
    assert [(target.address, target.port) for target in estate.targets] == [
        ("web-1", 23),
        ("web-2", None),
    ]


PROBLEMS = {
    "section": ("hosts", "[web:child]\na\n", ["hosts:1: found 'child'; "
        "allowed: [group], [group:children] or [group:vars] (did you mean 'children'?)"]),
    "spaces": ("hosts", "[my web]\na\n", ["hosts:1: found '[my web]'; "
        "allowed: [group], [group:children] or [group:vars]"]),
    "child": ("hosts", "[web]\na\n[all:children]\nwbe\n", ["hosts:4: found 'wbe'; "
        "allowed: a group with a section of its own (did you mean 'web'?)"]),
    "vars of nothing": ("hosts", "[web]\na\n[wbe:vars]\nx=1\n", ["hosts:3: found 'wbe'; "
        "allowed: a group with a section of its own (did you mean 'web'?)"]),
    "host variable": ("hosts", "a ansible_user ops\n", [
        "hosts:1: found 'ansible_user'; allowed: variable=value after a host",
        "hosts:1: found 'ops'; allowed: variable=value after a host"]),
    "variable": ("hosts", "[a]\nx\n[a:vars]\nx\n",
        ["hosts:4: found 'x'; allowed: variable=value"]),
    "quote": ("hosts", 'a x="\n', ["hosts:1: found a quote that does not end; "
        "allowed: quotes in pairs"]),
    "backwards": ("hosts", "web[9:1]\n", ["hosts:1: found 'web[9:1]'; "
        "allowed: a range that does not run backwards"]),
    "widths": ("hosts", "web[01:100]\n", ["hosts:1: found 'web[01:100]'; "
        "allowed: a range with ends of equal width"]),
    "too many": ("hosts", "w[1:999]-[1:999]\n", ["hosts:1: found 'w[1:999]-[1:999]'; "
        "allowed: at most 100000 hosts of one pattern"]),
    "far too many": ("hosts", "w[1:999999999999]\n", ["hosts:1: found 'w[1:999999999999]'; "
        "allowed: at most 100000 hosts of one pattern"]),
    "no range": ("hosts", "w[1]\n", ["hosts:1: found 'w[1]'; "
        'allowed: a name, or one with ranges like "web[01:20]" or "db-[a:c]"']),
    "circle": ("hosts", "[a:children]\nb\n[b:children]\na\n", ["hosts: found group 'a' within "
        "itself; allowed: groups without a circle"]),
    "port": ("hosts", "a ansible_port=ssh\n", ["hosts: a.port: found 'ssh'; "
        "allowed: a whole number, 1 to 65535"]),
    "yaml shape": ("hosts.yml", "all:\n  hosts: 7.5.x\n  vars: text\n", [
        "hosts.yml: all.vars: found 'text'; allowed: a mapping"]),
    "plug-in": ("aws_ec2.yml", "plugin: amazon.aws.aws_ec2\n", ["aws_ec2.yml: "
        "found the configuration of an inventory plug-in; "
        "allowed: hosts: run ansible-inventory --list on it and import what it prints"]),
    "json": ("hosts.json", '{"all": }', ["hosts.json:1:9: found no JSON: Expecting value; "
        "allowed: JSON"]),
    "program": ("hosts.sh", "#!/bin/sh\n", ["hosts.sh: found a program that prints an inventory; "
        "allowed: what it prints: ansible-inventory -i FILE --list > hosts.json"]),
    "circle of anchors": ("hosts.yml", "a: &a\n  children:\n    b:\n      children: {c: *a}\n", [
        "hosts.yml: b: found a table; allowed: hosts, vars and children"]),
}  # fmt: skip


@pytest.mark.parametrize("case", PROBLEMS)
def test_problems(here: Path, case: str) -> None:
    name, text, expected = PROBLEMS[case]
    with pytest.raises(EstateError) as caught:
        imported("ansible", write(here / name, text))
    assert list(map(str, caught.value.problems)) == expected


def test_broken_yaml_is_placed(here: Path) -> None:
    with pytest.raises(EstateError, match=r"^hosts\.yml:3:1: found no YAML: .*; allowed: YAML$"):
        imported("ansible", write(here / "hosts.yml", "all:\n  hosts: [\n"))


def test_scripts_of_old_print_lists_and_variables_of_groups(here: Path) -> None:
    printed = {"web": ["web-1", "web[2]"], "db": {"hosts": ["db-1"], "vars": {"ansible_port": 23}}}
    path = write(here / "list.json", json.dumps({"_meta": {"hostvars": {}}, **printed}))
    with pytest.raises(EstateError, match=r"list\.json: web\[2\]: found 'web\[2\]'"):
        imported("ansible", path)
    estate = imported("ansible", path, ["!web[[]2]"])
    assert [(target.id, target.port) for target in estate.targets] == [
        ("web-1", None),
        ("db-1", 23),
    ]
