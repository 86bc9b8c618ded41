"""What happened between two answers of a device: it began anew, its power came from elsewhere."""

from collections.abc import Sequence

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.domains.lowvoltage.device.probe import IDENTITY, OUTLETS, UPS
from opsconsole.model import Level, Row
from opsconsole.spec import News

_UPTIME, _MODEL, _SERIAL, _FIRMWARE = map(
    IDENTITY.index, ("uptime_s", "model", "serial", "firmware")
)
_SOURCE = UPS.index("source")

_OUTLET, _NAME, _STATE = map(OUTLETS.index, ("outlet", "name", "state"))

_BAD = {"battery": Level.WARN, "bypass": Level.WARN, "off": Level.CRIT}


def itself(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """Its agent began anew, or it is another device, or has another firmware."""
    found: list[Occurrence] = []
    for old, new in zip(before, now, strict=False):
        was, uptime = old[_UPTIME], new[_UPTIME]
        if isinstance(was, int | float) and isinstance(uptime, int | float) and 0 <= uptime < was:
            text = Clean("its agent began anew")
            found.append(Occurrence(at - uptime, "reboot", target, Clean(""), Level.WARN, text))
        for what, index in (("model", _MODEL), ("serial", _SERIAL), ("firmware", _FIRMWARE)):
            one, other = clean(str(old[index]), 80), clean(str(new[index]), 80)
            if one and other and one != other:
                text = clean(f"{what}: {one} -> {other}")
                found.append(Occurrence(at, "change", target, Clean(what), Level.WARN, text,
                                        "", one, other))  # fmt: skip
    return found


def power(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """A UPS went on battery, on bypass, or back."""
    found: list[Occurrence] = []
    for old, new in zip(before, now, strict=False):
        was, source = clean(str(old[_SOURCE]), 40), clean(str(new[_SOURCE]), 40)
        if was and source and was != source:
            text = clean(f"source: {was} -> {source}")
            level = _BAD.get(source, Level.OK)
            found.append(Occurrence(at, "change", target, Clean("ups"), level, text,
                                    "", was, source))  # fmt: skip
    return found


def switched(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """An outlet was switched, whoever did it."""
    old = {row[_OUTLET]: clean(str(row[_STATE]), 40) for row in before}
    found: list[Occurrence] = []
    for row in now:
        was, state = old.get(row[_OUTLET], Clean("")), clean(str(row[_STATE]), 40)
        if was and state and was != state:
            name = clean(str(row[_NAME]), 60)
            text = clean(f"outlet {row[_OUTLET]}, {name}: {was} -> {state}")
            level = Level.WARN if state == "off" else Level.OK
            found.append(Occurrence(at, "change", target, name, level, text, "", was, state))
    return found


NEWS = (News(IDENTITY.id, itself), News(UPS.id, power), News(OUTLETS.id, switched))
