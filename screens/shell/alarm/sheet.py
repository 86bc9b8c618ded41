"""The list of all alerts across all tabs, worst first, with what one can do about each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType

from opsconsole.alert import Alert, Phase
from opsconsole.clean import Clean, clean
from opsconsole.errors import OpsError
from opsconsole.model import State, Target
from screens.shell.alarm.known import Alarms
from screens.shell.alarm.wording import COLUMNS, SHOWN, course, row, sign
from screens.shell.sheet import Rows, Sheet
from widgets.pane import PaneFrame
from widgets.table import LiveTable

LOOK_S = 1.0
"""Seconds between looks at what changed."""


class Hands(Protocol):
    """What is done about alerts; each raises what an operator should be told."""

    def act_on(self, alert: Alert) -> None:
        """Open the menu of what can be done to its object."""
        ...

    def take_on(self, alerts: Sequence[Alert]) -> None:
        """Ask for note and time, then acknowledge."""
        ...

    def hush(self, alert: Alert) -> None:
        """Ask for what, time and reason, then silence."""
        ...

    def explain(self, alert: Alert) -> None:
        """Show everything known of it."""
        ...


class AlertSheet(Sheet):
    """Returns the id of the alert to go to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "act", "Act", id="alerts.act"),
        Binding("A", "acknowledge", "Acknowledge", id="alerts.acknowledge"),
        Binding("S", "silence", "Silence", id="alerts.silence"),
        Binding("d", "describe", "Details", id="alerts.describe"),
    ]

    def __init__(
        self,
        alarms: Callable[[], Alarms],
        hands: Hands,
        targets: Sequence[Target],
        *,
        find: str = "",
        at: str = "",
    ) -> None:
        """`alarms` are those of the moment; `find` is the filter, `at` the alert under the cursor
        at first.
        """
        title = Clean("Alerts (Enter go there, x act, A ack, S silence, d details)")
        super().__init__(title, (), dict, choose=True, find=find)
        self._of_the_moment = alarms
        self._hands = hands
        self._labels = {target.id: target.labels for target in targets}
        self._at = at
        self._shown: tuple[Alarms, int] | None = None
        self._courses: dict[str, Sequence[float]] = {}
        self.table = LiveTable(COLUMNS, shown=SHOWN, trend=self._trend)
        self.table.empty = "no alert" if self._alarms.speaks else self._alarms.unspoken

    def on_mount(self) -> None:
        """Fill the list, and follow what changes."""
        super().on_mount()
        if self._at:
            self.table.move_to(self._at)
        self.set_interval(LOOK_S, self.reload)

    @property
    def _alarms(self) -> Alarms:
        return self._of_the_moment()

    def _trend(self, name: str, key: str) -> Sequence[float]:
        del key
        return self._courses.get(name, ())

    def reload(self) -> None:
        """Bring the list up to date: all of it when anything changed, else the ages in sight."""
        alarms, now = self._alarms, self._alarms.now
        alarms.forget_old()
        if (alarms, alarms.version) == self._shown:
            window = self.table.data.order[self.table.top : self.table.top + self.table.page]
            self.table.put(self._made(filter(None, map(alarms.get, window)), now))
            return
        self._shown = alarms, alarms.version
        alerts = alarms.ordered()
        self._courses = {alert.id: course(alert.course) for alert in alerts if alert.course}
        labels: Mapping[str, str] = {}
        self.table.adorn(
            levels={alert.id: sign(alert) for alert in alerts},
            labels={alert.id: self._labels.get(alert.target, labels) for alert in alerts},
            dim={alert.id for alert in alerts if alert.phase is not Phase.OPEN},
        )
        self.table.replace(self._made(alerts, now))
        self.query_one(PaneFrame).set_count(self.table.summary)

    def _made(self, alerts: Iterable[Alert], now: float) -> Rows:
        return {alert.id: row(alert, self._alarms, now) for alert in alerts}

    # -- what is chosen -------------------------------------------------------------------------

    def _one(self) -> Alert | None:
        return self._alarms.get(self.table.cursor_id or "")

    def _chosen(self) -> list[Alert]:
        """Those marked, else the one under the cursor."""
        marked = [name for name in self.table.data.rows if name in self.table.marked]
        names = marked or [self.table.cursor_id or ""]
        return [alert for alert in map(self._alarms.get, names) if alert is not None]

    def _with_one(self, do: Callable[[Alert], None]) -> None:
        if (alert := self._one()) is None:
            self._say("there is no alert under the cursor")
        else:
            self._try(lambda: do(alert))

    def _try(self, do: Callable[[], None]) -> None:
        """What is wrong with it is said in the title: the status line lies below."""
        self._say("")
        try:
            do()
        except OpsError as error:
            self._say(clean(str(error), 200))

    def _say(self, words: str) -> None:
        self.query_one(PaneFrame).set_state(State.LIVE, None, words)

    def action_act(self) -> None:
        """What can be done to its object, remedies first."""
        self._with_one(self._hands.act_on)

    def action_acknowledge(self) -> None:
        """Take on those marked, or the one under the cursor."""
        if alerts := self._chosen():
            self._try(lambda: self._hands.take_on(alerts))
        else:
            self._say("there is no alert under the cursor")

    def action_silence(self) -> None:
        """Silence what is like the one under the cursor."""
        self._with_one(self._hands.hush)

    def action_describe(self) -> None:
        """Everything known of the one under the cursor."""
        self._with_one(self._hands.explain)

    def on_live_table_changed(self, event: LiveTable.Changed) -> None:
        """Counts, marks and the filter stand in the title."""
        frame = self.query_one(PaneFrame)
        frame.set_count(event.table.summary)
        frame.set_filter(event.table.filter_text)
