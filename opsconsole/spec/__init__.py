"""What an integration and a domain declare: exchanges, probes, actions, rules, panes, reports."""

from opsconsole.spec.action import (
    Action,
    Argument,
    Arguments,
    Carried,
    Facts,
    Hole,
    Liftable,
    Look,
    Need,
    Rehearsal,
    Verify,
    Weight,
    Words,
    escaped,
)
from opsconsole.spec.inquiry import Form, Inquiry
from opsconsole.spec.integration import Integration
from opsconsole.spec.kind import Foreign, Found, Ground, Kind, News, Setting
from opsconsole.spec.probe import Exchange, Probe, Program, Reading
from opsconsole.spec.report import Recorded, Report
from opsconsole.spec.screen import Board, Domain, Drill, Face, Pane, Series, View
from opsconsole.spec.visit import Visit

__all__ = [
    "Action",
    "Argument",
    "Arguments",
    "Board",
    "Carried",
    "Domain",
    "Drill",
    "Exchange",
    "Face",
    "Facts",
    "Foreign",
    "Form",
    "Found",
    "Ground",
    "Hole",
    "Inquiry",
    "Integration",
    "Kind",
    "Liftable",
    "Look",
    "Need",
    "News",
    "Pane",
    "Probe",
    "Program",
    "Reading",
    "Recorded",
    "Rehearsal",
    "Report",
    "Series",
    "Setting",
    "Verify",
    "View",
    "Visit",
    "Weight",
    "Words",
    "escaped",
]
