"""What probably began the worst of a period, as the recording and the audit log tell it."""

import re
from collections.abc import Iterator

from opsconsole import registry
from opsconsole.alert import Occurrence
from opsconsole.audit import default_folder, happened
from opsconsole.engine.reporting import Period, Sources
from opsconsole.errors import Unrecorded
from opsconsole.model import Target
from opsconsole.ports import Past
from opsconsole.relation import Footing, Relations
from opsconsole.spelling import exactly
from opsconsole.timeline import BEFORE_S, Course, propose_worst

_RULE = re.compile(r"[\w.-]+")


def probable_cause(period: Period, found: Sources) -> str:
    """In a line, with its time and its reason; empty when nothing went wrong, or is known.

    What hit the period's targets may have begun elsewhere: all targets of `found` are weighed.
    Reads files: not on an event loop.
    """
    targets = found.targets or period.targets
    try:
        relations = Relations(targets, _footings(targets, found.past, period.until))
        known = _known(targets, found.past, period.since - BEFORE_S, period.until)
    except Unrecorded:  # told in the notices by who reads the recording for the report
        return ""
    leads = {
        rule.id: rule.for_s for each in registry.integrations().values() for rule in each.rules
    }

    def onset(one: Occurrence) -> float:
        """When it began to be so: its rule waited before it said so."""
        rule = _RULE.match(one.ref) if one.kind == "alert" else None
        return one.at - (leads.get(rule[0], 0.0) if rule else 0.0)

    reach = frozenset(target.id for target in period.targets)
    proposal = propose_worst(known, period.since, relations, reach=reach, onset=onset)
    return f"{exactly(proposal.cause.at)} {proposal.words}" if proposal else ""


def _known(
    targets: tuple[Target, ...], past: Past | None, since: float, until: float
) -> list[Occurrence]:
    """Object by object, as the timeline on the screen has it."""
    ids = {target.id for target in targets}
    course = Course(happened(default_folder(), since))
    if past is not None and past.span is not None:
        course.add(past.occurrences(since, until))
    return [one for one in course.between(since, until) if not one.target or one.target in ids]


def _footings(targets: tuple[Target, ...], past: Past | None, at: float) -> Iterator[Footing]:
    """What targets stood on at that time, by what was recorded of them."""
    if past is None or past.span is None:
        return
    known = registry.integrations()
    grounds = {
        (ground.probe, target.id): ground
        for target in targets
        if target.kind in known
        for ground in known[target.kind].grounds
    }
    for sample in past.at(at, list(grounds)):
        if sample.rows:
            yield from grounds[sample.probe, sample.target].footings(sample.target, sample.rows)
