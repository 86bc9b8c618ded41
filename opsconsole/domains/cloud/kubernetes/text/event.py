"""What the cluster's own parts said of one object, the newest last."""

from collections.abc import Sequence

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes import values
from opsconsole.domains.cloud.kubernetes.place import (
    KINDS,
    Json,
    Place,
    many,
    place,
    text,
    whole,
    within,
)
from opsconsole.domains.cloud.kubernetes.text.kinds import (
    NAMED,
    PINS,
    Answers,
    age,
    aligned,
    answered,
    now,
)
from opsconsole.plan import Thing
from opsconsole.spec import Arguments, Facts, Inquiry
from opsconsole.spec.inquiry import Reading

EVENTS = 500


def path(thing: Thing) -> str:
    """The events of this very object; of a node by name, for kubelets know no uid of theirs."""
    at, uid = place(thing), dict(thing.pins).get("uid", "")
    which = f"involvedObject.name={at.name}"
    which += f",involvedObject.kind={at.kind.kind}" if at.kind.kind else ""
    if uid and at.kind.kind != "Node":
        which += f",involvedObject.uid={uid}"
    return Place(KINDS["Event"], at.namespace, "").path(fieldSelector=which, limit=EVENTS)


def last(event: Json) -> float | None:
    """When it was seen last."""
    series = within(event, "series")
    said = (text(series, "lastObservedTime"), text(event, "lastTimestamp"))
    times = (*said, text(event, "eventTime"), text(within(event, "metadata"), "creationTimestamp"))
    return values.moment(next((one for one in times if one), None))


def rows(found: Json, at: float | None) -> list[str]:
    """Lines of a table, the newest last."""
    events = sorted(many(found, "items"), key=lambda one: last(one) or 0.0)
    if not events:
        return ["there are no events: a cluster forgets them after an hour"]
    lines = [["LAST", "TYPE", "REASON", "COUNT", "FROM", "MESSAGE"]]
    for one in events:
        series = within(one, "series")
        count = whole(series, "count") or whole(one, "count") or 1
        reporter = text(one, "reportingComponent") or text(within(one, "source"), "component")
        told = [text(one, "type"), text(one, "reason"), str(count), reporter]
        message = clean(" ".join(text(one, "message").split()), 1000)
        lines.append([age(at, last(one)), *told, message])
    return aligned(lines, 40)


def _calls(thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Reading, ...]:
    return (Reading(("GET", path(thing))),)


def _page(thing: Thing, answers: Answers) -> Sequence[Clean]:
    found = answered(thing, answers[0], "events")
    return [clean(line, 2000) for line in rows(found, now(answers[0]))]


OF = Inquiry(
    id="kubernetes.events",
    title="Events",
    letter="e",
    about="What the cluster's own parts said of it lately, the newest last.",
    probes=NAMED,
    pins=PINS,
    calls=_calls,
    page=_page,
)
