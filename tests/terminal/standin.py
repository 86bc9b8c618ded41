"""A console in small, for tests that need a real terminal and no data."""

import os
import sys
import time
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from screens.shell import clipboard
from screens.shell.base import ConsoleApp


class Standin(ConsoleApp):
    """Counts ticks; `q` quits, `x` raises, `h` hangs, `b` fills the screen anew each tick."""

    CSS = "Static { height: 1; } #field { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit"),
        Binding("x", "break", "Break"),
        Binding("h", "hang", "Hang"),
        Binding("b", "busy", "Busy"),
        Binding("y", "copy", "Copy"),
    ]

    def __init__(self, diary: Path) -> None:
        super().__init__()
        self.diary = diary
        self.ticks = 0
        self.busy = False

    def compose(self) -> ComposeResult:
        yield Static("ready", id="line", markup=False)
        yield Static("", id="field", markup=False)

    def on_mount(self) -> None:
        self.set_interval(0.1, self.tick)

    def tick(self) -> None:
        self.ticks += 1
        with self.diary.open("a") as diary:
            diary.write(f"tick {self.ticks} held {self.frames_held} {self.gauge.link.name}\n")
        if self.busy:
            self.may_flush()
            width, height = self.size
            letter = chr(ord("a") + self.ticks % 26)
            self.query_one("#field", Static).update("\n".join([letter * width] * height))

    def action_break(self) -> None:
        raise RuntimeError("broken on purpose \x1b]52;c;eA==\x07")

    def action_hang(self) -> None:
        time.sleep(3600)

    def action_busy(self) -> None:
        self.busy = not self.busy

    async def action_copy(self) -> None:
        said = await clipboard.yank("copied text", os.environ, lambda _: None)
        self.query_one("#line", Static).update(said)


if __name__ == "__main__":
    sys.exit(Standin(Path(sys.argv[1])).run_console())
