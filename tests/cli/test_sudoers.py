"""`opsconsole sudoers`: exact lines where they can be, and what sudo itself makes of them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from opsconsole.cli.entry import run
from opsconsole.cli.sudoers import lines, usual
from opsconsole.domains.system.host import INTEGRATION
from opsconsole.spec import escaped


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert run(["sudoers", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def test_named_services_are_permitted_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    found = printed(capsys, "--user", "ops", "--service", "nginx", "--service", "app.service")
    restart = [line for line in found if "systemctl restart" in line]
    assert restart == [
        f"ops ALL=(root) NOPASSWD: {folder}/systemctl restart -- {name}.service"
        for name in ("nginx", "app")
        for folder in ("/usr/bin", "/bin")
    ]
    assert not [line for line in found if "systemctl" in line and "*" in line]


def test_without_names_it_is_any_service_and_the_file_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = printed(capsys, "--action", "host.restart-service")
    assert "opsconsole ALL=(root) NOPASSWD: /usr/bin/systemctl restart -- *" in found
    assert any("A * stands for any words" in line for line in found)
    assert not [line for line in found if "systemctl stop" in line]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--user", "ops ALL=(ALL) NOPASSWD: ALL\n#"),
        ("--user", "a,b"),
        ("--service", "x, /bin/sh"),
        ("--service", "*"),
        ("--action", "host.dance"),
    ],
)
def test_what_would_permit_something_else_is_refused(
    arguments: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sudoers", *arguments]) == 2
    assert capsys.readouterr().out == ""


def test_this_machine_is_asked_where_its_programs_are(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "estate.toml").write_text('[target.here]\ntransport = "local"\n')
    found = printed(capsys, "--estate", str(tmp_path / "estate.toml"), "-t", "here")
    shell = shutil.which("sh")
    (kill,) = [line for line in found if "kill -s KILL" in line]
    assert f"NOPASSWD: {shell} -c" in kill


TEAM = """
[target.web-1]

[action.drain]
title = "Drain"
about = "No new connections go to the host."
on = "host"
weight = "noticed"
root = true
run = ["/usr/local/bin/lb", "drain", "--pool={label:pool}", "a:b", "{{x}}", "{mode}"]
look = ["/usr/local/bin/lb", "state", "{target}"]
verify = { says = "drained", output = "^drained" }
arguments = { mode = { choices = ["soft", "hard"] } }

[action.page]
title = "Page"
about = "Somebody is called."
on = "host"
where = "console"
weight = "reversible"
run = ["/usr/local/bin/page", "{target}"]
look = ["true"]
verify = { says = "asked", status = 0 }
"""


def test_a_teams_own_actions_are_permitted_as_they_are_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "estate.toml"
    path.write_text(TEAM)
    path.chmod(0o600)
    found = printed(capsys, "--user", "ops", "--estate", str(path), "--action", "estate.drain")
    assert found[-2:] == [
        "# estate.drain: No new connections go to the host.",
        r"ops ALL=(root) NOPASSWD: /usr/local/bin/lb drain --pool\=* a\:b {x} *",
    ]
    every = printed(capsys, "--estate", str(path))
    assert any("estate.drain" in line for line in every)
    assert not any("page" in line for line in every), "it runs beside the console, as nobody else"


def test_a_word_means_only_itself() -> None:
    assert escaped("a,b:c=d#e*?[x]!") == r"a\,b\:c\=d\#e\*\?\[x\]\!"
    assert escaped("\\") == "\\" * 4


def test_sudo_reads_the_file(tmp_path: Path) -> None:
    if shutil.which("visudo") is None:
        pytest.skip("visudo is not installed")
    programs = {str(right[0]) for action in INTEGRATION.actions for right in action.rights}
    places = {name: usual(name) for name in programs}
    file = tmp_path / "ops"
    file.write_text("".join(f"{line}\n" for line in lines("ops", INTEGRATION.actions, places)))
    done = subprocess.run(("visudo", "-cf", str(file)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "parsed OK" in done.stdout
