"""The incident file: verification names every member that was changed, added, or is missing."""

import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from opsconsole.errors import UsageError
from opsconsole.report import bundle
from opsconsole.report.bundle import MANIFEST, SCHEMA, SIGNATURE, Manifest, Wrong
from opsconsole.report.signature import NAMESPACE, usual_key

CONTENTS: dict[str, bytes | Path] = {
    "report.md": b"# Incident\n",
    "screens/system.fleet.txt": b"HOST\n",
    "alerts.json": b"[]",
}


@pytest.fixture
def key(tmp_path: Path) -> Path:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("no ssh-keygen: OpenSSH's client is not installed")
    path = tmp_path / "id_ed25519"
    done = subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ann", "-f", str(path)], check=False
    )
    assert done.returncode == 0
    return path


def _manifest(contents: Mapping[str, bytes | Path] = CONTENTS, *, signed: bool) -> Manifest:
    return Manifest(
        *(SCHEMA, "An incident", "2026-11-24T03:00:00Z", "opsconsole", "", "", ["db-1"], signed),
        dict[str, int](),
        bundle.members_of(contents),
    )


def _written(folder: Path, key: Path | None) -> Path:
    out = folder / "incident.zip"
    bundle.write(out, _manifest(signed=key is not None), CONTENTS, key)
    return out


def _again(path: Path, change: Mapping[str, bytes | None], name: str = "other.zip") -> Path:
    """A copy with these members changed, added, or (None) left out."""
    other = path.with_name(name)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for member in old.namelist():
            content = change.get(member, old.read(member))
            if content is not None:
                new.writestr(member, content)
        for member, content in change.items():
            if member not in old.namelist() and content is not None:
                new.writestr(member, content)
    return other


def test_what_was_written_holds(tmp_path: Path, key: Path) -> None:
    out = _written(tmp_path, key)
    found = bundle.verify(out)
    assert (found.wrong, found.fault, found.whole, found.proven) == ((), "", True, True)
    assert found.signer is not None
    assert found.signer.key.startswith("ED25519 key SHA256:")
    assert out.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"report.md": b"# Nothing\n"}, (Wrong.CHANGED, "report.md")),
        ({"report.md": b"# Incident\n more"}, (Wrong.CHANGED, "report.md")),
        ({"report.md": b""}, (Wrong.CHANGED, "report.md")),
        ({"alerts.json": None}, (Wrong.MISSING, "alerts.json")),
        ({"../../etc/passwd": b"x"}, (Wrong.ADDED, "../../etc/passwd")),
    ],
)
def test_every_change_is_named(
    tmp_path: Path, key: Path, change: dict[str, bytes | None], wrong: tuple[Wrong, str]
) -> None:
    found = bundle.verify(_again(_written(tmp_path, key), change))
    assert found.wrong == (wrong,)
    assert not found.proven
    assert found.fault == "", "the manifest itself is as it was signed"


def test_several_changes_are_all_named(tmp_path: Path, key: Path) -> None:
    change = {"report.md": b"x", "alerts.json": None, "more": b"y"}
    found = bundle.verify(_again(_written(tmp_path, key), change))
    assert set(found.wrong) == {
        (Wrong.CHANGED, "report.md"),
        (Wrong.MISSING, "alerts.json"),
        (Wrong.ADDED, "more"),
    }


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_member_of_a_name_is_named(tmp_path: Path, key: Path) -> None:
    out = _written(tmp_path, key)
    with zipfile.ZipFile(out, "a") as file:
        file.writestr("report.md", b"# Incident\n")
    assert bundle.verify(out).wrong == ((Wrong.TWICE, "report.md"),)


def test_a_new_manifest_does_not_fit_the_signature(tmp_path: Path, key: Path) -> None:
    out = _written(tmp_path, key)
    with zipfile.ZipFile(out) as file:
        listed = file.read(MANIFEST)
    found = bundle.verify(_again(out, {MANIFEST: listed.replace(b"An incident", b"No incident")}))
    assert found.fault.startswith("bad signature")
    assert not found.proven


def test_a_signature_that_was_taken_away_is_missed(tmp_path: Path, key: Path) -> None:
    found = bundle.verify(_again(_written(tmp_path, key), {SIGNATURE: None}))
    assert found.fault == "its signature is missing: it was signed once"
    assert not found.proven


def test_a_signature_for_something_else_is_none(tmp_path: Path, key: Path) -> None:
    out = _written(tmp_path, key)
    with zipfile.ZipFile(out) as file:
        (tmp_path / "m").write_bytes(file.read(MANIFEST))
    command = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", "file", str(tmp_path / "m")]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    other = (tmp_path / "m.sig").read_bytes()
    assert NAMESPACE != "file"
    assert bundle.verify(_again(out, {SIGNATURE: other})).fault.startswith("bad signature")


def test_without_a_key_it_is_whole_and_proves_nothing(tmp_path: Path) -> None:
    found = bundle.verify(_written(tmp_path, None))
    assert (found.whole, found.signer, found.fault, found.proven) == (True, None, "", False)


def test_allowed_signers_say_who(tmp_path: Path, key: Path) -> None:
    out = _written(tmp_path, key)
    signers = tmp_path / "signers"
    signers.write_text(f"ann@example.net {key.with_suffix('.pub').read_text()}")
    found = bundle.verify(out, signers)
    assert found.signer is not None
    assert (found.signer.who, found.proven) == ("ann@example.net", True)
    stranger = tmp_path / "stranger"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(stranger)], check=True)
    signers.write_text(f"bob {stranger.with_suffix('.pub').read_text()}")
    assert "the key is not in" in bundle.verify(out, signers).fault


def test_a_key_that_cannot_sign_is_told_and_nothing_is_left(tmp_path: Path, key: Path) -> None:
    key.write_text("no key")
    with pytest.raises(UsageError, match="cannot sign"):
        _written(tmp_path, key)
    assert not (tmp_path / "incident.zip").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    out = _written(tmp_path, None)
    before = out.read_bytes()
    with pytest.raises(UsageError, match="is there already"):
        _written(tmp_path, None)
    assert out.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + b"\0" * 50])
def test_what_is_none_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="no incident file"):
        bundle.verify(path)
    with pytest.raises(UsageError, match="there is no"):
        bundle.verify(tmp_path / "nowhere")


@pytest.mark.parametrize("listed", [b"", b"{}", b"[1]", b'{"schema": 1}'])
def test_a_manifest_that_is_none_is_told(tmp_path: Path, listed: bytes) -> None:
    with pytest.raises(UsageError, match="no incident file"):
        bundle.verify(_again(_written(tmp_path, None), {MANIFEST: listed}))


def test_a_newer_schema_is_told(tmp_path: Path) -> None:
    newer = msgspec.structs.replace(_manifest(signed=False), schema="opsconsole-incident/9")
    bundle.write(tmp_path / "new.zip", newer, CONTENTS, None)
    with pytest.raises(UsageError, match="schema"):
        bundle.verify(tmp_path / "new.zip")


def test_a_member_is_taken_out_only_as_it_was_written(tmp_path: Path) -> None:
    out = _written(tmp_path, None)
    bundle.unpack(out, "report.md", tmp_path / "r.md")
    assert (tmp_path / "r.md").read_bytes() == b"# Incident\n"
    bad = _again(out, {"report.md": b"# Incidenz\n"})
    with pytest.raises(UsageError, match="was changed"):
        bundle.unpack(bad, "report.md", tmp_path / "s.md")
    assert not (tmp_path / "s.md").exists()
    with pytest.raises(UsageError, match="has no nothing"):
        bundle.unpack(out, "nothing", tmp_path / "t")


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    out = _written(tmp_path, None)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, bytes(50_000_000) if name == "alerts.json" else old.read(name))
    assert bundle.verify(bomb).wrong == ((Wrong.CHANGED, "alerts.json"),)


def test_the_usual_key(tmp_path: Path) -> None:
    assert usual_key(tmp_path) is None
    (tmp_path / ".ssh").mkdir()
    for name in ("id_rsa", "id_ed25519"):
        (tmp_path / ".ssh" / name).touch()
    assert usual_key(tmp_path) == tmp_path / ".ssh" / "id_ed25519"
