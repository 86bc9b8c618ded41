"""What two answers of a host in a row say happened: a reboot, units that failed and recovered."""

from collections.abc import Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.difference import changed
from opsconsole.domains.system.host import identity, inventory, journal, unit
from opsconsole.model import Level, Row
from opsconsole.spec import News

_BOOT, _UPTIME, _KERNEL = map(identity.PROBE.index, ("boot", "uptime_s", "kernel"))
_UNIT, _ACTIVE, _RESULT = map(unit.PROBE.index, ("unit", "active", "result"))
_HELD = Clean("")


def rebooted(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Another boot id: it was down meanwhile, and came up when its uptime says."""
    if not before or not now:
        return []
    old, new = before[0], now[0]
    if not old[_BOOT] or not new[_BOOT] or old[_BOOT] == new[_BOOT]:
        return []
    uptime = new[_UPTIME]
    up = at - uptime if isinstance(uptime, float | int) else at
    text = "rebooted"
    if old[_KERNEL] != new[_KERNEL]:
        text += f": kernel {old[_KERNEL]} -> {new[_KERNEL]}"
    return [Occurrence(up, "reboot", target, _HELD, Level.WARN, clean(text))]


def units(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Units that are listed now and were not, and the other way round."""
    old = {row[_UNIT]: row for row in before}
    new = {row[_UNIT]: row for row in now}
    found: list[Occurrence] = []
    for name, row in new.items():
        if name in old and old[name][_ACTIVE] == row[_ACTIVE]:
            continue
        failed = row[_ACTIVE] == "failed"
        said = "failed" if failed else "is restarted over and over"
        result = f": {row[_RESULT]}" if row[_RESULT] and row[_RESULT] != "success" else ""
        level = Level.CRIT if failed else Level.WARN
        found.append(_unit(target, at, name, level, f"{name} {said}{result}"))
    over = [name for name in old if name not in new]
    return found + [_unit(target, at, n, Level.OK, f"{n} is in order again") for n in over]


def _unit(target: str, at: float, name: object, level: Level, text: str) -> Occurrence:
    return Occurrence(at, "unit", target, clean(str(name)), level, clean(text))


NEWS = (
    News(identity.PROBE.id, rebooted),
    News(unit.PROBE.id, units),
    News(inventory.PROBE.id, changed),
    News(journal.PROBE.id, journal.bursts),
)
