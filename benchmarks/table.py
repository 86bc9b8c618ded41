"""The live table against Textual's DataTable and against btop, in a real pty: CPU and bytes.

Run: `python -m benchmarks.table [--seconds 20] [--rows 20000] [--changes 50]`; prints JSON.
Ratios are of one run on one machine; absolute numbers say little.
"""

import argparse
import fcntl
import json
import os
import pty
import random
import re
import select
import shutil
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.widgets import DataTable

from opsconsole.clean import clean
from opsconsole.model import Column, Limits, Quantity, Row
from screens.shell.base import ConsoleApp
from widgets.format import spell
from widgets.table import LiveTable

ROWS, COLUMNS_OF_TERMINAL = 50, 160
FRAME = b"\x1b[?2026h"
QUERY = re.compile(rb"\x1b\[\?2026\$p")
_SOURCE = "made up"
FIELDS = (
    Column("name", "NAME", Quantity.TEXT, _SOURCE),
    Column("state", "STATE", Quantity.STATE, _SOURCE),
    Column("cpu_percent", "CPU%", Quantity.PERCENT, _SOURCE, Limits(80, 95, _SOURCE)),
    Column("memory_bytes", "MEM", Quantity.BYTES, _SOURCE),
    Column("rx_bytes_per_s", "RX", Quantity.BYTES_PER_S, _SOURCE),
    Column("tx_bytes_per_s", "TX", Quantity.BYTES_PER_S, _SOURCE),
    Column("wait_ms", "WAIT", Quantity.MILLISECONDS, _SOURCE),
    Column("up_s", "UP", Quantity.SECONDS, _SOURCE),
    Column("threads", "THREADS", Quantity.COUNT, _SOURCE),
)
TOPS = (0.0, 0.0, 100.0, 1e11, 1e9, 1e9, 500.0, 1e7, 5000.0)
NUMBERS = range(2, len(FIELDS))


class Feed:
    """The same rows and the same changes for every contestant."""

    def __init__(self, rows: int, changes: int) -> None:
        self._random = random.Random(7)
        self._changes = changes
        self.rows: dict[str, Row] = {f"h{at}": self._row(at) for at in range(rows)}
        self._ids = list(self.rows)

    def _row(self, at: int) -> Row:
        values = [self._random.random() * TOPS[column] for column in NUMBERS]
        return (clean(f"host-{at:05}"), clean("running"), *values)

    def tick(self, visible: int) -> list[tuple[str, int, float]]:
        """New values for that many cells among the first `visible` rows."""
        changes: list[tuple[str, int, float]] = []
        for _ in range(self._changes):
            row_id = self._ids[self._random.randrange(visible)]
            column = self._random.choice(NUMBERS)
            changes.append((row_id, column, self._random.random() * TOPS[column]))
        return changes


class Contest:
    """Feeds an app once a second and tells the parent where the measured window lies."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.feed = Feed(options.rows, options.changes)
        self.hertz: float = options.hertz
        self._left: int = options.warmup + options.frames
        self._frames: int = options.frames
        self._report = os.fdopen(options.report, "w", buffering=1)
        self._cpu = 0.0

    def tell(self, **facts: float) -> None:
        """One line of JSON to the parent."""
        print(json.dumps(facts), file=self._report)

    def tick(self) -> bool:
        """Count frames; False when all were drawn."""
        if self._left == self._frames:
            self._cpu = time.process_time()
            self.tell(start=1)
        self._left -= 1
        if self._left < 0:
            self.tell(end=1, cpu_s=time.process_time() - self._cpu)
            return False
        return True


class LivePart:
    """What both apps around the live table share."""

    def __init__(self, contest: Contest, stop: Callable[[], None]) -> None:
        self.contest = contest
        self._stop = stop
        self.table = LiveTable(FIELDS)

    def load(self) -> None:
        """Give the table all rows."""
        began = time.process_time()
        self.table.put(self.contest.feed.rows)
        self.contest.tell(load_s=time.process_time() - began)

    def _apply(self) -> None:
        """Put one second of changes."""
        rows = self.contest.feed.rows
        changed: dict[str, Row] = {}
        for row_id, column, value in self.contest.feed.tick(self.table.page):
            row = changed.get(row_id, rows[row_id])
            changed[row_id] = (*row[:column], value, *row[column + 1 :])
        rows.update(changed)
        self.table.put(changed)

    def tick(self) -> None:
        """Apply a second of changes; stop when the measurement is over."""
        if self.contest.tick():
            self._apply()
        else:
            self._stop()


class LiveDiff(ConsoleApp):
    """The live table as the console shows it: with the frame diff."""

    def __init__(self, contest: Contest) -> None:
        super().__init__()
        self.part = LivePart(contest, self.exit)

    def compose(self) -> ComposeResult:
        """The table alone."""
        yield self.part.table

    def on_ready(self) -> None:
        """Load, then feed."""
        self.part.load()
        self.set_interval(1 / self.part.contest.hertz, self.part.tick)


class LiveStock(App[None]):
    """The live table under Textual's own way of writing frames."""

    def __init__(self, contest: Contest) -> None:
        super().__init__()
        self.part = LivePart(contest, self.exit)

    def compose(self) -> ComposeResult:
        """The table alone."""
        yield self.part.table

    def on_ready(self) -> None:
        """Load, then feed."""
        self.part.load()
        self.set_interval(1 / self.part.contest.hertz, self.part.tick)


class Stock(App[None]):
    """Textual's DataTable, given texts that are formatted already."""

    def __init__(self, contest: Contest) -> None:
        super().__init__()
        self.contest = contest
        self.table: DataTable[str] = DataTable()

    def compose(self) -> ComposeResult:
        """The table alone."""
        yield self.table

    def on_ready(self) -> None:
        """Load, then feed."""
        began = time.process_time()
        for field in FIELDS:
            self.table.add_column(field.title, key=field.key, width=12)
        for row_id, row in self.contest.feed.rows.items():
            texts = [spell(FIELDS[at], value) for at, value in enumerate(row)]
            self.table.add_row(*texts, key=row_id)
        self.contest.tell(load_s=time.process_time() - began)
        self.set_interval(1 / self.contest.hertz, self._tick)

    def _tick(self) -> None:
        if not self.contest.tick():
            self.exit()
            return
        for row_id, column, value in self.contest.feed.tick(self.table.size.height - 2):
            field = FIELDS[column]
            self.table.update_cell(row_id, field.key, spell(field, value))


APPS: dict[str, Callable[[Contest], App[Any]]] = {
    "live+diff": LiveDiff,
    "live": LiveStock,
    "datatable": Stock,
}


def spawn(argv: list[str], environment: dict[str, str], report: int | None) -> tuple[int, int]:
    """Start a program in a pty of our size; its pid and the master side."""
    pid, master = pty.fork()
    if pid == 0:
        if report is not None:
            os.set_inheritable(report, True)
        os.execvpe(argv[0], argv, environment)
    size = struct.pack("HHHH", ROWS, COLUMNS_OF_TERMINAL, 0, 0)
    fcntl.ioctl(master, termios.TIOCSWINSZ, size)
    return pid, master


def drain(master: int) -> bytes:
    """What the program wrote; synchronised updates are claimed when it asks for them."""
    try:
        data = os.read(master, 65536)
    except OSError:
        return b""
    for _ in QUERY.findall(data):
        os.write(master, b"\x1b[?2026;2$y")
    return data


def environment(folder: str) -> dict[str, str]:
    """A true-colour terminal and nobody's configuration."""
    base = {key: os.environ[key] for key in ("PATH", "PYTHONPATH", "LANG") if key in os.environ}
    home = {"HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_STATE_HOME": folder}
    root = str(Path(__file__).parents[1])
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
    return {"PYTHONPATH": root, **base, **home, **terminal}


def contest(kind: str, options: argparse.Namespace, folder: str) -> dict[str, float]:
    """CPU, bytes and frames of one contestant over the measured window."""
    reader, writer = os.pipe()
    frames = int(options.seconds * options.hertz)
    arguments = [sys.executable, "-m", "benchmarks.table", "--child", kind]
    for name, value in (("rows", options.rows), ("changes", options.changes), ("frames", frames)):
        arguments += [f"--{name}", str(value)]
    arguments += ["--hertz", str(options.hertz), "--report", str(writer)]
    pid, master = spawn(arguments, environment(folder), writer)
    os.close(writer)
    facts: dict[str, float] = {}
    window = b""
    counted = 0
    shown = 0
    with os.fdopen(reader, "rb", buffering=0) as told:
        while "end" not in facts:
            ready, _, _ = select.select([master, told.fileno()], [], [], 60)
            if not ready:
                raise TimeoutError(f"{kind} said nothing for a minute")
            if told.fileno() in ready:
                line = told.readline()
                if not line:
                    raise ChildProcessError(f"{kind} ended before it was measured: {window!r}")
                facts |= json.loads(line)
            if master in ready:
                window = drain(master)
                if "start" in facts:
                    counted += len(window)
                    shown += window.count(FRAME)
    finish(pid, master)
    return {
        "cpu_ms_per_frame": round(facts["cpu_s"] / frames * 1e3, 3),
        "bytes_per_frame": round(counted / frames),
        "bytes_per_s": round(counted / options.seconds),
        "frames_asked": frames,
        "frames_seen": shown,
        "load_cpu_ms": round(facts["load_s"] * 1e3, 1),
    }


def btop(seconds: float, folder: str) -> dict[str, float] | None:
    """Bytes btop writes at one refresh a second; None when it is not installed."""
    program = shutil.which("btop")
    if program is None:
        return None
    config = Path(folder) / "btop"
    config.mkdir(exist_ok=True)
    (config / "btop.conf").write_text("update_ms = 1000\n")
    pid, master = spawn([program, "--utf-force"], environment(folder), None)
    began = time.monotonic()
    counted = 0
    while (passed := time.monotonic() - began) < seconds + 3:
        ready, _, _ = select.select([master], [], [], 1)
        if ready:
            size = len(drain(master))
            counted += size if passed > 3 else 0
    finish(pid, master)
    return {"bytes_per_s": round(counted / seconds)}


def finish(pid: int, master: int) -> None:
    """End a contestant and let go of its terminal."""
    deadline = time.monotonic() + 5
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            break
        if select.select([master], [], [], 0.05)[0] and not drain(master):
            os.kill(pid, signal.SIGTERM)
    os.close(master)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """All contestants one after the other, and the ratios the project is held to."""
    with tempfile.TemporaryDirectory() as folder:
        found: dict[str, Any] = {kind: contest(kind, options, folder) for kind in APPS}
        found["btop"] = btop(options.seconds, folder)
    live, stock = found["live+diff"], found["datatable"]
    ratios = {
        "cpu_per_frame_vs_datatable": stock["cpu_ms_per_frame"] / live["cpu_ms_per_frame"],
        "bytes_vs_datatable": stock["bytes_per_frame"] / live["bytes_per_frame"],
    }
    if found["btop"]:
        ratios["bytes_vs_btop"] = found["btop"]["bytes_per_s"] / live["bytes_per_s"]
    found["times_less"] = {name: round(ratio, 1) for name, ratio in ratios.items()}
    found["held_to"] = {"cpu_per_frame_vs_datatable": [15, 25], "bytes_vs_btop": [15, 30]}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--hertz", type=float, default=1)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--changes", type=int, default=50)
    parser.add_argument("--child", choices=list(APPS), help=argparse.SUPPRESS)
    parser.add_argument("--frames", type=int, default=20, help=argparse.SUPPRESS)
    parser.add_argument("--warmup", type=int, default=3, help=argparse.SUPPRESS)
    parser.add_argument("--report", type=int, default=-1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        APPS[options.child](Contest(options)).run()
    else:
        print(json.dumps(measure(options), indent=2))


if __name__ == "__main__":
    main()
