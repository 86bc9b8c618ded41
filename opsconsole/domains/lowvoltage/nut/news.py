"""What two answers of upsd in a row say happened: mains lost and back, a test's end."""

from collections.abc import Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import clean
from opsconsole.domains.lowvoltage.nut.sensor import LEVELS
from opsconsole.domains.lowvoltage.nut.ups import UPS
from opsconsole.model import Level, Row
from opsconsole.spec import News

_NAME, _MODE, _TESTED = map(UPS.index, ("ups", "mode", "tested"))


def changed(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Lines of the timeline."""
    old = {row[_NAME]: row for row in before}
    found: list[Occurrence] = []
    for row in now:
        was = old.get(row[_NAME])
        if was is None:
            continue
        for place, what in ((_MODE, "power"), (_TESTED, "battery test")):
            said, says = clean(str(was[place] or "")), clean(str(row[place] or ""))
            if says and said != says:
                level = LEVELS.get(says, Level.WARN if says == "failed" else Level.OK)
                text = clean(f"{what}: {said or 'nothing told'} -> {says}")
                name = clean(str(row[_NAME]))
                found.append(Occurrence(at, "change", target, name, level, text, "", said, says))
    return found


NEWS = (News(UPS.id, changed),)
