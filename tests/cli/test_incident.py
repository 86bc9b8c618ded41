"""`opsconsole incident` and `handover`: one signed file of it all, and a document for the shift."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from opsconsole.audit import AuditLog

SECRET = "hunter2-S3cr3t"
ESTATE = '[target.here]\naddress = "local"\n[target.here.intervals]\nvitals = 0.5\n'


def _run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "opsconsole", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    path = tmp_path / "estate.toml"
    path.write_text(ESTATE)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a key in its usual place."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("no ssh-keygen: OpenSSH's client is not installed")
    folder = tmp_path / "home" / ".ssh"
    folder.mkdir(parents=True)
    key = str(folder / "id_ed25519")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    return folder.parent


def _happened() -> None:
    log = AuditLog()
    about = {"action": "host.kill", "objects": [{"target": "here", "name": f"--token={SECRET}"}]}
    log.append("intent", {"plan": "p1", **about, "note": f"PGPASSWORD={SECRET} was seen"})
    log.append("outcome", {"plan": "p1", "state": "verified", "objects": about["objects"]})
    log.append("note", {"text": f"the password: {SECRET}", "target": ""})


def _members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_it_is_signed_with_the_usual_key_and_holds(
    estate: Path, home: Path, tmp_path: Path
) -> None:
    _happened()
    out = tmp_path / "night.zip"
    done = _run("incident", "export", "--estate", estate, "--since", "1h", "--out", out)
    assert done.returncode == 0, done.stderr
    assert f"signed with {home / '.ssh' / 'id_ed25519'}" in done.stderr
    members = _members(out)
    assert {"report.md", "report.html", "report.json", "timeline.json"} <= members.keys()
    assert {"alerts.json", "actions.json", "audit.jsonl", "notes.json"} <= members.keys()
    assert {"README.txt", "manifest.json", "manifest.json.sig"} <= members.keys()
    assert "here" in members["screens/system.fleet.txt"].decode()
    manifest = json.loads(members["manifest.json"])
    assert (manifest["signed"], manifest["targets"]) == (True, ["here"])
    done = _run("incident", "verify", out)
    assert done.returncode == 0
    assert "signed by ED25519 key SHA256:" in done.stdout
    with zipfile.ZipFile(out, "a") as file:
        file.writestr("more.txt", "x")
    done = _run("incident", "verify", out, "-o", "json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["wrong"] == [{"what": "added", "member": "more.txt"}]
    assert (found["whole"], found["proven"]) == (False, False)


def test_secrets_are_in_no_member_and_counted(estate: Path, tmp_path: Path) -> None:
    _happened()
    code = "import sys, time; print(flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", code, f"--password={SECRET}"], stdout=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        out = tmp_path / "night.zip"
        command = ("incident", "export", "--estate", estate, "--since", "1h", "--out", out)
        done = _run(*command, "--unsigned")
        running.kill()
    assert done.returncode == 0, done.stderr
    members = _members(out)
    assert [name for name, content in members.items() if SECRET.encode() in content] == []
    assert b"--password=***" in members["screens/system.processes.txt"]
    manifest = json.loads(members["manifest.json"])
    assert manifest["redacted"]["password of a command line"] >= 2
    assert manifest["redacted"]["password in a setting"] >= 2


def test_unsigned_says_so_everywhere(estate: Path, tmp_path: Path) -> None:
    out = tmp_path / "night.zip"
    done = _run("incident", "export", "--estate", estate, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "IT IS NOT SIGNED" in done.stderr
    members = _members(out)
    assert b"IT IS NOT SIGNED" in members["README.txt"]
    assert json.loads(members["manifest.json"])["signed"] is False
    assert "manifest.json.sig" not in members
    done = _run("incident", "verify", out)
    assert done.returncode == 1
    assert "IT IS NOT SIGNED" in done.stdout
    assert "every one as it was written" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--key", "/nowhere/key"), "there is no key /nowhere/key"),
        (("--since", "1h", "--until", "2h"), "is not before"),
        (("-t", "nobody"), "no target matches"),
    ],
)
def test_what_makes_no_sense_is_told(
    estate: Path, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    out = tmp_path / "night.zip"
    done = _run("incident", "export", "--estate", estate, "--out", out, *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert not out.exists()


def test_nothing_is_overwritten(estate: Path, tmp_path: Path) -> None:
    out = tmp_path / "night.zip"
    out.write_text("mine")
    done = _run("incident", "export", "--estate", estate, "--out", out)
    assert done.returncode == 2
    assert out.read_text() == "mine"
    done = _run("incident", "verify", out)
    assert done.returncode == 2
    assert "no incident file" in done.stderr


def test_the_incident_report_tells_what_was_done(estate: Path) -> None:
    _happened()
    done = _run("report", "incident", "--estate", estate, "--since", "1h")
    assert done.returncode == 0, done.stderr
    assert "# Incident report" in done.stdout
    assert "host.kill" in done.stdout
    assert "verified" in done.stdout


def test_the_handover_keeps_its_note(estate: Path) -> None:
    done = _run("handover", "--estate", estate, "--note", "Mind the backup.")
    assert done.returncode == 0, done.stderr
    assert "## Said to the next shift" in done.stdout
    later = _run("handover", "--estate", estate)
    assert "Said to the next shift" not in later.stdout
    assert "Mind the backup." in later.stdout
