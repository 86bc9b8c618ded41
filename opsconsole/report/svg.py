"""Charts as inline SVG: one line per series, named in text, in colours that the page decides."""

import math
from collections.abc import Iterator, Sequence
from html import escape

from opsconsole.document import Chart, Line, Mark
from opsconsole.report.layout import harmless
from opsconsole.spelling import spelled, when

WIDTH, HEIGHT = 720, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 12, 10, 26
_STEPS = (1, 2, 2.5, 5, 10)
_COLOURS = 8
"""Classes `line0` … of the style sheet; more lines begin again, with other dashes."""


def quoted(text: str) -> str:
    """Text for an element or an attribute."""
    return escape(harmless(text), quote=True)


def sparkline(values: Sequence[float]) -> str:
    """A small line without axes; empty when there is nothing to draw."""
    known = [value for value in values if math.isfinite(value)]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = 96 / max(len(values) - 1, 1)
    flat = high == low
    points = [
        (2 + place * step, 9.0 if flat else 16 - 14 * (value - low) / span)
        for place, value in enumerate(values)
    ]
    told = f"{len(known)} values, {low:.3g} to {high:.3g}, last {known[-1]:.3g}"
    lines = "".join(f'<polyline points="{run}"/>' for run in _runs(points))
    return (
        f'<svg class="spark" viewBox="0 0 100 18" width="100" height="18" role="img"'
        f' aria-label="{escape(told)}">{lines}</svg>'
    )


def _runs(points: Sequence[tuple[float, float]]) -> Iterator[str]:
    """Stretches without a gap; a point alone becomes a short one."""
    run: list[str] = []
    for across, down in [*points, (0.0, math.nan)]:
        if math.isfinite(down):
            run.append(f"{across:.1f},{down:.1f}")
        elif run:
            yield " ".join(run if len(run) > 1 else run * 2)
            run = []


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round values from at most `low` to at least `high`."""
    span = max(high - low, abs(high) * 1e-9, 1e-9)
    rough = span / wanted
    power = 10 ** math.floor(math.log10(rough))
    step = next(size * power for size in _STEPS if size * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [place * step for place in range(first, max(last, first + 1) + 1)]


class _Axes:
    """From time and value to places in the picture."""

    def __init__(self, chart: Chart) -> None:
        known = [
            value for line in chart.lines for _, value in line.points if math.isfinite(value)
        ] + [mark.value for mark in chart.marks if math.isfinite(mark.value)]
        high = chart.top if chart.top is not None else max(known, default=1.0)
        low = min(0.0, min(known, default=0.0))
        self.ticks = ticks(low, max(high, low))
        self._low, self._high = self.ticks[0], self.ticks[-1]
        self._since = chart.since
        self._span = max(chart.until - chart.since, 1.0)

    def across(self, at: float) -> float:
        share = (at - self._since) / self._span
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * min(max(share, 0.0), 1.0)

    def down(self, value: float) -> float:
        if not math.isfinite(value):
            return math.nan
        share = (value - self._low) / (self._high - self._low)
        return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * min(max(share, 0.0), 1.0)


def figure(chart: Chart) -> str:
    """A chart with its axes, its legend below it, and what it shows in words."""
    axes = _Axes(chart)
    parts = [
        f'<figure><figcaption>{quoted(chart.title)}</figcaption><svg viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' class="chart" role="img" aria-label="{quoted(_told(chart))}">'
    ]
    parts += _grid(chart, axes)
    for place, line in enumerate(chart.lines):
        points = [(axes.across(at), axes.down(value)) for at, value in line.points]
        style = _style(place)
        parts += [f'<polyline class="line {style}" points="{run}"/>' for run in _runs(points)]
    parts += [_mark(chart, axes, mark) for mark in chart.marks]
    parts += ["</svg>", _legend(chart), "</figure>"]
    return "".join(parts)


def _style(place: int) -> str:
    dashes = f" dash{place // _COLOURS % 3}" if place >= _COLOURS else ""
    return f"line{place % _COLOURS}{dashes}"


def _grid(chart: Chart, axes: _Axes) -> Iterator[str]:
    for value in axes.ticks:
        down = axes.down(value)
        yield f'<line class="grid" {_across(down)}/>'
        label = quoted(spelled(chart.quantity, value).replace(".0 %", " %"))
        yield f'<text x="{_LEFT - 6}" y="{down + 4:.1f}" text-anchor="end">{label}</text>'
    places = ((0.0, "start"), (1 / 3, "middle"), (2 / 3, "middle"), (1.0, "end"))
    for share, anchor in places:
        at = chart.since + share * (chart.until - chart.since)
        across = axes.across(at)
        yield f'<text x="{across:.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{when(at)}</text>'


def _across(down: float) -> str:
    """Ends of a level line from edge to edge."""
    return f'x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{down:.1f}" y2="{down:.1f}"'


def _mark(chart: Chart, axes: _Axes, mark: Mark) -> str:
    down = axes.down(mark.value)
    if not math.isfinite(down):
        return ""
    name = quoted(f"{mark.name} {spelled(chart.quantity, mark.value)}")
    return (
        f'<line class="mark {mark.level.name.lower()}" {_across(down)}/>'
        f'<text class="mark" x="{WIDTH - _RIGHT - 2}" y="{max(down - 4, 9):.1f}"'
        f' text-anchor="end">{name}</text>'
    )


def _legend(chart: Chart) -> str:
    items = [
        f'<li><svg class="key" viewBox="0 0 24 8" width="24" height="8" aria-hidden="true">'
        f'<line class="line {_style(place)}" x1="0" x2="24" y1="4" y2="4"/></svg>'
        f"{quoted(_summary(chart, line))}</li>"
        for place, line in enumerate(chart.lines)
    ]
    return f'<ul class="legend">{"".join(items)}</ul>' if items else "<p>No data.</p>"


def _summary(chart: Chart, line: Line) -> str:
    known = [value for _, value in line.points if math.isfinite(value)]
    if not known:
        return f"{line.name}: no data"
    low, high, last = (spelled(chart.quantity, one) for one in (min(known), max(known), known[-1]))
    return f"{line.name}: {low} to {high}, last {last}"


def _told(chart: Chart) -> str:
    lines = "; ".join(_summary(chart, line) for line in chart.lines)
    return f"{chart.title}, {when(chart.since)} to {when(chart.until)}. {lines}"
