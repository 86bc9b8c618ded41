"""An object is claimed once: in this process, and among all that share the file."""

import subprocess
import sys
from pathlib import Path

import pytest

from opsconsole.errors import Refused
from opsconsole.executor.claims import Claims

OTHER = """
import sys
from pathlib import Path
from opsconsole.executor.claims import Claims
with Claims(Path(sys.argv[1])).held("Restart", {"app": "app on dev-1", "db": "db on dev-1"}):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_is_told_until_the_claim_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "busy"
    argv = [sys.executable, "-c", OTHER, str(path)]
    claims = Claims(path)
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        both = {"web": "web on dev-1", "app": "app on dev-1"}
        with (
            pytest.raises(Refused, match="another console has something under way on app on dev-1"),
            claims.held("Stop", both),
        ):
            raise AssertionError
        with claims.held("Stop", {"web": "web on dev-1"}):
            pass
        other.communicate(b"")
    with claims.held("Stop", both):
        pass


def test_within_a_process_the_title_is_told_and_what_was_taken_let_go() -> None:
    claims = Claims()
    with claims.held("Restart", {"app": "app on dev-1"}):
        with (
            pytest.raises(Refused, match="Restart is under way on app on dev-1") as caught,
            claims.held("Stop", {"web": "web on dev-1", "app": "app on dev-1"}),
        ):
            raise AssertionError
        assert caught.value.rule == "busy"
        with claims.held("Stop", {"web": "web on dev-1"}):
            pass


def test_what_cannot_be_told_is_refused(tmp_path: Path) -> None:
    claims = Claims(tmp_path / "nowhere" / "busy")
    for _ in range(2):
        with (
            pytest.raises(Refused, match="cannot be told: No such file or directory"),
            claims.held("Stop", {"web": "web on dev-1"}),
        ):
            raise AssertionError
