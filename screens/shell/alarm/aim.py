"""What an alert means to act on: its very object, with the remedies of its rule first."""

from collections.abc import Iterable, Mapping
from typing import Any

from opsconsole.alert import Alert
from opsconsole.clean import Clean, clean
from opsconsole.errors import UsageError
from opsconsole.model import Row, Target, Value
from opsconsole.plan import Thing
from opsconsole.spec import Action, Probe
from opsconsole.store import Store
from screens.shell.act.aim import Actions, Aim, called, pins_of, values_of
from screens.shell.alarm.account import sentence
from screens.shell.alarm.wording import place


class Finder:
    """Finds the row an alert is about, and what can be done to it."""

    def __init__(
        self,
        targets: Mapping[str, Target],
        catalog: Mapping[str, Probe[Any]],
        actions: Actions,
        store: Store,
    ) -> None:
        self._targets = targets
        self._catalog = catalog
        self._actions = actions
        self._store = store

    def row(self, alert: Alert) -> Row | None:
        """The newest row of its object; None when it is gone or was never looked at here."""
        probe = self._catalog.get(alert.probe)
        if probe is None or len(probe.key) != len(alert.key):
            return None
        places = [probe.index(key) for key in probe.key]
        wanted = [str(value) for value in alert.key]
        for row in self._store.rows(alert.probe, self._home(alert)):
            if [str(row[at]) for at in places] == wanted:
                return row
        return None

    def _home(self, alert: Alert) -> str:
        """The target whose row it is: who found it, if that was not us."""
        return alert.origin if alert.origin in self._targets else alert.target

    def aim(self, alert: Alert) -> Aim:
        """Aim at its object by identity; raises `UsageError` when nothing can be done to it.

        One that others found is itself the object, at the target that found it.
        """
        home = self._home(alert)
        target = self._targets.get(home)
        if target is None:
            raise UsageError(f"{home} is not in the estate of this console")
        known = self._actions.get(target.kind, {})
        itself = Thing(target.id, (), clean(target.id, 100))
        thing, values = self._thing(alert, itself, known.values())
        on_row = [a for a in known.values() if thing.pins and alert.probe in a.probes]
        on_target = [a for a in known.values() if not a.probes]
        if values is not None:
            on_row = [action for action in on_row if action.fits(values)]
        offered = _remedies_first(alert, on_row, on_target, about_row=bool(thing.pins))
        if not offered:
            helps = "; ".join(_notes(alert, set(), known))
            nothing = f"there is nothing to do to {place(alert)} by the console"
            raise UsageError(f"{nothing}; what helps: {helps}" if helps else nothing)
        apart = {a.id: (itself,) for a in offered if thing.pins and not a.probes}
        notes = _notes(alert, {action.id for action in offered}, known)
        return Aim((thing,), tuple(offered), place(alert), apart, notes)

    def _thing(
        self, alert: Alert, itself: Thing, known: Iterable[Action]
    ) -> tuple[Thing, Mapping[str, Value] | None]:
        """The object, and its row where that is known."""
        probe = self._catalog.get(alert.probe)
        if probe is None or not alert.key or len(probe.key) != len(alert.key):
            return itself, None
        row = self.row(alert)
        keys = dict(zip(probe.key, alert.key, strict=True))
        values = values_of(probe.columns, row) if row else keys
        pins = {pin for action in known if alert.probe in action.probes for pin in action.pins}
        found = pins_of(probe, values, pins)
        if not found:
            return itself, None
        home = self._home(alert)
        thing = Thing(home, found, called(probe, values, home))
        return thing, values if row else None


def _remedies_first(
    alert: Alert, on_row: list[Action], on_target: list[Action], *, about_row: bool
) -> list[Action]:
    """Remedies in the order of the rule, then what else there is for the object itself."""
    possible = {action.id: action for action in (*on_row, *on_target)}
    first = [possible[name] for name in dict.fromkeys(alert.remedies) if name in possible]
    others = on_row if about_row else on_target
    return [*first, *(action for action in others if action not in first)]


def _notes(alert: Alert, offered: set[str], known: Mapping[str, Action]) -> tuple[Clean, ...]:
    """Remedies that cannot be picked here, as sentences."""
    return tuple(sentence(remedy, known) for remedy in alert.remedies if remedy not in offered)
