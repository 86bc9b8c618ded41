"""The machine-room shift log: places, air and power with the extremes of the shift, events."""

from collections.abc import Iterable, Iterator, Mapping

from opsconsole import chapter, places
from opsconsole.clean import Clean, clean
from opsconsole.document import Cell, Document, Field, Paragraph, Section, Table
from opsconsole.domains.lowvoltage.report import supply
from opsconsole.domains.lowvoltage.report.supply import MOST, extremes, left_out
from opsconsole.evidence import Evidence
from opsconsole.model import Level, Quantity
from opsconsole.places import Digest, Sensor, Spot
from opsconsole.reading import Physical
from opsconsole.spec import Recorded, Report

_STATE = Field("state", "State", Quantity.STATE)
_TARGET = Field("target", "Target")

_AIR = frozenset({"inlet", "air", "humidity", "dew", "airflow"})
_SENSES = frozenset({"leak", "smoke", "door"})
_POWER = frozenset({
    Physical.VOLTAGE, Physical.CURRENT, Physical.FREQUENCY, Physical.POWER, Physical.APPARENT,
    Physical.FACTOR, Physical.ENERGY, Physical.LOAD,
})  # fmt: skip

_EVENTS = frozenset({"change", "alert", "clear"})
"""Kinds of occurrences that the log tells of, besides notes."""


def build(evidence: Evidence) -> Document:
    """Places first, worst first; then air, power, doors, and what was done about it."""
    found = _sensors(evidence)
    digests = _digests(evidence, found)
    parts: Iterable[Section] = (
        _places(digests),
        *chapter.unreached(evidence),
        _wrong(evidence, found),
        _course(evidence, "Air", [one for one in found if places.about(one) in _AIR]),
        supply.section(evidence),
        supply.dark(evidence),
        _course(evidence, "Power", [one for one in found if one.physical in _POWER]),
        *_hours(evidence, found),
        _senses(found),
        *_rows(evidence, ".lane", "Parking lanes"),
        chapter.alerts(evidence),
        chapter.alerted(evidence),
        _repairs(evidence),
        chapter.deeds(evidence),
        _happened(evidence),
        _notes(evidence),
        _by_hand(digests),
        _unknown(evidence),
        chapter.basis(evidence),
    )
    span = (evidence.now, evidence.since, evidence.until)
    levels = [one.level for one in digests.values()]
    levels += [Level.UNKNOWN for one in evidence.targets if evidence.why(one.id)]
    level = max(levels, default=Level.UNKNOWN)
    return Document("lowvoltage.shift", "Machine-room shift log", *span, tuple(parts), level)


def _sensors(evidence: Evidence) -> list[Sensor]:
    return [
        sensor
        for probe, columns in evidence.columns.items()
        if probe.endswith(places.READINGS)
        for target in evidence.targets
        for sensor in places.sensors(target.id, probe, columns, evidence.rows(probe, target.id))
    ]


def _digests(evidence: Evidence, found: Iterable[Sensor]) -> dict[Spot, Digest]:
    spots = {target.id: places.spot(target.labels) for target in evidence.targets}
    digests: dict[Spot, Digest] = {}
    for sensor in found:
        digests.setdefault(spots[sensor.target], Digest()).take(sensor)
    for target in evidence.targets:
        if evidence.why(target.id):
            digests.setdefault(spots[target.id], Digest()).silent += 1
    return digests


_PLACES = (
    _STATE,
    *(Field(one.key, one.title.capitalize() if one.title.isalpha() else one.title, one.quantity)
      for one in places.COLUMNS[1:]),
)  # fmt: skip


def _places(digests: Mapping[Spot, Digest]) -> Section:
    listed = sorted(places.tree(digests), key=lambda one: -one[1].level)
    rows = tuple((found.level, *places.row(spot, found)[1:]) for spot, found in listed[:MOST])
    told = "Each as bad as its worst sensor; * is a room or a site as a whole."
    table = Table(_PLACES, rows, empty="No sensor answered.")
    level = max((found.level for found in digests.values()), default=Level.UNKNOWN)
    return Section("Places", (Paragraph(told), table, *left_out(len(listed))), level)


_MEASURED = (
    _STATE,
    _TARGET,
    Field("name", "Sensor"),
    Field("value", "Now", Quantity.NUMBER),
    Field("low", "Lowest", Quantity.NUMBER),
    Field("high", "Highest", Quantity.NUMBER),
    Field("unit", "Unit"),
    Field("limits", "Limits"),
    Field("whose", "Whose limits"),
)


def _worst_first(found: Iterable[Sensor]) -> list[Sensor]:
    return sorted(found, key=lambda one: (-one.level, one.physical, one.target, one.name))


def _line(evidence: Evidence, one: Sensor) -> tuple[Cell, ...]:
    columns = [column.key for column in evidence.columns[one.probe]]
    values = dict(zip(columns, one.row, strict=True))
    key = evidence.key_of(one.probe, one.row)
    ends = [values.get(end) for end in ("low_crit", "low_warn", "high_warn", "high_crit")]
    limits = " / ".join("-" if end is None else f"{end:g}" for end in ends
                        if not isinstance(end, str))  # fmt: skip
    return (
        *(one.level, clean(one.target), one.name),
        one.word if one.value is None else one.value,
        *extremes(evidence, one.probe, one.target, key, "value"),
        clean(str(values.get("unit") or "")),
        clean(limits if any(end is not None for end in ends) else ""),
        clean(str(values.get("whose") or ""), 80),
    )


def _table(evidence: Evidence, found: list[Sensor], empty: str) -> list[Table | Paragraph]:
    rows = tuple(_line(evidence, one) for one in found[:MOST])
    return [Table(_MEASURED, rows, empty=empty), *left_out(len(found))]


def _wrong(evidence: Evidence, found: Iterable[Sensor]) -> Section:
    bad = _worst_first(one for one in found if one.level > Level.UNKNOWN)
    level = max((one.level for one in bad), default=Level.OK)
    blocks = _table(evidence, bad, "No reading is out of its limits.")
    return Section("Readings out of limits", tuple(blocks), level)


def _course(evidence: Evidence, title: str, found: Iterable[Sensor]) -> Section:
    """Sensors with the extremes of the period, the worst first."""
    listed = _worst_first(found)
    level = max((one.level for one in listed), default=None)
    return Section(title, tuple(_table(evidence, listed, "No sensor of that.")), level)


def _hours(evidence: Evidence, found: Iterable[Sensor]) -> Iterator[Section]:
    """Run hours, whose balance tells which unit wears out."""
    mine = [one for one in found if "hour" in one.name.lower() and one.value is not None]
    if mine:
        yield _course(evidence, "Run hours", mine)


_STATES = (
    _STATE, _TARGET, Field("name", "Sensor"), Field("about", "Of"), Field("word", "Says"),
)  # fmt: skip


def _senses(found: Iterable[Sensor]) -> Section:
    mine = _worst_first(one for one in found if places.about(one) in _SENSES)
    rows = tuple(
        (one.level, clean(one.target), one.name, clean(places.about(one)), one.word)
        for one in mine[:MOST]
    )
    level = max((one.level for one in mine), default=None)
    table = Table(_STATES, rows, empty="No sensor of that.")
    return Section("Doors, leaks and smoke", (table, *left_out(len(mine))), level)


SHOWN = 8
"""Columns of a list whose kind is not known here."""


def _rows(evidence: Evidence, suffix: str, title: str) -> Iterator[Section]:
    """Rows of probes that end so, as they are."""
    for probe, columns in evidence.columns.items():
        if not probe.endswith(suffix):
            continue
        shown = columns[:SHOWN]
        fields = (_TARGET, *(Field(one.key, one.title.capitalize(), Quantity.TEXT
                                   if one.quantity is Quantity.STATE else one.quantity)
                             for one in shown))  # fmt: skip
        rows = tuple(
            (clean(target.id), *row[: len(shown)])
            for target in evidence.targets
            for row in evidence.rows(probe, target.id)
        )
        table = Table(fields, rows[:MOST], empty="None answered.")
        yield Section(title, (table, *left_out(len(rows))))


_REPAIRS = (
    Field("kind", "Subsystem"),
    Field("alerts", "Alerts over", Quantity.COUNT),
    Field("mean_s", "Mean time to right", Quantity.SECONDS),
    Field("longest_s", "Longest", Quantity.SECONDS),
)


def _repairs(evidence: Evidence) -> Section:
    """How long alerts lasted, those that began and ended within the period."""
    title = "Mean time to right, by subsystem"
    if evidence.recorded is None:
        return Section(title, (Paragraph("Not known: nothing is recorded."),))
    kinds = {target.id: target.kind for target in evidence.targets}
    began: dict[str, float] = {}
    lasted: dict[str, list[float]] = {}
    for one in evidence.occurrences:
        if one.target not in kinds or not one.ref:
            continue
        if one.kind == "alert":
            began.setdefault(one.ref, one.at)
        elif one.kind == "clear" and one.ref in began:
            lasted.setdefault(kinds[one.target], []).append(one.at - began.pop(one.ref))
    rows = tuple(
        (clean(kind), len(times), sum(times) / len(times), max(times))
        for kind, times in sorted(lasted.items())
    )
    return Section(title, (Table(_REPAIRS, rows, empty="No alert began and ended."),))


def _happened(evidence: Evidence) -> Section:
    """Doors that opened, mains that were lost, tests that ended: as the targets told it."""
    mine = {target.id for target in evidence.targets}
    found = [one for one in evidence.occurrences if one.kind in _EVENTS and one.target in mine]
    left = len(found) - MOST
    more = (Paragraph(f"The first {left} are not listed."),) if left > 0 else ()
    return Section("What happened", (*more, chapter.timeline(tuple(found[-MOST:]))))


def _notes(evidence: Evidence) -> Section:
    """What somebody wrote down: visitors, patrols, spares."""
    found = tuple(one for one in evidence.occurrences if one.kind == "note")
    return Section("Notes", (chapter.timeline(found),))


_PATROL = tuple(
    Field(key, title)
    for key, title in (
        ("place", "Place"), ("at", "When"), ("who", "Who"), ("sound", "Sounds and smells right"),
        ("water", "No water"), ("shut", "Doors shut"), ("photo", "Photo"),
    )
)  # fmt: skip
_VISITORS = tuple(
    Field(key, title)
    for key, title in (("who", "Visitor"), ("of", "Of"), ("came", "Came"), ("left", "Left"),
                       ("why", "Why"), ("with", "Accompanied by"))
)  # fmt: skip
_EMPTY = Clean("")

LINES = 4
"""Empty lines for visitors."""


def _by_hand(digests: Mapping[Spot, Digest]) -> Section:
    """What no target tells: filled in by who was there."""
    rooms = sorted({" ".join(filter(None, spot[:2])) or "every room" for spot in digests})
    patrol = tuple((clean(room), *[_EMPTY] * (len(_PATROL) - 1)) for room in rooms)
    visitors = tuple((_EMPTY,) * len(_VISITORS) for _ in range(LINES))
    told = "No target tells this: it is filled in by hand, or written down with `:note`."
    return Section(
        "By hand",
        (Paragraph(told), Table(_PATROL, patrol, "Patrol"), Table(_VISITORS, visitors, "Visitors")),
    )


def _unknown(evidence: Evidence) -> Section:
    told = [
        "PUE: not known; no target tells what the whole site takes.",
        "Spares, photos and visitors: in no answer.",
    ]
    if evidence.recorded is None:
        told.append("Lowest and highest values of the shift: nothing is recorded.")
    return Section("What is not known", tuple(map(Paragraph, told)))


REPORT = Report(
    id="lowvoltage.shift",
    title="Machine-room shift log",
    about="Rooms, air and power with the extremes of the shift, alarms and what was done.",
    kinds=(),
    probes=(f"*{places.READINGS}", f"*{supply.UPS}", "*.lane"),
    build=build,
    past=(
        Recorded(f"*{places.READINGS}", "value", 0.0, 96),
        Recorded(f"*{supply.UPS}", "charge_percent", 0.0, 96),
        Recorded(f"*{supply.UPS}", "load_percent", 0.0, 96),
    ),
    # They stand in offices: one that is off at night is no fault of a machine room.
    without=("cups", "endpoint", "printer"),
    hours=12.0,
    default=True,
)
