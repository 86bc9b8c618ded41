"""What failed side by side is run once more, alone, and told; nothing else is excused by it."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.packaging.conftest import ROOT

OPENING = """
from pathlib import Path
import pytest

def ran(name):
    with Path("ran").open("a") as file:
        file.write(f"{name}\\n")
    return Path("ran").read_text().split().count(name)
"""
FINE = "def test_fine(): ran('fine')\n"
RACES = "def test_races(): assert ran('races') > 1\n"
BROKEN = "def test_broken(): ran('broken'); raise ValueError\n"


class Run:
    """The script on a project of these tests."""

    def __init__(self, folder: Path, *tests: str, jobs: int = 0) -> None:
        (folder / "test_it.py").write_text("\n".join((OPENING, *tests)))
        (folder / "pytest.ini").write_text("[pytest]\n")
        command = (
            *(sys.executable, str(ROOT / ".ci" / "second-chance")),
            *(sys.executable, "-m", "pytest", "-q", "-p", "xdist", "-n", str(jobs)),
        )
        environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        kept = folder / "ran"
        self.status = done.returncode
        self.ran = Counter(kept.read_text().split() if kept.exists() else [])
        """How often each test ran."""
        self.said = [
            line.removeprefix("second chance: ")
            for line in done.stdout.splitlines()
            if line.startswith("second chance: ")
        ]


def test_all_that_pass_are_run_once(tmp_path: Path) -> None:
    run = Run(tmp_path, FINE)
    assert (run.status, run.said, run.ran) == (0, [], {"fine": 1})


@pytest.mark.parametrize("jobs", [0, 2])
def test_what_passes_alone_is_named(tmp_path: Path, jobs: int) -> None:
    run = Run(tmp_path, FINE, RACES, jobs=jobs)
    assert (run.status, run.ran) == (0, {"fine": 1, "races": 2})
    assert run.said == ["1 failed; once more, alone:", "passed only alone: test_it.py::test_races"]


def test_what_fails_again_fails(tmp_path: Path) -> None:
    run = Run(tmp_path, FINE, RACES, BROKEN)
    assert (run.status, run.ran) == (1, {"fine": 1, "races": 2, "broken": 2})
    assert sorted(run.said[1:]) == [
        "failed again: test_it.py::test_broken",
        "passed only alone: test_it.py::test_races",
    ]


def test_parameters_of_any_look_are_found_again(tmp_path: Path) -> None:
    odd = ["a b", "[x]", "a::b", "-n 3", "\x1b[31m", "é", "x/../y"]
    test = f"@pytest.mark.parametrize('word', {odd!r})\ndef test_odd(word): assert ran('odd') > 7\n"
    run = Run(tmp_path, test)
    assert (run.status, run.ran, len(run.said)) == (0, {"odd": 14}, 8)


def test_eleven_get_none(tmp_path: Path) -> None:
    many = "@pytest.mark.parametrize('at', range(11))\ndef test_many(at): assert ran('many') > 11\n"
    run = Run(tmp_path, many)
    assert (run.status, run.ran) == (1, {"many": 11})
    assert run.said == ["11 failed; more than 10 get none"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("raise ValueError", 2),  # not even collected
        ("def test_ends(): ran('ends'); pytest.exit('enough', 3)", 3),
        ("def test_ends(): ran('ends'); import os; os._exit(7)", 7),
    ],
)
def test_a_run_that_did_not_end_by_itself_gets_none(tmp_path: Path, text: str, status: int) -> None:
    run = Run(tmp_path, BROKEN, text)
    assert (run.status, run.said) == (status, [])
    assert max(run.ran.values(), default=1) == 1
