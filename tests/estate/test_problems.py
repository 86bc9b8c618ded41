"""What is wrong in an estate is said completely, at once, with the place and what is allowed."""

import os
import stat
from pathlib import Path

import pytest

from opsconsole.errors import EstateError
from opsconsole.estate import load
from tests.estate.conftest import write

SECRET = (
    'a reference: { env = "NAME" }, { file = "PATH" }, '
    '{ command = ["PROGRAM", …] } or { keyring = "SERVICE/NAME" }'
)
KEYS = (
    "address, certificate, depends_on, fed_by, groups, identity, intervals, jump, kind, "
    "known_hosts, labels, password, port, ssh_config, transport, user"
)
ADDRESS = "a host name, an address or a name in ssh_config; port and user have keys of their own"
ID = "a name of letters, digits and _ . - : %, at most 128, not beginning with . or -"
LABEL = "a label name: a letter or _, then letters, digits and _ . / -, at most 63"
WEB = "estate.toml: target.web-1"

CASES: dict[str, tuple[str, list[str]]] = {
    "syntax": (
        '[target.web-1]\nport = 22\nuser ops\n',
        ["estate.toml:3:6: found no TOML: Expected '=' after a key in a key/value pair; "
         "allowed: TOML 1.0"],
    ),
    "table twice": (
        "[target.a]\n[target.a]\n",
        ["estate.toml:2:10: found no TOML: Cannot declare ('target', 'a') twice; "
         "allowed: TOML 1.0"],
    ),
    "section": (
        "[targets.web-1]\n[target.a]",
        ["estate.toml: targets: found unknown key; allowed: action, check, defaults, freeze, group,"
         " import, mute, notify, override, policy, recording, rule, runbook, silence, target"
         " (did you mean 'target'?)"],
    ),
    "empty": (
        "",
        ["estate.toml: found no target; allowed: at least one [target.NAME] or [[import]]"],
    ),
    "key": (
        "[target.web-1]\nprot = 22",
        [f"{WEB}.prot: found unknown key; allowed: {KEYS} (did you mean 'port'?)"],
    ),
    "dotted id without quotes": (
        "[target.web-1.example]\nport = 22",
        [f'{WEB}.example: found unknown key; allowed: {KEYS}; '
         'a name with dots stands in quotes: ["web-1.example"]'],
    ),
    "port": (
        "[target.web-1]\nport = 65536\n[target.b]\nport = true\n[target.c]\nport = '22'",
        [f"{WEB}.port: found 65536; allowed: a whole number, 1 to 65535",
         "estate.toml: target.b.port: found true; allowed: a whole number, 1 to 65535",
         "estate.toml: target.c.port: found '22'; allowed: a whole number, 1 to 65535"],
    ),
    "kind": (
        "[target.web-1]\nkind = 'hots'",
        [f"{WEB}.kind: found 'hots'; allowed: host (did you mean 'host'?)"],
    ),
    "transport": (
        "[target.web-1]\ntransport = 'shs'",
        [f"{WEB}.transport: found 'shs'; allowed: local, ssh (did you mean 'ssh'?)"],
    ),
    "address with port": (
        "[target.web-1]\naddress = 'web-1:2222'",
        [f"{WEB}.address: found 'web-1:2222'; allowed: {ADDRESS}"],
    ),
    "address like an option": (
        "[target.web-1]\naddress = '-oProxyCommand=x'",
        [f"{WEB}.address: found '-oProxyCommand=x'; allowed: {ADDRESS}"],
    ),
    "user like an option": (
        "[target.web-1]\nuser = '-l'",
        [f"{WEB}.user: found '-l'; allowed: a user name"],
    ),
    "jump": (
        "[target.web-1]\njump = 'a b'",
        [f"{WEB}.jump: found 'a b'; "
         'allowed: "[user@]host[:port]", several with commas between, or "none"'],
    ),
    "ids": (
        '[target.""]\n[target."a b"]\n[target."group:x"]\n[target."web*"]\n[target."a\\u001b[2J"]',
        [f'estate.toml: target."": found an empty id; allowed: {ID}',
         f"estate.toml: target.\"a b\": found 'a b'; allowed: {ID}",
         f"estate.toml: target.\"group:x\": found 'group:x'; allowed: {ID}",
         f"estate.toml: target.\"web*\": found 'web*'; allowed: {ID}",
         f"estate.toml: target.\"a\N{REPLACEMENT CHARACTER}[2J\": "
         f"found 'a\N{REPLACEMENT CHARACTER}[2J'; allowed: {ID}"],
    ),
    "intervals": (
        "[target.web-1]\nintervals = { vitals = 0.4, slow = 3601, processes = '3' }",
        [f"{WEB}.intervals.vitals: found 0.4; allowed: a number, 0.5 to 3600",
         f"{WEB}.intervals.slow: found 3601; allowed: a number, 0.5 to 3600",
         f"{WEB}.intervals.processes: found '3'; allowed: a number, 0.5 to 3600"],
    ),
    "labels": (
        "[target.web-1]\nlabels = { '1a' = 'x', rack = 12, ok = 'yes' }\n"
        "[target.b]\nlabels = ['a']",
        [f"{WEB}.labels.1a: found '1a'; allowed: {LABEL}",
         f"{WEB}.labels.rack: found 12; allowed: text in quotes, at most 256 characters",
         "estate.toml: target.b.labels: found a list; allowed: a table"],
    ),
    "unknown group": (
        "[target.web-1]\ngroups = ['wbe']\n[group.web]",
        [f"{WEB}.groups: found 'wbe'; allowed: a group with its own [group.NAME] table: web "
         "(did you mean 'web'?)"],
    ),
    "groups": (
        "[target.web-1]\ngroups = 'web'\n[group.web]\nmember = ['web-*']",
        ["estate.toml: group.web.member: found unknown key; allowed: depends_on, fed_by, labels, "
         "members (did you mean 'members'?)",
         f"{WEB}.groups: found 'web'; allowed: a list of texts: [\"one\", \"two\"]"],
    ),
    "unknown member": (
        "[target.web-1]\n[group.web]\nmembers = ['web-2', 'db*']",
        ["estate.toml: group.web.members: found 'web-2'; allowed: a target or a glob "
         "(did you mean 'web-1'?)"],
    ),
    "secret in plain text": (
        "[target.web-1]\npassword = 'hunter2'\n[defaults]\npassword = 'hunter3'",
        [f"estate.toml: defaults.password: found a secret in plain text; allowed: {SECRET}",
         f"{WEB}.password: found a secret in plain text; allowed: {SECRET}"],
    ),
    "secret kind": (
        "[target.web-1]\npassword = { evn = 'hunter2' }",
        [f"{WEB}.password: found unknown secret kind 'evn'; allowed: {SECRET} "
         "(did you mean 'env'?)"],
    ),
    "secret twice": (
        "[target.web-1]\npassword = { env = 'A', file = 'b' }\n[target.b]\npassword = {}",
        [f"{WEB}.password: found env and file; allowed: one of them: {SECRET}",
         f"estate.toml: target.b.password: found no reference; allowed: one of them: {SECRET}"],
    ),
    "secret reference": (
        "[target.a]\npassword = { command = 'pass show hunter2' }\n"
        "[target.b]\npassword = { keyring = 'hunter2' }\n"
        "[target.c]\npassword = { env = 'hun-ter2' }",
        ["estate.toml: target.a.password: found a reference to command that is none; "
         'allowed: a program and its arguments: { command = ["PROGRAM", …] }',
         "estate.toml: target.b.password: found a reference to keyring that is none; "
         'allowed: a service and a name in it: { keyring = "SERVICE/NAME" }',
         "estate.toml: target.c.password: found a reference to env that is none; "
         'allowed: the name of a variable: { env = "NAME" }'],
    ),
    "local with a way": (
        "[target.here]\ntransport = 'local'\nport = 22\naddress = 'web-1'",
        ["estate.toml: target.here.port: found a port for the local machine; "
         "allowed: none: it is not connected to",
         "estate.toml: target.here.address: found 'web-1'; "
         'allowed: none, or "local": its transport is local'],
    ),
    "defaults": (
        "[target.a]\n[defaults]\naddress = 'x'\n[defaults.host]\nkind = 'host'",
        ["estate.toml: defaults.address: found unknown key; allowed: certificate, groups, "
         "identity, intervals, jump, kind, known_hosts, labels, password, port, ssh_config, "
         "transport, user",
         "estate.toml: defaults.host.kind: found unknown key; allowed: certificate, groups, "
         "identity, intervals, jump, known_hosts, labels, password, port, ssh_config, transport, "
         "user"],
    ),
    "import": (
        "[target.a]\n[[import]]\nansible = 'x'\nssh_config = 'y'\n[[import]]\nansibel = 'x'",
        ["estate.toml: import[1]: found ssh_config and ansible; "
         "allowed: one of ssh_config, ansible, and the path of its file",
         "estate.toml: import[2].ansibel: found unknown key; "
         "allowed: ansible, groups, hosts, labels, ssh_config (did you mean 'ansible'?)",
         "estate.toml: import[2]: found no source; "
         "allowed: one of ssh_config, ansible, and the path of its file"],
    ),
    "import in single brackets": (
        "[target.a]\n[import]\nansible = 'x'",
        ["estate.toml: import: found a table; allowed: [[import]], in double brackets"],
    ),
}  # fmt: skip


def problems(path: Path) -> list[str]:
    with pytest.raises(EstateError) as caught:
        load(path, {})
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("name", CASES)
def test_every_problem_is_told_at_once(here: Path, name: str) -> None:
    text, expected = CASES[name]
    found = problems(write(here / "estate.toml", text))
    assert found == expected
    assert "hunter" not in "".join(found)


def test_the_same_target_in_two_files_names_both(here: Path) -> None:
    write(here / "d" / "a.toml", "[target.web-1]")
    write(here / "d" / "b.toml", "[target.web-1]")
    assert problems(here / "d") == [
        "d/b.toml: target.web-1: found a second target 'web-1', "
        "the first is d/a.toml: target.web-1; allowed: each target once"
    ]


def test_text_that_is_not_utf8_is_placed(here: Path) -> None:
    path = write(here / "estate.toml", "")
    path.write_bytes(b"[target.a]\nuser = '\xff'\n")
    assert problems(path) == ["estate.toml:2: found bytes that are not UTF-8; allowed: UTF-8 text"]


def test_an_exchange_that_does_not_exist_has_no_interval(here: Path) -> None:
    path = write(here / "estate.toml", "[target.a]\nintervals = { vital = 2 }")
    with pytest.raises(EstateError) as caught:
        load(path, {}, exchanges={"vitals", "slow"})
    assert str(caught.value) == (
        "estate.toml: target.a.intervals.vital: found unknown key; allowed: slow, vitals "
        "(did you mean 'vitals'?)"
    )


def test_a_folder_without_files_is_told(here: Path) -> None:
    (here / "d").mkdir()
    assert problems(here / "d") == [
        "d: found a folder without *.toml files; allowed: one file or more"
    ]


def test_a_file_that_everybody_may_write_is_refused(here: Path) -> None:
    path = write(here / "estate.toml", "[target.a]")
    path.chmod(0o666)
    assert problems(path) == [
        "estate.toml: found everybody may write it (mode 0666); allowed: chmod o-w estate.toml"
    ]


def test_a_folder_into_which_everybody_may_write_is_refused(here: Path) -> None:
    write(here / "d" / "a.toml", "[target.a]")
    write(here / "d" / "b.toml", "[target.b]")
    (here / "d").chmod(0o777)
    assert problems(here / "d") == [
        "d: found everybody may write it (mode 0777); allowed: chmod o-w d"
    ]
    (here / "d").chmod(0o777 | stat.S_ISVTX)
    assert len(load(here / "d", {}).targets) == 2


def test_a_file_of_somebody_else_is_refused(here: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    path = write(here / "estate.toml", "[target.a]")
    os.chown(path, 65534, 65534)
    assert problems(path) == [
        "estate.toml: found it belongs to uid 65534; allowed: your own files (uid 0) and root's"
    ]
