"""`opsconsole act` on a real systemd host, over SSH, with and without the right to do it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.domains.system.host.action.conftest import Booted

pytestmark = [pytest.mark.root, pytest.mark.server]
NUMBER = 224


class Command:
    """The program, on an estate of one host as two accounts."""

    def __init__(self, booted: Booted, folder: Path) -> None:
        self._env = {**os.environ, "OPSCONSOLE_ESTATE": str(folder / "estate.toml")}
        reach = {"address": booted.machine.address, "port": booted.machine.port}
        reach |= {"identity": str(booted.key), "known_hosts": str(booted.known_hosts)}
        said = "".join(f"{key} = {json.dumps(value)}\n" for key, value in reach.items())
        (folder / "estate.toml").write_text(
            "".join(f'[target.{user}]\nuser = "{user}"\n{said}\n' for user in ("ops", "guest"))
        )

    def act(self, *words: str) -> tuple[int, dict[str, Any], str]:
        """Exit code, outcome and what was told."""
        done = subprocess.run(
            [sys.executable, "-m", "opsconsole", "act", *words, "-o", "json"],
            env=self._env, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        return done.returncode, json.loads(done.stdout), done.stderr


def test_a_service_is_stopped_and_started_again(booted: Booted, tmp_path: Path) -> None:
    command = Command(booted, tmp_path)
    service = ("--object", "app.service", "--confirm", "app.service", "--note", "a test")
    code, outcome, told = command.act("host.stop-service", "ops", *service)
    assert (code, outcome["ended"]) == (0, "verified"), told
    assert "$ sudo -n -- systemctl stop -- app.service" in told
    [undo] = outcome["undo"]
    assert undo["action"] == "host.start-service"
    code, outcome, told = command.act("host.start-service", "ops", *service)
    assert (code, outcome["ended"]) == (0, "verified"), told


def test_who_has_no_right_is_told_which(booted: Booted, tmp_path: Path) -> None:
    command = Command(booted, tmp_path)
    code, outcome, told = command.act("host.stop-service", "guest", "--object", "app.service")
    assert (code, outcome["rule"]) == (3, "sudo")
    assert "needs sudo: systemctl stop -- app.service" in told
