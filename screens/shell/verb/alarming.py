"""Verbs about alerts: go to the worst, list them, take them on, silence them."""

import re
from collections.abc import Sequence

from opsconsole.alert import Alert
from opsconsole.clean import Clean, clean
from opsconsole.errors import UsageError
from opsconsole.model import Column, Row
from screens.shell.alarm.account import account
from screens.shell.alarm.aim import Finder
from screens.shell.alarm.care import Care, seconds, silencing
from screens.shell.alarm.known import Alarms
from screens.shell.alarm.sheet import AlertSheet
from screens.shell.alarm.way import Way, identity
from screens.shell.alarm.wording import COLUMNS, FIELDS, moment, place
from screens.shell.base import ConsoleApp
from screens.shell.pane.sliced import SEPARATOR
from screens.shell.sheet import Sheet, text_column
from screens.shell.verb.acting import Acting
from screens.shell.verb.base import Console
from screens.shell.verb.showing import Showing
from widgets.filter import parse as parse_filter
from widgets.table import LiveTable

KEYS = {"ack": "ack", "act": "act", "timeline": "timeline", "describe": "details", "worst": "next"}
"""What helps at an alert, the least needed last: command, and word for it."""

_GLOBBED = re.compile(r"[\s*?\[\]]")
"""What splits a match, or means something in a glob."""

_SILENCES = (
    text_column("id", "ID"),
    text_column("match", "WHICH"),
    text_column("who", "WHO"),
    text_column("until", "UNTIL"),
    text_column("reason", "REASON"),
)


class Alarming(Acting, Showing):
    """What one does about alerts."""

    def __init__(self, app: ConsoleApp, console: Console) -> None:
        super().__init__(app, console)
        scene = self.screen.scene
        self.way = Way(self.screen)
        """To the alert one was taken to."""
        targets = {target.id: target for target in scene.targets}
        self._finder = Finder(targets, scene.catalog, scene.actions, self.feed.store)
        self._carer = Care(app, self.feed.alarms, console.alert_port, self.screen.status.notice)

    @property
    def _care(self) -> Care:
        """The way to take care of alerts; raises `UsageError` in a replay."""
        self.must_be_live()
        return self._carer

    @property
    def alarms(self) -> Alarms:
        """What is known of alerts, of the moment that is shown."""
        return self.screen.alarms

    # -- going there ----------------------------------------------------------------------------

    def go_worst(self, argument: str) -> None:
        """Go to the worst alert where it is; pressed again, to the next."""
        del argument
        alert = self.way.next()
        if alert is None:
            raise UsageError(self._nothing())
        self.go_to(alert)

    def go_to(self, alert: Alert) -> None:
        """Show an alert where it is, or in the list of all when no tab has its target."""
        if not self.way.go(alert, self._keys()):
            self._list_alerts("", alert.id)
            self.say(f"no tab shows {clean(alert.target, 60)}: it is in the list of alerts")

    def _nothing(self) -> str:
        if not self.alarms.speaks:
            return self.alarms.unspoken
        return "there is no alert"

    def _keys(self) -> dict[str, str]:
        """Keys that help at an alert, by what is pressed; only those that lead anywhere."""
        bound: dict[str, str] = {}
        for active in self.screen.active_bindings.values():
            name = active.binding.id or ""
            bound.setdefault(name, self.app.get_key_display(active.binding))
        standing = self.feed.runs.standing
        if self.console.flow is None or standing is None or standing.read_only:
            bound.pop("act", None)
        return {bound[name]: word for name, word in KEYS.items() if name in bound}

    # -- the list -------------------------------------------------------------------------------

    def show_alerts(self, argument: str) -> None:
        """List all alerts, worst first; raises `UsageError` for a filter that makes no sense."""
        if argument:
            parse_filter(argument, [head for head in COLUMNS if isinstance(head, Column)])
        self._list_alerts(argument, "")

    def _list_alerts(self, find: str, at: str) -> None:
        def chosen(name: str | None) -> None:
            alert = self.alarms.get(name or "")
            if alert is not None and self.way.domain_of(alert) is None:
                self.explain(alert)
            elif alert is not None:
                self.go_to(alert)
                self.console.tick_soon()

        sheet = AlertSheet(lambda: self.alarms, self, self.screen.scene.targets, find=find, at=at)
        self.app.push_screen(sheet, chosen)

    def explain(self, alert: Alert) -> None:
        """Show everything known of an alert."""
        scene = self.screen.scene
        actions = {name: one for known in scene.actions.values() for name, one in known.items()}

        def rows() -> dict[str, Row]:
            newest = self.alarms.get(alert.id) or alert
            ruled = scene.ruled(newest.target, newest.rule)
            return account(newest, self.alarms, actions, ruled, self.alarms.now)

        title = clean(f"{alert.title}: {place(alert)}", 160)
        self.app.push_screen(Sheet(title, FIELDS, rows, live=True))

    def describe(self, argument: str) -> None:
        """The alert one was taken to; else, or for `row`, every field of the row."""
        alert = self.way.at_object() if argument != "row" else None
        if alert is not None:
            self.explain(alert)
        else:
            super().describe("")

    # -- what is done about it ------------------------------------------------------------------

    def act(self, argument: str) -> None:
        """Aim at the object of the alert one was taken to, remedies first; else as usual."""
        alert = self.way.at_object()
        if alert is not None and not argument:
            self.act_on(alert)
        else:
            super().act(argument)

    def act_on(self, alert: Alert) -> None:
        """Open the menu of what can be done to an alert's object."""
        self._flow().choose(self._finder.aim(alert))

    def acknowledge(self, argument: str) -> None:
        """Take on the alerts of what is marked or current; without words it asks for them."""
        alerts = self._here()
        first, _, rest = argument.partition(" ")
        wanted = seconds(first)
        if not argument:
            self.take_on(alerts)
        else:
            note = argument if wanted is None else rest.strip()
            self._care.acknowledge(_untaken(alerts), note, wanted or 0.0)

    def take_on(self, alerts: Sequence[Alert]) -> None:
        """Ask for note and time, then acknowledge."""
        self._care.take_on(_untaken(alerts))

    def unacknowledge(self, argument: str) -> None:
        """Take acknowledgements of what is marked or current back."""
        del argument
        self._care.release(self._here())

    def hush(self, alert: Alert) -> None:
        """Ask for what, time and reason, then silence."""
        self._care.hush(likeness(alert))

    def silence(self, argument: str) -> None:
        """`MATCH TIME REASON`; without words it asks, beginning with the alert one is at."""
        if argument:
            self._care.silence(*silencing(argument))
        else:
            alert = self.way.at_object()
            self._care.hush(likeness(alert) if alert else "")

    def unsilence(self, argument: str) -> None:
        """End a silence; without an id choose among them."""
        if argument:
            self._care.unsilence(argument)
            return
        self.must_be_live()
        if not self.alarms.silences:
            raise UsageError("nothing is silenced")

        def chosen(name: str | None) -> None:
            if name:
                self.console.carry_out(f"unsilence {name}")

        sheet = Sheet(Clean("End which silence?"), _SILENCES, self._silences, choose=True)
        self.app.push_screen(sheet, chosen)

    def _silences(self) -> dict[str, Row]:
        now = self.alarms.now
        return {
            name: (
                clean(name),
                clean(one.match),
                one.who,
                Clean(moment(one.until, now) if one.until else "for good"),
                one.reason,
            )
            for name, one in self.alarms.silences.items()
        }

    def _here(self) -> list[Alert]:
        """Alerts of what is marked, else under the cursor, else shown. Raises `UsageError`."""
        self.must_be_live()
        tab, alert = self.tab, self.way.at_object()
        if alert is not None:
            return [alert]
        table = tab.table
        ids = _chosen(table) if table is not None else []
        if tab.rows_listed is not None:
            found = [
                alert
                for each in ids
                for target, _, row_id in [each.partition(SEPARATOR)]
                for alert in self.alarms.open_on(target)
                if alert.probe == tab.rows_listed.probes[target].id
                and identity(alert.key) == row_id
            ]
        elif not tab.target:
            found = [alert for each in ids for alert in self.alarms.open_on(each)]
        else:
            probes = tab.detail.current.pane.probes
            found = [
                alert
                for alert in self.alarms.open_on(tab.target)
                if alert.probe in probes and (table is None or identity(alert.key) in ids)
            ]
        if not found:
            raise UsageError("there is no open alert on that; a lists all of them")
        return found


def _chosen(table: LiveTable) -> list[str]:
    if table.marked:
        return sorted(table.marked)
    return [table.cursor_id] if table.cursor_id is not None else []


def _untaken(alerts: Sequence[Alert]) -> list[Alert]:
    """Those that nobody took on yet; all when somebody did: what one says then replaces it."""
    return [alert for alert in alerts if alert.acknowledged is None] or list(alerts)


def likeness(alert: Alert) -> str:
    """A match that names this rule on this target; what has no word of its own fits a `?`."""
    return f"target:{_GLOBBED.sub('?', alert.target)} rule:{_GLOBBED.sub('?', alert.rule)}"
