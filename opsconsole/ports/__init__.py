"""The sockets: what a transport, a bus and the door for actions must offer."""

from opsconsole.ports.bus import CollectorEnd, ConsoleEnd
from opsconsole.ports.door import ActionPort, AlertPort, AuditSink, Witness
from opsconsole.ports.message import (
    Call,
    Cost,
    Downward,
    Happened,
    Hello,
    Interest,
    Ledger,
    Line,
    Passage,
    Patch,
    Patches,
    Recording,
    Refresh,
    Reply,
    Samples,
    Upward,
)
from opsconsole.ports.past import Past, Point, Recorder
from opsconsole.ports.target import Answer, Doer, Session, Transport, Watching

__all__ = [
    "ActionPort",
    "AlertPort",
    "Answer",
    "AuditSink",
    "Call",
    "CollectorEnd",
    "ConsoleEnd",
    "Cost",
    "Doer",
    "Downward",
    "Happened",
    "Hello",
    "Interest",
    "Ledger",
    "Line",
    "Passage",
    "Past",
    "Patch",
    "Patches",
    "Point",
    "Recorder",
    "Recording",
    "Refresh",
    "Reply",
    "Samples",
    "Session",
    "Transport",
    "Upward",
    "Watching",
    "Witness",
]
