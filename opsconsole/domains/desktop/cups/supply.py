"""What a printer uses up, as IPP tells it: `marker-levels` of CUPS, `printer-supply` of PWG."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from opsconsole.clean import Clean, clean
from opsconsole.domains.desktop.cups.wire import Queue
from opsconsole.domains.desktop.naming import told_apart
from opsconsole.domains.desktop.printer.supply import COLUMNS as PRINTER_COLUMNS
from opsconsole.domains.desktop.printer.supply import HIGH, LOW, part_of, percent
from opsconsole.domains.desktop.printer.word import PERCENT
from opsconsole.model import Level, Row
from opsconsole.reading import NO_LIMITS, Physical, Place, Reading

_SOURCES = {
    "supply": "marker-names or printer-supply-description, behind the queue's name",
    "type": "marker-types, or type= of printer-supply",
    "color": "marker-colors, or colorantname= of printer-supply",
    "left_percent": "marker-levels, or level= of printer-supply",
    "full_percent": "the same of a box for waste: CUPS counts how full it is",
    "word": "levels of -1, -2, -3 in words",
    "level": "marker-levels, or level= of printer-supply",
    "capacity": "100, or maxcapacity= of printer-supply",
    "unit": "unit= of printer-supply",
    "index": "its place in the list",
    "part": "number in its name",
}
COLUMNS = tuple(
    replace(column, source=_SOURCES.get(column.key, column.source)) for column in PRINTER_COLUMNS
)
"""The same as of printers by SNMP, so that all stand in one list."""


@dataclass(frozen=True, slots=True)
class Marker:
    """One supply of one queue."""

    queue: Clean
    at: int
    name: Clean
    kind: Clean
    color: Clean
    waste: bool
    level: int
    share: float | None
    low: int
    """At which the printer itself calls it low, or full."""
    most: int | None

    @property
    def judged(self) -> Level:
        """By the printer's own limit, or by ours; unknown without a level."""
        if self.share is None:
            return Level.OK if self.level in {-1, -3} else Level.UNKNOWN
        worst = (HIGH if self.waste else LOW).level(self.share)
        own = self.share >= self.low if self.waste else self.share <= self.low
        return max(worst, Level.WARN) if self.low > 0 and own else worst

    @property
    def word(self) -> Clean:
        """What stands in the place of a percentage."""
        if self.share is not None:
            return Clean("")
        if self.level == -3:
            return Clean("some room left" if self.waste else "some left")
        return Clean("without limit" if self.level == -1 else "not known")


def markers(queue: Queue) -> list[Marker]:
    """By `printer-supply` where there is one: it has classes; else by the markers of CUPS."""
    return list(_supplies(queue)) or list(_markers(queue))


def _markers(queue: Queue) -> Iterator[Marker]:
    said = queue.said
    names, kinds = said.texts("marker-names"), said.texts("marker-types")
    colors, lows = said.texts("marker-colors"), said.numbers("marker-low-levels")
    highs, levels = said.numbers("marker-high-levels"), said.numbers("marker-levels")
    lows += [None] * (len(levels) - len(lows))
    highs += [None] * (len(levels) - len(highs))
    for at, level in enumerate(levels):
        kind = _at(kinds, at)
        waste = kind.lower().startswith("waste")
        now = -2 if level is None else level
        yield Marker(
            *(queue.name, at, clean(_at(names, at) or f"marker {at + 1}", 120)),
            *(clean(_spaced(kind)), _color(_at(colors, at)), waste),
            now,
            percent(now, 100, PERCENT),
            (highs[at] if waste else lows[at]) or 0,
            100,
        )


def _at(items: Sequence[str], at: int) -> str:
    return items[at] if at < len(items) else ""


def _supplies(queue: Queue) -> Iterator[Marker]:
    names = queue.said.texts("printer-supply-description")
    for at, raw in enumerate(queue.said.attributes.get("printer-supply", ())):
        if not isinstance(raw, bytes):
            continue
        said = dict(pair.split("=", 1) for pair in raw.decode("latin-1").split(";") if "=" in pair)
        level, most = _whole(said.get("level")), _whole(said.get("maxcapacity"))
        kind = said.get("type", "")
        waste = said.get("class") == "receptacleThatIsFilled" or kind.startswith("waste")
        unit = PERCENT if said.get("unit") == "percent" else None
        now = -2 if level is None else level
        yield Marker(
            *(queue.name, at, clean(names[at] if at < len(names) else kind or f"{at + 1}", 120)),
            *(clean(_spaced(kind)), _color(said.get("colorantname", "")), waste),
            now,
            percent(now, most, unit),
            0,
            most if most and most > 0 else None,
        )


def _whole(text: str | None) -> int | None:
    try:
        return int(text or "")
    except ValueError:
        return None


def _spaced(kind: str) -> str:
    """`wasteToner`, `waste-toner` as words."""
    spaced = "".join(f" {char.lower()}" if char.isupper() else char for char in kind[:40])
    return spaced.replace("-", " ").strip()


_HEX = {
    "#000000": "black", "#00ffff": "cyan", "#ff00ff": "magenta", "#ffff00": "yellow",
    "none": "", "unknown": "", "other": "",
}  # fmt: skip


def _color(said: str) -> Clean:
    return clean(_HEX.get(said.lower(), said.lower()), 20)


def lowest(found: Sequence[Queue]) -> tuple[float | None, Clean]:
    """Of all supplies of queues that are used up, the one of which least is left."""
    known = [one for queue in found for one in markers(queue) if not one.waste]
    least = min((one for one in known if one.share is not None), key=_share, default=None)
    return (None, Clean("")) if least is None else (least.share, least.name)


def _share(one: Marker) -> float:
    return 0.0 if one.share is None else one.share


_WORDS = {
    Level.OK: Clean("ok"), Level.UNKNOWN: Clean("unknown"), Level.WARN: Clean("warning"),
    Level.CRIT: Clean("critical"),
}  # fmt: skip


def _all(found: Sequence[Queue]) -> list[tuple[Clean, Marker]]:
    """All of all queues; behind the name of its queue, where there are several."""
    every = [one for queue in found for one in markers(queue)]
    several = len(found) > 1
    names = told_apart(
        [(f"{one.queue}: {one.name}" if several else one.name, f"{one.at + 1}") for one in every]
    )
    return list(zip(names, every, strict=True))


def rows(found: Sequence[Queue], _before: Sequence[Queue] | None) -> list[Row]:
    """One row per supply of every queue."""
    return [
        (
            *(name, one.kind, one.color),
            *((None, one.share) if one.waste else (one.share, None)),
            *(_WORDS[one.judged], one.word, one.level if one.level >= 0 else None, one.most),
            *(Clean("%") if one.most == 100 else Clean(""), part_of(one.name)),
            Clean(f"{one.at + 1}"),
        )
        for name, one in _all(found)
    ]


def readings(found: Sequence[Queue]) -> list[Reading]:
    """Supplies as readings."""
    return [
        Reading(
            *(str(name), name, Physical.LEVEL, one.share),
            one.word or Clean("full" if one.waste else ""),
            None if one.share is not None and not one.low else one.judged,
            NO_LIMITS if one.share is None else HIGH if one.waste else LOW,
            *(Place.INSIDE, Clean("printer-supply, marker-levels")),
        )
        for name, one in _all(found)
    ]
