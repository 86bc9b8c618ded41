"""Rows as they were recorded, in the columns that their probe has now."""

from collections.abc import Mapping
from typing import Any

from opsconsole.model import Row, Sample
from opsconsole.recorder.journal import Shape, shapes_of
from opsconsole.spec import Probe


class Fitting:
    """Maps columns by key; remembers how."""

    def __init__(self, probes: Mapping[str, Probe[Any]]) -> None:
        self._shapes = shapes_of(probes)
        self._known: dict[tuple[str, Shape], list[int] | None] = {}

    def shape(self, probe: str) -> Shape | None:
        """The columns that rows come in; None for a probe that is not known any more."""
        return self._shapes.get(probe)

    def fit(self, sample: Sample, shape: Shape) -> Sample:
        """The sample with a cell for each column there is now; None where none was recorded."""
        if not sample.rows:
            return sample
        way = (sample.probe, shape)
        if way not in self._known:
            self._known[way] = self._places(*way)
        places = self._known[way]
        if places is None:
            return sample
        width = len(shape.columns)
        fitting = [row for row in sample.rows if len(row) == width]
        rows: list[Row] = fitting
        if places:
            rows = [tuple([row[at] if at >= 0 else None for at in places]) for row in fitting]
        return Sample(sample.probe, sample.target, sample.at, rows, sample.fault, sample.period)

    def _places(self, probe: str, shape: Shape) -> list[int] | None:
        if probe not in self._shapes:
            return None
        now = self._shapes[probe].columns
        if now == shape.columns:
            return []
        there = {key: at for at, key in enumerate(shape.columns)}
        return [there.get(key, -1) for key in now]
