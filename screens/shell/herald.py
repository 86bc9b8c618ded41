"""Tells what concerns the whole console, whichever tab is shown: header, bell and toasts."""

import time
from collections.abc import Sequence

from opsconsole.alert import Alert
from opsconsole.approval import Asked
from opsconsole.clean import Clean, clean
from opsconsole.model import Level
from opsconsole.plan import Standing
from opsconsole.ports import Recording
from screens.shell.act.wording import standing_words
from screens.shell.alarm.known import Alarms
from screens.shell.alarm.wording import badges, cared, news
from screens.shell.base import ConsoleApp
from screens.shell.console import ConsoleScreen
from screens.shell.feed import Feed
from screens.shell.witness.lookout import Desk, Lookout
from screens.shell.witness.wording import call, calls

UNSETTLED_S = 60.0
"""Seconds for which an outcome that nobody knows is told; the header says so on."""

CALL_S = 20.0
"""Seconds for which it is told that somebody asks; the header says so on."""

BURST_S = 10.0
"""Seconds without another alert that begins to call, after which the bell rings for the next."""

LONG_S = 300.0
"""Seconds after which it rings again however many have come."""

TOLD = 3
"""Of so many who ask at a time."""


class Herald:
    """How many alerts call, what may be done, and who waits for a second person."""

    def __init__(
        self,
        app: ConsoleApp,
        main: ConsoleScreen,
        feed: Feed,
        desk: Desk | None = None,
        bell: Level | None = Level.CRIT,
    ) -> None:
        """Without a `desk` nobody is looked out for: this console only looks.

        The bell rings for alerts of the level `bell` and worse; None is never.
        """
        self._app = app
        self._main = main
        self._feed = feed
        self.lookout = Lookout(desk, self._ring) if desk else None
        """Who of others waits for a second person."""
        self._standing: Standing | None = None
        self._trouble = ""
        self._bell = bell
        self._burst_at = self._rang_at = float("-inf")
        self._told: tuple[str, Clean] = ("", Clean(""))
        """The alert that the status line told last, and the words."""

    def tell(self) -> None:
        """Bring the header up to date; armed is seen from across the room."""
        self._tell_recording()
        standing = self._feed.runs.standing
        words, look = standing_words(standing, time.time())
        alarms = self._main.alarms
        counted = badges(alarms.counts, stale=alarms.stale) if alarms.speaks else []
        taken = sum(len(text) + 2 for text, _ in counted)
        calling = self._calls(standing, self._app.size.width // 2 - taken)
        # The first ones stay longest where room is short.
        self._main.tab_bar.set_badges(*counted, (words, look), cared(alarms.counts), calling)
        self._main.set_class(look == "crit", "-armed")
        if alarms is self._feed.alarms:  # what is over is no news, and what is new can wait for it
            self._tell_news(alarms)
        if standing is not self._standing:
            before = self._standing.unsettled if self._standing else ()
            self._standing = standing
            for text in standing.unsettled if standing else ():
                if text not in before:
                    title = "outcome unknown"
                    self._app.notify(
                        text, title=title, severity="error", timeout=UNSETTLED_S, markup=False
                    )

    def _tell_recording(self) -> None:
        """Say once what is wrong with the recording; the status line says so on."""
        recording = self._feed.recording
        trouble = recording.trouble if recording is not None else Clean("")
        if trouble != self._trouble:
            self._trouble = trouble
            if not trouble:
                self._main.status.notice("recording again")
            elif recording is not None:
                stopped = recording.state == "stopped"
                words = f"{'not recording' if stopped else 'recording'}: {trouble}"
                self._main.status.notice(clean(words, 300), Level.WARN if stopped else Level.OK)

    def _tell_news(self, alarms: Alarms) -> None:
        """Alerts that began to call: once on the status line, and by the bell once per burst."""
        began = alarms.take_calls()
        name, words = self._told
        if began:
            self._told = (began[0].id, news(began))
            self._main.status.notice(self._told[1], began[0].level)
            self._ring_for(began)
        elif name and not ((alert := alarms.get(name)) and alert.calls):
            self._told = ("", Clean(""))
            if self._main.status.said == words:
                self._main.status.notice("")

    def _ring_for(self, began: Sequence[Alert]) -> None:
        if self._bell is None or all(alert.level < self._bell for alert in began):
            return
        now = time.monotonic()
        quiet, self._burst_at = now - self._burst_at, now
        if quiet > BURST_S or now - self._rang_at > LONG_S:
            self._rang_at = now
            self._app.bell()

    def _calls(self, standing: Standing | None, room: int) -> tuple[str, str]:
        """Who waits for a second person, in so many cells, and the look of it."""
        if self.lookout is None or (standing is not None and standing.read_only):
            return "", ""
        return calls(self.lookout.waiting, room)

    def _ring(self, asked: Sequence[Asked]) -> None:
        """Say once that somebody asks, for eyes and ears that are elsewhere."""
        if not self._calls(self._feed.runs.standing, self._app.size.width)[0]:
            return
        self._app.bell()
        for one in asked[:TOLD]:
            self._app.notify(
                f"{call(one)}\n:approve shows it",
                title="a second person is asked for",
                severity="warning",
                timeout=CALL_S,
                markup=False,
            )


def recording_note(recording: Recording | None) -> str:
    """What the status line says of a recording that is not well."""
    return "not recording" if recording is not None and recording.state == "stopped" else ""
