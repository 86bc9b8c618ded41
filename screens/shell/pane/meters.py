"""Panes of bars: some values of the only row, or the same values of every row."""

from typing import Any

from opsconsole.clean import Clean, clean
from opsconsole.model import Level, Row, Value
from opsconsole.spec import Pane, Probe, Series
from opsconsole.store import Store
from widgets.format import spell
from widgets.meter import Bar, Meters


class _Gauge:
    """Makes one bar of a row."""

    def __init__(self, series: Series, probe: Probe[Any]) -> None:
        self._parts = [probe.index(key) for key in series.columns]
        self._total = probe.index(series.total or series.columns[0])
        self._column = probe.columns[self._total]

    def bar(self, label: Clean, row: Row) -> Bar:
        """The bar; what is not known is an empty one."""
        value = row[self._total]
        level = self._column.limits.level(value) if self._column.limits else Level.OK
        parts = tuple(_share(row[index]) for index in self._parts)
        return Bar(label, parts, spell(self._column, value), level)


def _share(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


class GaugesBody(Meters, can_focus=True):
    """A bar for each series of the pane."""

    def __init__(self, pane: Pane, probe: Probe[Any]) -> None:
        super().__init__()
        self.pane = pane
        self._gauges = [(Clean(each.title), _Gauge(each, probe)) for each in pane.series]

    def draw(self, store: Store, target: str) -> None:
        """Show the newest row of the target."""
        rows = store.rows(self.pane.probes[0], target)
        self.show([gauge.bar(title, rows[0]) for title, gauge in self._gauges] if rows else [])

    def clear(self) -> None:
        """Forget the target shown before."""
        self.show([])


class MetersBody(Meters, can_focus=True):
    """A bar for each row, named by its identity."""

    def __init__(self, pane: Pane, probe: Probe[Any]) -> None:
        super().__init__()
        self.pane = pane
        self._gauge = _Gauge(pane.series[0], probe)
        self._keys = [probe.index(key) for key in probe.key]

    def draw(self, store: Store, target: str) -> None:
        """Show the newest rows of the target."""
        self.show([self._meter(row) for row in store.rows(self.pane.probes[0], target)])

    def _meter(self, row: Row) -> Bar:
        return self._gauge.bar(clean(" ".join(str(row[index]) for index in self._keys)), row)

    def clear(self) -> None:
        """Forget the target shown before."""
        self.show([])
