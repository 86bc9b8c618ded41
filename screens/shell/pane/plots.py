"""A pane that plots the recent course of columns."""

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical

from opsconsole.clean import Clean
from opsconsole.model import Column
from opsconsole.spec import Pane, Probe
from opsconsole.store import Store
from widgets.plot import Plot

POINTS = 800
"""Points asked of the store: two per cell of the widest screen."""


class PlotsBody(Vertical, can_focus=True):
    """One plot per series of the pane; the first row of a probe only."""

    def __init__(self, pane: Pane, catalog: Mapping[str, Probe[Any]]) -> None:
        super().__init__()
        self.pane = pane
        self._plots = [
            (series, [_column(catalog[series.probe], key) for key in series.columns])
            for series in pane.series
        ]
        self._drawn = [
            Plot(Clean(""), series.top, columns[0].quantity) for series, columns in self._plots
        ]

    def compose(self) -> ComposeResult:
        """The plots share the room."""
        yield from self._drawn

    def draw(self, store: Store, target: str) -> None:
        """Show the recent past of the target."""
        for plot, (series, columns) in zip(self._drawn, self._plots, strict=True):
            period = store.period(series.probe, target) or 0.0
            courses = [
                (column.title, store.trend(series.probe, target, (), column.key, POINTS))
                for column in columns
            ]
            longest = max((len(values) for _, values in courses), default=0)
            plot.show(courses, period * longest)

    def clear(self) -> None:
        """Forget the target shown before."""
        for plot in self._drawn:
            plot.show([], 0.0)


def _column(probe: Probe[Any], key: str) -> Column:
    return probe.columns[probe.index(key)]
