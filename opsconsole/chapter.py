"""Sections that documents of every role share: open alerts, deeds, who did not answer, sources."""

from collections.abc import Iterable, Iterator

from opsconsole.alert import Alert, Occurrence, Phase
from opsconsole.clean import Clean, clean
from opsconsole.document import (
    SEVERITIES,
    Cell,
    Facts,
    Field,
    Finding,
    Paragraph,
    Section,
    Table,
)
from opsconsole.evidence import Deed, Evidence
from opsconsole.model import Level, Quantity
from opsconsole.spelling import exactly, lasting, when

MOST = 100
"""Rows of one table; what is left out is counted."""

WELL = frozenset({"verified", "planned"})
"""Ends of a deed that leave nothing open."""


def unreached(evidence: Evidence) -> Iterator[Section]:
    """Who did not answer, and why; nothing when all did."""
    silent = [(target.id, evidence.why(target.id)) for target in evidence.targets]
    rows = tuple((clean(id_), clean(why, 600)) for id_, why in silent if why)
    if rows:
        fields = (Field("target", "Target"), Field("why", "Why"))
        yield Section("Not reached", (Table(fields, rows),), Level.UNKNOWN)


_MUTED = (
    Field("level", "Would be", Quantity.STATE),
    Field("target", "Target"),
    Field("check", "Check"),
    Field("object", "Object"),
    Field("message", "What it says"),
    Field("who", "Muted by"),
    Field("why", "Why"),
    Field("until", "Until", Quantity.TIME),
)


def muted(evidence: Evidence, findings: Iterable[Finding]) -> Iterator[Section]:
    """Findings that do not count, with who answers for that; mutes that are over, or of nothing."""
    if not evidence.mutes:
        return
    found = [(one, mute) for one in findings if (mute := evidence.mute_of(one)) is not None]
    rows = tuple(
        (
            *(one.level, clean(one.target), clean(one.check), clean(one.object, 200)),
            *(clean(one.message, 300), clean(mute.who), clean(mute.why), mute.until),
        )
        for one, mute in sorted(found, key=lambda pair: -pair[0].level)
    )
    told = "These do not count for the state of this document."
    used = {id(mute) for _, mute in found}
    idle = [mute for mute in evidence.mutes if id(mute) not in used]
    notes = tuple(
        Paragraph(
            f"{mute.check}, muted by {mute.who} ({mute.why}): "
            + (
                f"over since {when(mute.until)}: it counts again"
                if mute.until <= evidence.now
                else f"until {when(mute.until)}, and nothing here is of that name"
            )
        )
        for mute in idle
    )
    table = Table(_MUTED, rows, empty="Nothing is muted at present.")
    yield Section("Muted checks", (Paragraph(told), table, *notes))


def basis(evidence: Evidence) -> Section:
    """What the document rests on, and what it lacks."""
    span = evidence.recorded
    if span is None:
        recorded = "none: no trends, no growth, no courses"
    else:
        length = lasting(span[1] - span[0])
        recorded = f"{exactly(span[0])} to {exactly(span[1])} UTC ({length})"
    items = [
        ("Targets", str(len(evidence.targets))),
        ("Checks", str(len(evidence.checks))),
        ("Recording", recorded),
        *(("Missing", notice) for notice in evidence.notices),
        ("Times", "UTC"),
    ]
    return Section("What this rests on", (Facts(tuple(items)),))


_ALERTS = (
    Field("level", "Level", Quantity.STATE, SEVERITIES),
    Field("target", "Target"),
    Field("object", "Object"),
    Field("title", "What"),
    Field("why", "Why"),
    Field("since", "Since", Quantity.TIME),
    Field("origin", "Found by"),
    Field("taken", "Taken on"),
    Field("todo", "What can be done"),
)


def alerts(evidence: Evidence) -> Section:
    """Alerts that are open, worst first; those with a cause after all others."""
    if evidence.alerts is None:
        lost = Paragraph("Nobody knows which alerts are open: no collector has written them down.")
        return Section("Open alerts", (lost,), Level.UNKNOWN)
    shown = sorted(evidence.alerts, key=lambda a: (bool(a.cause), -a.level, a.since))
    rows = tuple(map(_alert, shown))
    level = max((alert.level for alert in shown), default=Level.OK)
    table = Table(_ALERTS, rows, empty="No alert is open.")
    at = evidence.alerts_at
    last = () if at is None else (Paragraph(f"As last written down, at {exactly(at)}."),)
    return Section("Open alerts", (*last, table), level)


def _alert(alert: Alert) -> tuple[Cell, ...]:
    why = f"{alert.why} (data stopped)" if alert.phase is Phase.UNKNOWN else alert.why
    return (
        alert.level,
        clean(alert.target),
        alert.object,
        alert.title,
        clean(why),
        alert.since,
        alert.origin,
        taken(alert),
        clean("; ".join(alert.remedies), 600),
    )


def taken(alert: Alert) -> Clean:
    """Who takes care of an alert; empty when nobody does."""
    parts: list[str] = []
    if ack := alert.acknowledged:
        until = f" until {when(ack.until)}" if ack.until else ""
        parts.append(f"{ack.who} at {when(ack.at)}{until}" + (f": {ack.note}" if ack.note else ""))
    if alert.silenced:
        parts.append("silenced")
    if alert.cause:
        parts.append(f"follows from {alert.cause}")
    return clean("; ".join(parts))


_ALERTED = (
    Field("level", "Level", Quantity.STATE, SEVERITIES),
    Field("target", "Target"),
    Field("object", "Object"),
    Field("times", "Times", Quantity.COUNT),
    Field("first", "First", Quantity.TIME),
    Field("last", "Last", Quantity.TIME),
    Field("over", "Over", Quantity.TIME),
    Field("what", "What it said last"),
)


def alerted(evidence: Evidence) -> Section:
    """What alerted within the period, whether or not it is over."""
    title = "Alerts of the period"
    if evidence.recorded is None:
        return Section(title, (Paragraph("Not known: nothing is recorded."),), Level.UNKNOWN)
    mine = {target.id for target in evidence.targets}
    groups: dict[tuple[str, str], list[Occurrence]] = {}
    for one in evidence.occurrences:
        if one.kind in ("alert", "clear") and one.target in mine:
            groups.setdefault((one.target, one.ref or str(one.text)), []).append(one)
    order = sorted(groups.values(), key=lambda seen: (-max(o.level for o in seen), -len(seen)))
    rows = tuple(map(_gathered, order[:MOST]))
    left = len(order) - len(rows)
    more = (Paragraph(f"{left} more are not listed."),) if left else ()
    return Section(title, (Table(_ALERTED, rows, empty="Nothing alerted."), *more))


def _gathered(seen: list[Occurrence]) -> tuple[Cell, ...]:
    """One alert with all that happened to it; one that began before the period has only its end."""
    raised = [one for one in seen if one.kind == "alert"]
    last = (raised or seen)[-1]
    return (
        max(one.level for one in seen),
        *(clean(last.target), last.object, len(raised)),
        *((raised[0].at, raised[-1].at) if raised else (None, None)),
        seen[-1].at if seen[-1].kind == "clear" else None,
        clean(last.text, 400),
    )


_DEEDS = (
    Field("state", "State", Quantity.STATE),
    Field("at", "When", Quantity.TIME),
    Field("who", "Who"),
    Field("action", "Action"),
    Field("target", "Target"),
    Field("object", "Object"),
    Field("end", "How it ended"),
    Field("note", "Reason"),
    Field("message", "What was said"),
)


def deeds(evidence: Evidence) -> Section:
    """What was done, what was refused, and what has no end."""
    if evidence.deeds is None:
        return Section("What was done", (Paragraph("There is no audit log: nothing was done."),))
    done = [deed for deed in evidence.deeds if deed.done]
    loose = [deed for deed in done if open_end(deed)]
    refused = len(evidence.deeds) - len(done)
    said = f"{len(done)} done, {len(loose)} of them without a proven end; {refused} refused."
    table = Table(_DEEDS, tuple(map(_deed, evidence.deeds)), empty="Nothing was done.")
    level = Level.WARN if loose else None
    return Section("What was done", (Paragraph(said), table), level)


def open_end(deed: Deed) -> bool:
    """Whether somebody has to look after it still."""
    return deed.done and deed.state not in WELL


def _deed(deed: Deed) -> tuple[Cell, ...]:
    level = Level.OK if deed.state in WELL else Level.WARN if deed.done else Level.UNKNOWN
    return (
        level,
        deed.at,
        clean(deed.who),
        clean(deed.action),
        clean(few(deed.targets)),
        clean(few(deed.objects)),
        clean(deed.state),
        clean(deed.note),
        clean(deed.message, 400),
    )


def few(names: tuple[str, ...], shown: int = 5) -> str:
    """Some names, and how many more."""
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {more} more" if more > 0 else "")


_TIMELINE = (
    Field("at", "When (UTC)"),
    Field("kind", "Kind"),
    Field("level", "Level", Quantity.STATE, SEVERITIES),
    Field("target", "Target"),
    Field("object", "Object"),
    Field("text", "What happened"),
)


def timeline(occurrences: tuple[Occurrence, ...]) -> Table:
    """What happened, in order of time."""
    rows = tuple(
        (
            clean(exactly(one.at)),
            clean(one.kind),
            one.level,
            clean(one.target),
            one.object,
            clean(one.text, 600),
        )
        for one in sorted(occurrences, key=lambda one: one.at)
    )
    return Table(_TIMELINE, rows, empty="Nothing was written down.")
