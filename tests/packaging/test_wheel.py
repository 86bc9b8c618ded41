"""One name in site-packages, every shipped file in its place, and nothing of the workshop."""

import email
import re
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = {
    "opsconsole": "opsconsole",
    "screens": "opsconsole/_rooms/screens",
    "widgets": "opsconsole/_rooms/widgets",
    "themes": "opsconsole/_rooms/themes",
}


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _shipped() -> set[str]:
    """Each tracked file of the four folders, at its place in the wheel."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z", "--", *PLACES],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout: there is nothing tracked to compare with")
    paths = [name for name in listed.stdout.decode().split("\0") if name]
    return {PLACES[top] + "/" + rest for top, _, rest in (path.partition("/") for path in paths)}


def test_puts_one_name_into_site_packages(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in _names(wheel)}
    version = wheel.name.split("-")[1]
    assert tops == {"opsconsole", f"opsconsole-{version}.dist-info"}


def test_holds_every_shipped_file_and_no_other(wheel: Path) -> None:
    inside = {name for name in _names(wheel) if ".dist-info/" not in name}
    assert inside == _shipped()
    assert {"opsconsole/py.typed", "opsconsole/__init__.py"} <= inside


def test_needs_what_the_project_names_and_no_workshop_tool(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        said = email.message_from_bytes(archive.read(name))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {_bare(line) for line in said.get_all("Requires-Dist", []) if "extra ==" not in line}
    assert needed == {_bare(line) for line in project["dependencies"]}
    assert not needed & {"pytest", "ruff", "mypy", "hatchling", "build"}
    assert said["Requires-Python"] == ">=3.11"
    assert said["License-Expression"] == "Apache-2.0"


def _bare(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found is not None
    return found[0].lower().replace("_", "-")
