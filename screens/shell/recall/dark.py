"""What goes dark, in order and when: batteries with their minutes, then what stands on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from opsconsole.battery import POINTS, Battery, Supply, batteries, ending
from opsconsole.clean import Clean, clean
from opsconsole.model import Column, Quantity, Row, Target
from opsconsole.policy import PROTECTED
from opsconsole.power import OUTLET, Power
from opsconsole.spec import Probe
from opsconsole.store import Store
from screens.shell.sheet import text_column

_LEFT = "the shorter of what the device tells and how its charge falls"

COLUMNS = (
    Column("dark_s", "DARK IN", Quantity.SECONDS, _LEFT),
    text_column("target", "TARGET"),
    Column("state", "STATE", Quantity.STATE, "of a battery its own word; of others what becomes"),
    text_column("kind", "KIND"),
    text_column("through", "THROUGH"),
    text_column("place", "PLACE"),
    Column("charge_percent", "CHARGE", Quantity.PERCENT, "of the battery"),
    Column("load_percent", "LOAD", Quantity.PERCENT, "of the battery"),
    Column("told_s", "TOLD", Quantity.SECONDS, "what the device tells, at this load"),
    Column("measured_s", "MEASURED", Quantity.SECONDS, "by how its charge fell until now"),
)

_PLACE = ("site", "room", "rack", "env")


@dataclass(frozen=True, slots=True)
class Dark:
    """Rows of the sheet, as things stand when asked."""

    target: str
    """Whose power is thought away besides; empty is what is on battery, else all."""
    store: Store
    targets: Mapping[str, Target]
    supplies: Mapping[str, Supply]
    catalog: Mapping[str, Probe[Any]]
    power: Power

    def rows(self) -> dict[str, Row]:
        """A row per battery that counts, then one per target, the first to go dark first."""
        known = self.batteries()
        out = ending(known, self.target)
        mine = sorted(
            (one for one in known if one.source in out),
            key=lambda one: (out[one.source], one.source),
        )
        rows = {one.source: self._battery(one) for one in mine}
        for source in out.keys() - rows.keys():
            rows[source] = self._row(source, 0.0, Clean("thought away"), "")
        for end in self.power.ends(out):
            if end.dark:
                word = "protected, goes dark" if self._protected(end.target) else "goes dark"
                rows[end.target] = self._row(end.target, end.seconds, Clean(word), end.through)
            else:
                word = clean(f"keeps {', '.join(end.kept)}", 80)
                rows[end.target] = self._row(end.target, None, word, end.through)
        return rows

    def batteries(self) -> list[Battery]:
        """All that are heard of."""
        found: list[Battery] = []
        for target in self.targets.values():
            supply = self.supplies.get(target.kind)
            if supply is not None:
                found += self._of(target.id, supply)
        return found

    def _of(self, target: str, supply: Supply) -> list[Battery]:
        probe = self.catalog[supply.probe]

        def trend(key: Row) -> list[float]:
            return self.store.trend(probe.id, target, key, "charge_percent", POINTS)

        standing = self.store.state(probe.id, target)
        return batteries(
            supply,
            target,
            [column.key for column in probe.columns],
            probe.key,
            self.store.rows(probe.id, target),
            trend,
            self.store.period(probe.id, target) or 1.0,
            standing.age_s or 0.0,
        )

    def _protected(self, target: str) -> bool:
        return PROTECTED in self.targets[target].labels

    def _row(self, source: str, seconds: float | None, state: Clean, through: str) -> Row:
        one = self.targets.get(source.partition(OUTLET)[0])
        labels: Mapping[str, str] = one.labels if one else {}
        place = " ".join(labels[name] for name in _PLACE if labels.get(name))
        kind = clean(one.kind) if one else Clean("")
        return (seconds, clean(source), state, kind, clean(through), clean(place, 80),
                None, None, None, None)  # fmt: skip

    def _battery(self, one: Battery) -> Row:
        row = self._row(one.source, one.left, one.state, "")
        return (*row[:6], one.charge, one.load, one.told, one.measured)
