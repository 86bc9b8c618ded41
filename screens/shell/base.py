"""The ground every screen stands on: safe text, small frames, a terminal that is given back."""

import contextlib
import fcntl
import gc
import os
import struct
import sys
import termios
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import platformdirs
from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter, Monochrome
from textual.notifications import SeverityLevel

from opsconsole import garbage
from opsconsole.clean import clean
from screens.shell.armor import Armor
from screens.shell.charset import ascii_only
from screens.shell.display import DiffDisplay
from screens.shell.driver import ConsoleDriver, restore_terminal
from screens.shell.link import Gauge, Link, first_guess, wants_mouse
from screens.shell.plain import AsciiOnly, NoColors
from screens.shell.theme import STYLES, load_all
from screens.shell.turnstile import Turnstile
from screens.shell.watchdog import Watchdog

_LOG_LINE = 2000
_OUTPUT, _INPUT = 2, 0
"""Textual draws on the standard error stream and reads the standard input."""


def crash_log() -> Path:
    """Where a defect's traceback goes: `~/.local/state/opsconsole/crash.log` on Linux."""
    return Path(platformdirs.user_state_dir("opsconsole", appauthor=False)) / "crash.log"


class ConsoleApp(DiffDisplay, inherit_bindings=False):
    """An app that remote text cannot command, and that never outlives its terminal."""

    ENABLE_COMMAND_PALETTE = False
    OWN_ACTIONS: ClassVar[frozenset[str]] = frozenset()
    """Texts of `@click` actions that stay clickable; all others are taken out of every line."""

    CSS_PATH = STYLES

    def __init__(self, link: Link | None = None, theme: str = "") -> None:
        """`link` is what `link.prepare` found; without it the environment is asked.

        Without `theme`, `OPSCONSOLE_THEME` decides, then what the terminal can show.
        """
        self.palettes, self.theme_problems = load_all()
        super().__init__()
        self.gauge = Gauge(link or first_guess(os.environ))
        self.ascii_only = ascii_only(os.environ)
        """Whether only ASCII may be drawn; widgets choose their symbols by it."""
        self.end_reason = ""
        """Why the console was told to end, empty when the operator asked."""
        self._take_themes(theme or os.environ.get("OPSCONSOLE_THEME", ""))
        self._guards: list[LineFilter] = [Armor(self.OWN_ACTIONS)]
        self._filters = [each for each in self._filters if not isinstance(each, Monochrome)]
        if self.no_color:
            self._guards.append(NoColors())
        if self.ascii_only:
            self._guards.append(AsciiOnly())
        self._painted = False
        self._turnstile = Turnstile(self)
        self.start_diff()

    # -- looks ---------------------------------------------------------------------------------

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our variables for themes that lack them."""
        return self.palettes["dark"].variables()

    def _take_themes(self, asked: str) -> None:
        for name in list(self.available_themes):
            self.unregister_theme(name)
        for palette in self.palettes.values():
            self.register_theme(palette.theme())
        few = self.console.color_system in {None, "standard"}
        self.theme = asked if asked in self.palettes else "ansi" if few else "dark"
        self.set_class(self.ascii_only, "-ascii")

    # -- text ----------------------------------------------------------------------------------

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Every line of every widget passes the armor last, whatever other filters made of it."""
        return [*super().get_line_filters(), *self._guards]

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a toast; its text is never markup, whatever the caller says."""
        del markup
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=False)

    def get_key_display(self, binding: Binding) -> str:
        """Name of a binding's key; in words where a symbol of it would become `?` or `<`."""
        shown = super().get_key_display(binding)
        return binding.key if self.ascii_only and not shown.isascii() else shown

    # -- input ---------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """What is typed meets the screen that the keys before it made."""
        await self._turnstile.pass_on(event, self.deliver)

    def alone(self, key: events.Key, before: float, after: float = 0.0) -> bool:
        """Whether no other key came within these seconds around this one, whatever it met."""
        return self._turnstile.alone(key.time, before, after)

    async def deliver(self, event: events.Event) -> None:
        """Do what the app does with an event, in its turn."""
        await super().on_event(event)

    # -- output --------------------------------------------------------------------------------

    def get_driver_class(self) -> type[Driver]:
        """Our driver in place of Textual's for POSIX terminals; others stay."""
        stock = super().get_driver_class()
        return ConsoleDriver if stock is LinuxDriver else stock

    @property
    def bytes_written(self) -> int:
        """Bytes the terminal took since the start."""
        return self._driver.tap.written if isinstance(self._driver, ConsoleDriver) else 0

    def output_pending(self) -> int:
        """Bytes written by us that the terminal has not taken in yet."""
        return self._driver.tap.pending if isinstance(self._driver, ConsoleDriver) else 0

    def output_busy(self) -> bool:
        """Whether a frame is still under way; data frames wait for the next tick then."""
        if self.output_pending():
            return True
        if not isinstance(self._driver, ConsoleDriver):
            return False
        try:
            answer = fcntl.ioctl(_OUTPUT, termios.TIOCOUTQ, b"\0" * 4)
        except OSError:
            return False
        return bool(struct.unpack("i", answer)[0] > 0)

    def may_flush(self) -> bool:
        """Ask once per data tick: False leaves this frame out; `gauge.link` follows the line."""
        return self.gauge.may_flush(self.output_busy(), time.monotonic())

    def post_display_hook(self) -> None:
        """Until the first frame the collector of garbage only costs time."""
        super().post_display_hook()
        if not self._painted and not self.is_headless:
            self._painted = True
            garbage.begin()

    # -- life ----------------------------------------------------------------------------------

    def run_console(self) -> int:
        """Run on this terminal until the operator or the terminal leaves; returns the exit code."""
        attributes: list[Any] | None = None  # Any: what termios returns
        with contextlib.suppress(termios.error):
            attributes = termios.tcgetattr(_INPUT)
        watchdog = Watchdog(
            (_INPUT, _OUTPUT), self._told_to_end, lambda: restore_terminal(_OUTPUT, attributes)
        )
        gc.disable()
        watchdog.start()
        try:
            self.run(mouse=wants_mouse(os.environ))
        finally:
            gc.enable()
            watchdog.stop()
        return self.return_code or 0

    def _told_to_end(self, reason: str, code: int) -> None:
        """Called in the watchdog's thread."""
        self.end_reason = reason
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(lambda: self.exit(None, code))

    def _handle_exception(self, error: Exception) -> None:
        _log_crash(error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """One line on the terminal; the traceback is in the log, without values of variables."""
        if not self._exit_renderables:
            self._exit_renderables.append(
                Text(f"opsconsole ended on a defect; the details are in {crash_log()}")
            )
        self._close_messages_no_wait()


def _log_crash(error: BaseException) -> None:
    path = crash_log()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8", errors="replace") as log:
            log.write(time.strftime("%Y-%m-%d %H:%M:%S%z ") + f"pid {os.getpid()} ")
            log.write(f"python {sys.version.split()[0]}\n")
            for line in "".join(traceback.format_exception(error)).splitlines():
                log.write(f"{clean(line, _LOG_LINE)}\n")
