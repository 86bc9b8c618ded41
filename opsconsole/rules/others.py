"""Who takes care of alerts that others found: they judge, we remember who of ours took it on."""

from collections.abc import Callable, Collection, Iterable, Sequence

import msgspec

from opsconsole.alert import Acknowledgement, Alert, Phase
from opsconsole.clean import Clean, clean


class KeptCare(msgspec.Struct, frozen=True):
    """One of them that somebody took on."""

    alert: str
    origin: Clean
    """The target that told of it."""
    taken: Acknowledgement


class Others:
    """Alerts that no rule of ours judges, as last told, and who took them on. No I/O, no clock."""

    def __init__(self) -> None:
        self.open: dict[str, Alert] = {}
        """Those that are not over, by id, as they were told."""
        self._taken: dict[str, KeptCare] = {}
        self.covering: Callable[[Alert], str] = lambda _: ""
        """Id of the silence of ours that names an alert; empty when none does."""
        self.dirty = False
        """Whether something changed that a restart must not forget; who saves it clears this."""

    def hear(self, alerts: Iterable[Alert]) -> list[Alert]:
        """Note alerts that changed; returns them with who took them on. What is over is forgotten.

        An acknowledgement comes with the message that an alert is over, for the last time.
        """
        shown: list[Alert] = []
        for alert in alerts:
            shown.append(self._shown(alert))
            if alert.phase is Phase.RESOLVED:
                self.open.pop(alert.id, None)
                self._forget(alert.id)
            else:
                self.open[alert.id] = alert
        return shown

    def settle(self, origins: Collection[str]) -> None:
        """Forget those of before a restart that are over: these targets told all they have."""
        gone = [
            one.alert
            for one in self._taken.values()
            if one.alert not in self.open and one.origin in origins
        ]
        for name in gone:
            self._forget(name)

    def whole(self) -> list[Alert]:
        """All that are not over."""
        return [self._shown(alert) for alert in self.open.values()]

    def acknowledge(
        self, ids: Sequence[str], who: str, note: str, seconds: float, now: float
    ) -> list[Alert]:
        """Take alerts on, each of which must be open; returns them as they are now."""
        until = now + seconds if seconds > 0 else 0.0
        taken = Acknowledgement(clean(who, 100), now, until, clean(note, 500))
        for id_ in ids:
            self._taken[id_] = KeptCare(id_, self.open[id_].origin, taken)
            self.dirty = True
        return [self._shown(self.open[id_]) for id_ in ids]

    def release(self, ids: Iterable[str]) -> list[Alert]:
        """Take acknowledgements back; returns the alerts that call again."""
        held = [id_ for id_ in ids if id_ in self._taken]
        for id_ in held:
            self._forget(id_)
        return [self._shown(self.open[id_]) for id_ in held if id_ in self.open]

    def expire(self, now: float) -> list[Alert]:
        """End what was taken on for a while; returns the alerts that call again."""
        return self.release(
            [one.alert for one in self._taken.values() if 0 < one.taken.until <= now]
        )

    @property
    def kept(self) -> list[KeptCare]:
        """What a restart must not forget: of alerts that a target will tell of again."""
        return [one for one in self._taken.values() if one.origin]

    def recall(self, kept: Iterable[KeptCare], origins: Collection[str]) -> None:
        """Take in what was kept; what was found by none of these targets is let go."""
        for one in kept:
            if one.origin in origins:
                said = one.taken
                # A file may have been written by anybody since.
                taken = Acknowledgement(clean(said.who, 100), said.at, said.until, clean(said.note))
                self._taken[one.alert] = KeptCare(one.alert, clean(one.origin), taken)

    def heed(self, kept: Iterable[KeptCare], origins: Collection[str]) -> list[Alert]:
        """Take over who takes care of what, as another collector has it; returns what changed."""
        before = {alert.id: alert for alert in self.whole()}
        self._taken = {}
        self.recall(kept, origins)
        return [alert for alert in self.whole() if alert != before[alert.id]]

    def _shown(self, alert: Alert) -> Alert:
        known = self._taken.get(alert.id)
        silenced = alert.silenced or self.covering(alert)
        if known is None and silenced == alert.silenced:
            return alert
        taken = known.taken if known else None
        return msgspec.structs.replace(alert, acknowledged=taken, silenced=silenced)

    def _forget(self, name: str) -> None:
        if self._taken.pop(name, None) is not None:
            self.dirty = True
