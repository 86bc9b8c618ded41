"""A printer as readings, as every device of the physical world has them."""

import re
from collections.abc import Iterator, Sequence

from opsconsole.clean import Clean, clean
from opsconsole.domains.desktop.agent import Answer, number
from opsconsole.domains.desktop.printer import extra, mib, word
from opsconsole.domains.desktop.printer.status import condition, error_bits
from opsconsole.domains.desktop.printer.supply import HIGH, LOW, supplies
from opsconsole.domains.desktop.printer.tray import covers, trays
from opsconsole.model import Level
from opsconsole.reading import NO_LIMITS, Physical, Place, Reading
from opsconsole.varbind import Value


def readings(payload: bytes) -> Sequence[Reading]:
    """States, supplies, trays, covers, counts."""
    one = mib.read(payload)
    return [*_states(one), *_supplies(one), *_trays(one), *_covers(one), *_counts(one)]


def _states(one: Answer) -> Iterator[Reading]:
    said, level = condition(one)
    if said:
        first = next(iter(mib.printers(one)), "")
        yield _state(f"{mib.DEVICE}.5.{first}", "Device status", said, level)
    for index, row in one.table(mib.PRINTER).items():
        if row.get(2) is None:
            continue
        found = [word.ERRORS[bit] for bit in error_bits(row.get(2))]
        words = ", ".join(name for name, _ in found)
        level = max((level for _, level in found), default=Level.OK)
        yield _state(f"{mib.PRINTER}.2.{index}", "Error state", clean(words or "normal"), level)


def _state(oid: str, name: str, said: Clean, level: Level) -> Reading:
    return Reading(
        oid, clean(name), Physical.STATE, None, said, level, place=Place.INSIDE, source=clean(oid)
    )


def _supplies(one: Answer) -> Iterator[Reading]:
    for each in supplies(one):
        value = each.full if each.waste else each.left
        span = NO_LIMITS if value is None else HIGH if each.waste else LOW
        yield Reading(
            *(each.source, each.name, Physical.LEVEL, value),
            Clean("full") if each.full is not None else each.word,
            *(each.judged, span, Place.INSIDE, each.source),
        )


def _trays(one: Answer) -> Iterator[Reading]:
    for each in trays(one):
        value = each.left if each.full is None else each.full
        said = Clean("full") if each.full is not None else each.word
        yield Reading(
            *(each.source, each.name, Physical.LEVEL, value, said, each.judged),
            place=Place.INSIDE,
            source=each.source,
        )


def _covers(one: Answer) -> Iterator[Reading]:
    for each in covers(one):
        yield _state(f"{mib.COVER}.3.{each.key}", each.name, each.state, each.judged)


def _counts(one: Answer) -> Iterator[Reading]:
    for index, row in one.table(mib.MARKER).items():
        unit = word.UNITS.get(number(row.get(3)) or 0, "impressions")
        for column, name in ((4, "in its life"), (5, "since it was turned on")):
            yield from _count(f"{mib.MARKER}.{column}.{index}", f"Printed {name}, {unit}",
                              row.get(column))  # fmt: skip
    for oid, name in extra.COUNTERS.items():
        yield from _count(oid, name, one.scalars.get(oid))


_LEADING = re.compile(r"\s*(\d{1,15})")


def _count(oid: str, name: str, value: Value) -> Iterator[Reading]:
    if isinstance(value, bytes):
        found = _LEADING.match(value[:40].decode("latin-1"))
        value = int(found[1]) if found else None
    if isinstance(value, int) and value >= 0:
        yield Reading(oid, clean(name), Physical.COUNT, value, source=clean(oid))
