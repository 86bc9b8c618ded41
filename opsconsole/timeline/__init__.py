"""The incident timeline, purely: what happened when, what hangs together, what began it."""

from opsconsole.timeline.cause import Proposal, propose
from opsconsole.timeline.course import Bin, Course, density, gathered
from opsconsole.timeline.incident import Incident, incidents
from opsconsole.timeline.kind import KINDS, Kind, abnormal, kind

__all__ = [
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
]
