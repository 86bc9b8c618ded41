"""The incident timeline, purely: what happened when, what hangs together, what began it."""

from opsconsole.timeline.cause import BEFORE_S, Proposal, propose, propose_worst
from opsconsole.timeline.course import Bin, Course, density, gathered
from opsconsole.timeline.incident import Incident, incidents
from opsconsole.timeline.kind import KINDS, Kind, abnormal, kind

__all__ = [
    "BEFORE_S",
    "KINDS",
    "Bin",
    "Course",
    "Incident",
    "Kind",
    "Proposal",
    "abnormal",
    "density",
    "gathered",
    "incidents",
    "kind",
    "propose",
    "propose_worst",
]
