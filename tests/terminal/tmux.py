"""tmux as a tester: starts a program at a size, types, and reads what one would see."""

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from tests.conftest import ROOT

_SETTINGS = """\
set -g default-terminal "tmux-256color"
set -as terminal-features ",*:RGB"
set -s escape-time 0
set -g status off
set -g mouse on
set -g remain-on-exit on
"""


def missing() -> str:
    """Why there is no tmux to test with; empty when there is."""
    return "" if shutil.which("tmux") else "tmux is not installed"


class Tmux:
    """One tmux server on a socket of its own; it never touches another's."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds the socket and the settings; keep its path short (sockets need that)."""
        self._socket = str(folder / "tmux")
        self._settings = folder / "tmux.conf"
        self._settings.write_text(_SETTINGS)

    def __enter__(self) -> "Tmux":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._tmux("kill-server")

    def start(
        self,
        argv: Sequence[str],
        *,
        cols: int = 80,
        rows: int = 24,
        env: Mapping[str, str] | None = None,
        record: Path | None = None,
    ) -> None:
        """Start a program; `env` is added to what every program in it gets.

        With `record`, every byte that it writes goes to that file too.
        """
        found = os.environ.get("PYTHONPATH", str(ROOT))
        base = {"COLORTERM": "truecolor", "LANG": "C.UTF-8", "PYTHONPATH": found}
        words = [f"{name}={value}" for name, value in {**base, **(env or {})}.items()]
        size = ["-x", str(cols), "-y", str(rows)]
        command = ["env", *words, *argv]
        if record is not None:
            record.touch()
            # Not a byte before tmux records: the program starts at a line that we type.
            command = ["sh", "-c", 'stty -echo; read -r _; stty echo; exec "$@"', "sh", *command]
        done = self._tmux("new-session", "-d", "-s", "x", *size, "-c", str(ROOT), *command)
        assert done.returncode == 0, done.stderr
        if record is not None:
            done = self._tmux(
                "pipe-pane", "-t", "x", "-O", shlex.join(["tee", "-a", str(record)]) + " >/dev/null"
            )
            assert done.returncode == 0, done.stderr
            self.keys("Enter")

    def keys(self, *names: str) -> None:
        """Press keys by tmux's names: `Enter`, `C-k`, `BTab`, `j`."""
        self._tmux("send-keys", "-t", "x", *names)

    def type(self, text: str) -> None:
        """Type text as it stands."""
        self._tmux("send-keys", "-t", "x", "-l", text)

    def paste(self, text: str) -> None:
        """Paste in brackets."""
        self._tmux("set-buffer", "--", text)
        self._tmux("paste-buffer", "-p", "-t", "x")

    def click(self, x: int, y: int) -> None:
        """Click the cell at column x, row y, counted from 0."""
        self.type(f"\x1b[<0;{x + 1};{y + 1}M\x1b[<0;{x + 1};{y + 1}m")

    def resize(self, cols: int, rows: int) -> None:
        """Change the size of the terminal."""
        self._tmux("resize-window", "-t", "x", "-x", str(cols), "-y", str(rows))

    def screen(self, *, colors: bool = False) -> str:
        """What one sees; with SGR sequences if `colors`."""
        how = ["-e", "-N"] if colors else []
        return self._tmux("capture-pane", *how, "-p", "-t", "x").stdout

    def wait_for(self, text: str, seconds: float = 60.0) -> str:
        """Poll until the text is on the screen and return the screen; fails with what was there."""
        return self._poll(text, True, seconds)

    def wait_without(self, text: str, seconds: float = 60.0) -> str:
        """Poll until the text is gone from the screen."""
        return self._poll(text, False, seconds)

    def _poll(self, text: str, wanted: bool, seconds: float) -> str:
        end = time.monotonic() + seconds
        while True:
            screen = self.screen()
            if (text in screen) is wanted:
                return screen
            state = "not" if wanted else "still"
            if time.monotonic() > end:
                raise AssertionError(f"{text!r} {state} on screen:\n{screen}")
            time.sleep(0.05)

    def wait_ended(self, seconds: float = 60.0) -> None:
        """Poll until the program is gone. Its last screen need not be: tmux may be late with it."""
        end = time.monotonic() + seconds
        while self.ask("pane_dead") != "1":
            if time.monotonic() > end:
                raise AssertionError(f"still running:\n{self.screen()}")
            time.sleep(0.05)

    def ask(self, what: str) -> str:
        """A tmux variable of the pane: `alternate_on`, `pane_dead_status`, `pane_pid`."""
        return self._tmux("display", "-p", "-t", "x", f"#{{{what}}}").stdout.strip()

    def buffer(self) -> str:
        """tmux's newest paste buffer."""
        return self._tmux("show-buffer").stdout

    def close_pane(self) -> None:
        """Close the terminal under the program."""
        self._tmux("kill-session", "-t", "x")

    def _tmux(self, *words: str) -> subprocess.CompletedProcess[str]:
        environ = {name: value for name, value in os.environ.items() if name != "TMUX"}
        return subprocess.run(
            ["tmux", "-S", self._socket, "-f", str(self._settings), *words],
            env={**environ, "TERM": environ.get("TERM") or "xterm-256color"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
