"""Sends only what changed on the screen, and never more than the terminal has taken in."""

from typing import TYPE_CHECKING

import textual
from rich.color import ColorSystem
from rich.console import RenderableType
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from screens.shell.display_paint import Painter, move_to

if TYPE_CHECKING:
    from textual.timer import Timer

_KNOWN = ("8.2.",)
"""Textual releases whose private names below were read."""
_RETRY_S = 0.02
_IN_FLIGHT = 512
"""Bytes that may be under way when the next frame is sent: a few keys' echo, not a screen."""


def diff_supported(version: str = textual.__version__) -> str:
    """Say why the frame diff cannot work with this Textual; empty when it can."""
    if not version.startswith(_KNOWN):
        return f"Textual {version} is not {' or '.join(f'{known}x' for known in _KNOWN)}"
    needed: dict[str, tuple[object, tuple[str, ...]]] = {
        "App": (App, ("_display", "_begin_batch", "post_display_hook")),
        "Compositor": (Compositor, ("render_update", "visible_widgets", "_render_chops")),
        "Screen": (Screen, ("_on_timer_update", "_context")),
        "Widget": (Widget, ("_set_dirty", "_check_refresh")),
        "Strip": (Strip, ("render_ansi", "cell_length", "__iter__")),
        "ChopsUpdate": (ChopsUpdate([], [], []), ("chops", "spans", "chop_ends")),
        "LayoutUpdate": (LayoutUpdate([], Region()), ("strips", "region")),
    }
    missing = [
        f"{owner}.{name}"
        for owner, (thing, names) in needed.items()
        for name in names
        if not hasattr(thing, name)
    ]
    return f"Textual {version} lacks {', '.join(missing)}" if missing else ""


class DiffDisplay(App[int]):
    """Replaces how Textual writes frames; inline and headless runs keep the stock path."""

    diff_active = False
    """Whether frames are diffed; `diff_reason` says why not."""
    diff_reason = "not started"

    def start_diff(self) -> None:
        """Decide between the diff and the stock path; before the first frame."""
        private = ("_batch_count", "_sync_available", "_previous_cursor_position", "_closed")
        missing = [name for name in private if not hasattr(self, name)]
        self.diff_reason = diff_supported() or (f"App lacks {missing}" if missing else "")
        self.diff_active = not self.diff_reason
        self._painter = Painter(self.console._color_system or ColorSystem.TRUECOLOR)
        self._owed: Timer | None = None
        self._whole = True
        self.frames_held = 0
        """Frames not sent at once because the terminal had not taken in the one before."""

    def output_pending(self) -> int:
        """Bytes written by us that the terminal has not taken in yet."""
        return 0

    def forget_screen(self) -> None:
        """Something else may have written to the terminal: send the next frame whole.

        May be called from a signal handler.
        """
        self._whole = True

    def show_now(self) -> None:
        """Draw what changed on the screen in front, in one go with what changed it.

        Textual tells the screen by a message of each widget, and draws at the next beat of a timer:
        for a frame that nobody waits for that is three wake-ups in place of one.
        """
        if not self.diff_active or self._batch_count or not self._running or self._closed:
            return
        screen = self.screen
        seen = screen._compositor.visible_widgets
        if any(widget._layout_required or widget._scroll_required for widget in seen):
            return  # where they stand comes first
        changed = [widget for widget in seen if widget._repaint_required]
        for widget in changed:
            widget._repaint_required = False
        screen._dirty_widgets.update(changed)
        with screen._context():
            screen._on_timer_update()

    def repaint_screen(self) -> None:
        """Send all of the screen again, now."""
        self.forget_screen()
        self._display(self.screen, self._whole_update())

    def on_resize(self) -> None:
        """Terminals rearrange what they show when their size changes."""
        self.forget_screen()

    def on_app_focus(self) -> None:
        """A terminal that was away may have been drawn over."""
        self.forget_screen()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if not self.diff_active or not isinstance(renderable, LayoutUpdate | ChopsUpdate):
            self._stock_display(screen, renderable)
            return
        driver = self._driver
        if self._batch_count or not self._running or self._closed or driver is None:
            self.post_display_hook()
            return
        if driver.is_headless or driver.is_inline:
            self._stock_display(screen, renderable)
            return
        if self.output_pending() > _IN_FLIGHT:
            self._owe_frame()
        elif self._whole or self._owed is not None:
            self._pay_frame()
        else:
            self._send(renderable)
        self.post_display_hook()

    def _stock_display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if renderable is not None:
            self.forget_screen()
        # Textual leaves the type of a screen's result open, here and below.
        super()._display(screen, renderable)  # pyright: ignore[reportUnknownMemberType]

    def _send(self, update: LayoutUpdate | ChopsUpdate) -> None:
        """Write one frame in one piece, cursor last; nothing when nothing changed."""
        driver = self._driver
        assert driver is not None
        frame = self._painter.paint(update)
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
        if not frame and cursor == self._previous_cursor_position:
            return
        self._previous_cursor_position = cursor
        frame += move_to(*cursor)
        driver.write(f"{SYNC_START}{frame}{SYNC_END}" if self._sync_available else frame)
        driver.flush()

    def _owe_frame(self) -> None:
        """Keep the newest state for when the terminal has taken in what is under way.

        A queue of frames would freeze the keys on a slow link: the stock writer blocks the loop.
        """
        self.frames_held += 1
        if self._owed is None:
            self._owed = self.set_interval(_RETRY_S, self._pay_frame)

    def _pay_frame(self) -> None:
        """Send the difference between what the terminal shows and the newest state."""
        if not self._running or self._closed:
            return  # the terminal has been given back: nothing may be written any more
        if self._batch_count or self.output_pending() > _IN_FLIGHT:
            return
        if self._owed is not None:
            self._owed.stop()
            self._owed = None
        if self._whole:
            self._whole = False
            self._painter.forget()
        self._send(self._whole_update())

    def _whole_update(self) -> LayoutUpdate:
        """The screen as it is, also where a held frame left it unsent."""
        update = self.screen._compositor.render_update(  # pyright: ignore[reportUnknownMemberType]
            full=True,
            screen_stack=self._background_screens,  # pyright: ignore[reportUnknownMemberType]
        )
        assert isinstance(update, LayoutUpdate)
        return update
