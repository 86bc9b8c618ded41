"""The handover: what the next shift has to know, in one document."""

from collections import Counter
from collections.abc import Iterator

from opsconsole import chapter
from opsconsole.alert import Phase
from opsconsole.clean import Clean, clean
from opsconsole.document import Document, Field, Paragraph, Section, Table
from opsconsole.evidence import Evidence
from opsconsole.model import Level, Quantity
from opsconsole.spelling import counted, when

ID = "handover"
HOURS = 12.0
"""A shift."""


def build(evidence: Evidence, words: str = "") -> Document:
    """What the evidence tells of the shift; `words` are the operator's own, said first."""
    return Document(
        ID,
        "Handover",
        *(evidence.now, evidence.since, evidence.until),
        (
            *_words(words),
            _summary(evidence),
            chapter.alerts(evidence),
            _holding(evidence),
            chapter.deeds(evidence),
            *_runbooks(evidence),
            _notes(evidence),
            Section("Timeline", (chapter.timeline(evidence.occurrences),)),
            chapter.basis(evidence),
        ),
    )


def _words(words: str) -> Iterator[Section]:
    if words:
        yield Section("Said to the next shift", (Paragraph(words),))


def _summary(evidence: Evidence) -> Section:
    return Section("Summary", tuple(Paragraph(*line) for line in _lines(evidence)))


def _lines(evidence: Evidence) -> Iterator[tuple[str, Level | None]]:
    alerts = evidence.alerts
    if alerts is None:
        yield "It is not known which alerts are open.", Level.UNKNOWN
    else:
        crit = sum(alert.level is Level.CRIT for alert in alerts)
        taken = sum(alert.acknowledged is not None for alert in alerts)
        lost = sum(alert.phase is Phase.UNKNOWN for alert in alerts)
        said = f"{counted(len(alerts), 'alert')} open: {crit} critical, {taken} taken on"
        worst = max((alert.level for alert in alerts), default=Level.OK)
        yield f"{said}, {lost} of which nothing is known any more.", worst
    if evidence.first:
        yield f"What probably began the worst of it: {evidence.first}.", None
    done = [deed for deed in evidence.deeds or () if deed.done]
    people = Counter(deed.who for deed in done)
    names = ", ".join(f"{who} {count}" for who, count in people.most_common())
    yield f"{counted(len(done), 'action')} done" + (f": {names}." if names else "."), None
    if loose := sum(map(chapter.open_end, done)):
        yield f"{counted(loose, 'action')} without a proven end: look there first.", Level.WARN
    if evidence.runbooks:
        yield f"{counted(len(evidence.runbooks), 'runbook')} not finished.", Level.WARN


_HOLDING = (
    Field("what", "What"),
    Field("for", "For"),
    Field("who", "By"),
    Field("until", "Until", Quantity.TEXT),
    Field("reason", "Why"),
)


def _holding(evidence: Evidence) -> Section:
    """Silences and arming: what makes the console behave otherwise than usual."""
    rows = [
        (
            Clean("silence"),
            clean(one.match),
            one.who,
            clean(when(one.until) if one.until else "for good"),
            one.reason,
        )
        for one in evidence.silences
        if not one.until or one.until > evidence.until
    ]
    rows += [
        (Clean("armed"), clean(pattern), clean(who), clean(when(until)), Clean(""))
        for who, pattern, until in evidence.armed
    ]
    table = Table(_HOLDING, tuple(rows), empty="No silence holds, and nothing is armed.")
    return Section("What still holds", (table,))


_RUNBOOKS = (
    Field("runbook", "Runbook"),
    Field("target", "Target"),
    Field("who", "Last touched by"),
    Field("at", "At", Quantity.TIME),
)


def _runbooks(evidence: Evidence) -> Iterator[Section]:
    rows = tuple(
        (clean(name), clean(target), clean(who), at) for name, target, who, at in evidence.runbooks
    )
    if rows:
        yield Section("Unfinished runbooks", (Table(_RUNBOOKS, rows),), Level.WARN)


_NOTES = (Field("at", "When", Quantity.TIME), Field("target", "About"), Field("text", "Note"))


def _notes(evidence: Evidence) -> Section:
    rows = tuple(
        (one.at, clean(one.target), clean(one.text, 600))
        for one in evidence.occurrences
        if one.kind == "note"
    )
    return Section("Notes", (Table(_NOTES, rows, empty="Nobody left a note."),))
