"""Alerts in words: rows of the list, fields of one, what header, strip and status line say."""

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from opsconsole.alert import Alert, Phase, Silence
from opsconsole.clean import Clean, clean
from opsconsole.fleet import Judgement
from opsconsole.model import Column, Level, Quantity, Row
from screens.shell.sheet import text_column
from widgets.format import SIGN
from widgets.table import SparkColumn

if TYPE_CHECKING:
    from screens.shell.alarm.known import Alarms, Counts

LEVELS: Mapping[Level, Clean] = {
    Level.OK: Clean("ok"),
    Level.UNKNOWN: Clean("unknown"),
    Level.WARN: Clean("warn"),
    Level.CRIT: Clean("crit"),
}
_RULES = "the rules of the collector"
COURSE = "course"

COLUMNS: tuple[Column | SparkColumn, ...] = (
    Column("state", "STATE", Quantity.STATE, _RULES),
    Column("age_s", "AGE", Quantity.SECONDS, "since it was raised"),
    Column("target", "TARGET", Quantity.TEXT, "id of the target in the estate"),
    Column("object", "OBJECT", Quantity.TEXT, "key of the row"),
    Column("title", "WHAT", Quantity.TEXT, _RULES),
    Column("why", "WHY", Quantity.TEXT, "the value against its limit"),
    SparkColumn(COURSE, "COURSE", "value"),
    Column("care", "CARE", Quantity.TEXT, "who or what takes care of it"),
    Column("times", "TIMES", Quantity.COUNT, "how often raised within the last hour"),
    Column("value", "VALUE", Quantity.NUMBER, "the newest value"),
    Column("limit", "LIMIT", Quantity.NUMBER, _RULES),
    Column("level", "LEVEL", Quantity.STATE, _RULES),
    Column("rule", "RULE", Quantity.TEXT, _RULES),
    Column("probe", "PROBE", Quantity.TEXT, _RULES),
    Column("origin", "ORIGIN", Quantity.TEXT, "who found it, when that was not this collector"),
)
"""What the list can show; the course follows the value."""

SHOWN = ("state", "age_s", "target", "object", "title", "why", COURSE, "care", "times")

FIELDS = (text_column("field", "FIELD"), text_column("says", "SAYS"))
"""Of the sheet of one alert."""

WRAP = 56
"""Characters of one line of that sheet: what eighty columns have room for."""


NEAR_S = 20 * 3600.0
"""Seconds within which a time of day says which day it is."""


def duration(seconds: float) -> str:
    """An age as one says it: `40 s`, `12 min`, `3 h`, `2 days`."""
    if not math.isfinite(seconds):
        return "?"
    whole = max(0, int(seconds))
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if whole >= 2 * size:
            return f"{whole // size} {unit}"
    return f"{whole} s"


def moment(at: float, now: float) -> str:
    """A time of day, with its date when that could be another one; `?` for what is no time."""
    try:
        near = abs(at - now) < NEAR_S
        return time.strftime("%H:%M" if near else "%Y-%m-%d %H:%M", time.localtime(at))
    except (OverflowError, ValueError, OSError):
        return "?"


def place(alert: Alert) -> Clean:
    """`/var on web-1`, or the target alone, or the object of what is on no target."""
    target = clean(alert.target, 80)
    return clean(" on ".join(filter(None, (alert.thing, target))), 160)


def word(alert: Alert) -> Clean:
    """Where it stands, in one word: the level while it calls, else why it does not."""
    if alert.phase is not Phase.OPEN:
        return clean(str(alert.phase))
    if alert.acknowledged is not None:
        return Clean("ack")
    if alert.silenced:
        return Clean("silenced")
    return Clean("explained") if alert.cause else LEVELS[alert.level]


def state(alert: Alert) -> Clean:
    """The word, and how bad it is where the word does not say: `crit`, `ack crit`, `resolved`."""
    said = word(alert)
    cared = alert.phase is Phase.OPEN and not alert.calls
    return Clean(f"{said} {LEVELS[alert.level]}") if cared else said


def care(alert: Alert, silences: Mapping[str, Silence], cause: Alert | None, now: float) -> Clean:
    """Who or what takes care of it, and until when; empty when nobody does."""
    words: list[str] = []
    if alert.phase is Phase.UNKNOWN:
        words.append(f"its data stopped {duration(now - alert.changed)} ago")
    elif alert.phase is Phase.RESOLVED:
        words.append(f"over since {duration(now - alert.changed)}")
    if ack := alert.acknowledged:
        until = f" until {moment(ack.until, now)}" if ack.until else " until it is over"
        words.append(f"{ack.who}{until}" + (f": {ack.note}" if ack.note else ""))
    if alert.silenced:
        words.append(silenced(alert.silenced, silences.get(alert.silenced), now))
    if alert.cause:
        explains = f"{cause.title}, {place(cause)}" if cause else alert.cause
        words.append(f"because of {explains}")
    if alert.flapping:
        words.append(f"flapping: {often(alert.times)}")
    return clean("; ".join(words), 400)


def often(times: int) -> str:
    """`4 times within an hour`."""
    return f"{times} time{'s' * (times != 1)} within an hour"


def silenced(name: str, silence: Silence | None, now: float) -> str:
    """`silenced by bob until 04:00: disks are being replaced`."""
    if silence is None:
        return f"silenced ({name})"
    until = f" until {moment(silence.until, now)}" if silence.until else ""
    return f"silenced by {silence.who}{until}: {silence.reason}"


def row(alert: Alert, alarms: "Alarms", now: float) -> Row:
    """One line of the list, in the order of its columns."""
    return (
        state(alert),
        max(0.0, now - alert.since) if math.isfinite(alert.since) else None,
        clean(alert.target),
        alert.thing,
        alert.title,
        alert.why,
        care(alert, alarms.silences, alarms.get(alert.cause), now),
        alert.times,
        alert.value,
        alert.limit,
        LEVELS[alert.level],
        clean(alert.rule),
        clean(alert.probe),
        alert.origin,
    )


def sign(alert: Alert) -> Level:
    """How the list marks it: as bad as it is while it calls."""
    if alert.phase is Phase.UNKNOWN:
        return Level.UNKNOWN
    return alert.level if alert.calls else Level.OK


def course(values: Iterable[float]) -> list[float]:
    """Recent values that can be drawn: what is not finite is a gap."""
    return [value if math.isfinite(value) else math.nan for value in values]


def verdict(alerts: Sequence[Alert]) -> Judgement:
    """How bad a target is by its open alerts: the worst of those that call before the others."""
    if not alerts:
        return Judgement(Level.OK, 0.0, LEVELS[Level.OK], Clean(""))
    worst = max(alerts, key=lambda a: (a.level, a.calls, -a.since, a.id))
    said = f"{worst.thing} {worst.why}" if worst.object else worst.why or worst.title
    cared = "" if worst.calls else f"{word(worst)}: "
    more = f" (and {len(alerts) - 1} more)" if len(alerts) > 1 else ""
    why = clean(f"{cared}{said}{more}", 200)
    return Judgement(worst.level, _score(worst), LEVELS[worst.level], why)


def _score(alert: Alert) -> float:
    """Those that call rank before those that are cared for; then by how far over the limit."""
    ratio = 0.0
    if alert.value is not None and alert.limit:
        ratio = abs(alert.value / alert.limit)
    ratio = min(ratio, 1e6) if math.isfinite(ratio) else 0.0
    return ratio / 1e6 + (1.0 if alert.calls else 0.0)


def badges(counts: "Counts", *, stale: bool = False) -> list[tuple[str, str]]:
    """What the header says, each with its look: how many call, by level; or that nobody knows."""
    said = [
        (f"{SIGN[level]} {counts.calling[level]} {LEVELS[level]}", str(LEVELS[level]))
        for level in (Level.CRIT, Level.WARN)
        if counts.calling.get(level)
    ]
    if stale:  # no longer known to be so: it must not look as if it were
        last = "  ".join(text for text, _ in said) or "none"
        return [(f"? alerts unknown, last {last}", "warn")]
    return said or [("no alert calls", "")]


def cared(counts: "Counts") -> tuple[str, str]:
    """What the header says of those that somebody or something takes care of."""
    said = [
        f"{number} {word}"
        for number, word in (
            (counts.acknowledged, "ack"),
            (counts.unknown, "unknown"),
        )
        if number
    ]
    return " ".join(said), ""


def news(began: Sequence[Alert]) -> Clean:
    """What the status line says of alerts that began to call; the worst is named."""
    first = began[0]
    more = f"; and {len(began) - 1} more" if len(began) > 1 else ""
    return clean(f"{first.title}: {place(first)}, {first.why}{more}; ! goes there", 300)
