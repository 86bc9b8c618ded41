"""Somebody at the console: the real program in tmux, on an estate that the test wrote."""

import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.servers.sshd import Site, Sshd
from tests.terminal.tmux import Tmux

HERE = '[target.here]\naddress = "local"\nintervals = { vitals = 0.5, processes = 0.5 }\n'
"""An estate of this machine alone, asked as often as it may be."""

_COST = re.compile(r" cpu +[\d.<]+.*$", re.MULTILINE)
_SETTLED_S = 0.08


class Operator:
    """Types at a console in tmux and looks at its screen."""

    def __init__(self, tmux: Tmux, folder: Path) -> None:
        """What the console reads and writes of its own stands in `folder`."""
        self.tmux = tmux
        self.folder = folder
        self.record = folder / "written"

    def open(
        self,
        estate: str,
        *,
        cols: int = 80,
        rows: int = 24,
        env: Mapping[str, str] | None = None,
        through: Sequence[str] = (),
    ) -> None:
        """Start the console on an estate, run by `through` if that is given."""
        path = self.folder / "estate.toml"
        path.write_text(estate)
        path.chmod(0o600)
        homes = {
            f"XDG_{name}_HOME": str(self.folder / name.lower())
            for name in ("CACHE", "CONFIG", "STATE")
        }
        argv = [*through, sys.executable, "-m", "opsconsole", "--estate", str(path)]
        asked = {"OPSCONSOLE_MOUSE": "1", **homes, **(env or {})}
        self.tmux.start(argv, cols=cols, rows=rows, env=asked, record=self.record)

    def command(self, text: str) -> None:
        """Carry out a command."""
        self.tmux.type(f":{text}")
        self.tmux.keys("Enter")

    @property
    def written(self) -> str:
        """All that the console wrote to its terminal so far."""
        return self.record.read_bytes().decode(errors="replace")

    def wait(self, what: str, done: Callable[[], bool], seconds: float = 60.0) -> None:
        """Poll until `done`; fails with `what` was awaited and the screen."""
        if not self.within(seconds, done):
            raise AssertionError(f"{what}: not so on this screen:\n{self.tmux.screen()}")

    def within(self, seconds: float, done: Callable[[], bool]) -> bool:
        """Poll until `done`; whether that happened in time."""
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def wait_live(self, seconds: float = 60.0) -> None:
        """Until there are values, and they change."""
        self.tmux.wait_for("live", seconds)
        before = self.values()
        self.wait("a value changes", lambda: self.values() != before, seconds)

    def values(self) -> list[str]:
        """All numbers on the screen but for ages and what the console costs itself."""
        lines = self.tmux.screen().splitlines()[1:-2]
        return re.findall(r"\d[\d.,]*", "\n".join(line for line in lines if " live" not in line))

    def picture(self) -> str:
        """The screen with its colours, without what the console costs itself."""
        return _COST.sub("", self.tmux.screen(colors=True))

    def still(self) -> str:
        """The screen once it stands still."""
        seen, since = self.picture(), time.monotonic()
        end = since + 10
        while time.monotonic() - since < _SETTLED_S and time.monotonic() < end:
            time.sleep(0.02)
            now = self.picture()
            if now != seen:
                seen, since = now, time.monotonic()
        return seen

    def repainted(self, whole: Callable[[str], bool]) -> str:
        """What the console writes when it is asked for all again, once it is a `whole` screen."""
        self.still()
        before = len(self.written)
        self.tmux.keys("C-l")
        self.wait("a whole screen", lambda: whole(self.written[before:]))
        self.still()
        return self.written[before:]

    def leave(self, *, ends: bool = True) -> None:
        """Press `q`, and `y` once it can be heard; wait for the end unless a shell goes on."""
        self.tmux.keys("q")
        self.tmux.wait_for("Leave the console?")

        def gone() -> bool:
            self.tmux.keys("y")  # deaf for a moment, so that nothing typed ahead is an answer
            return self.tmux.ask("pane_dead" if ends else "alternate_on") == ("1" if ends else "0")

        self.wait("the end", gone)


def estate_of(site: Site, *hosts: Sshd) -> str:
    """An estate of these hosts, asked as often as they may be."""
    return "".join(
        f'[target.{host.name}]\naddress = "{host.address}"\nport = {host.port}\n'
        f'user = "{site.user}"\nidentity = "{site.identity}"\n'
        f'known_hosts = "{site.known_hosts}"\nintervals = {{ vitals = 0.5, processes = 0.5 }}\n'
        for host in hosts
    )
