"""An estate whose actions write files, and `opsconsole act` as a program on it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ESTATE = """
[policy]
read_only = {read_only}
longest_arm_min = 1
per_minute = {per_minute}

[target.here]
address = "local"
labels = {{ env = "{env}" }}

[action.write]
title = "Write a file"
about = "Writes the file."
on = "host"
weight = "reversible"
run = ["touch", "{file}"]
look = ["test", "-e", "{file}"]
verify = {{ says = "the file is there", status = 0, within_s = 5 }}
undo = "estate.remove"

[action.remove]
title = "Remove a file"
about = "Removes the file."
on = "host"
weight = "reversible"
run = ["rm", "{file}"]
look = ["test", "-e", "{file}"]
verify = {{ says = "the file is gone", status = 1, within_s = 5 }}

[action.wipe]
title = "Wipe"
about = "Removes the file for good."
on = "host"
weight = "losing"
run = ["touch", "{file}"]
look = ["test", "-e", "{file}"]
verify = {{ says = "the file is there", status = 0, within_s = 5 }}

[action.fail]
title = "Fail"
about = "Fails."
on = "host"
weight = "reversible"
run = ["sh", "-c", "echo no such thing; exit 9"]
look = ["test", "-e", "{file}"]
verify = {{ says = "the file is there", status = 0, within_s = 1 }}

[action.idle]
title = "Idle"
about = "Does nothing."
on = "host"
weight = "reversible"
run = ["true"]
look = ["test", "-e", "{file}"]
verify = {{ says = "the file is there", status = 0, within_s = 1 }}

[action.hang]
title = "Hang"
about = "Never ends."
on = "host"
weight = "reversible"
run = ["sh", "-c", "echo begun; exec sleep 60"]
look = ["test", "-e", "{file}"]
verify = {{ says = "the file is there", status = 0, within_s = 1 }}
timeout_s = 1

[action.sleep]
title = "Sleep"
about = "Sleeps, and may be ended."
on = "host"
weight = "reversible"
run = ["sh", "-c", "echo begun; exec sleep 60"]
look = ["test", "-e", "{file}"]
verify = {{ says = "the file is there", status = 0, within_s = 1 }}
cancellable = true

[action.slow]
title = "Slow"
about = "Writes the file after a while, and may not be ended."
on = "host"
weight = "reversible"
run = ["sh", "-c", 'echo begun; sleep 2; touch "$0"', "{file}"]
look = ["test", "-e", "{file}"]
verify = {{ says = "the file is there", status = 0, within_s = 5 }}

[action.name]
title = "Write a name"
about = "Writes the name of an interface into the file."
on = "host.interface"
weight = "reversible"
run = ["sh", "-c", 'printf "%s %s" "$2" "$3" > "$0"', "{file}", "--", "{{interface}}", "{{word}}"]
look = ["cat", "{file}"]
verify = {{ says = "the file says so", output = ".", within_s = 5 }}
arguments = {{ word = {{ choices = ["one", "two"] }} }}
"""


class Orders:
    """A folder with an estate, the file that its actions write, and the audit log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "file"
        self.path = folder / "estate.toml"
        self.log = folder / "audit"
        self.write()

    def write(
        self, *, read_only: bool = False, per_minute: int = 10, env: str = "dev", more: str = ""
    ) -> None:
        """Write the estate anew."""
        flag = str(read_only).lower()
        said = ESTATE.format(read_only=flag, per_minute=per_minute, env=env, file=self.file)
        self.path.write_text(said + more)

    @property
    def env(self) -> dict[str, str]:
        """What the program needs around it."""
        return {
            **os.environ, "OPSCONSOLE_ESTATE": str(self.path), "OPSCONSOLE_AUDIT": str(self.log)
        }  # fmt: skip

    def command(self, *words: str) -> list[str]:
        """The program with those words."""
        return [sys.executable, "-m", "opsconsole", *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        done = subprocess.run(
            self.command(*words),
            env=self.env, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def act(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`opsconsole act estate.…`."""
        return self.run("act", f"estate.{words[0]}", *words[1:])

    def start(self, *words: str, **how: Any) -> subprocess.Popen[str]:
        """Start it; its streams are pipes unless said otherwise."""
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
        command = self.command("act", f"estate.{words[0]}", *words[1:])
        return subprocess.Popen(command, env=self.env, text=True, **streams)

    def records(self) -> list[dict[str, Any]]:
        """All that stands in the audit log."""
        try:
            lines = (self.log / "audit.jsonl").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines]

    def kinds(self) -> Sequence[str]:
        """The kinds of records in the audit log, in order."""
        return [record["kind"] for record in self.records()]

    def body(self, kind: str) -> dict[str, Any]:
        """The body of the last record of that kind."""
        bodies: list[dict[str, Any]] = [
            record["body"] for record in self.records() if record["kind"] == kind
        ]
        return bodies[-1]
