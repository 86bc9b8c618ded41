"""The audit log: every plan, refusal, start and outcome, append-only and chained by hash."""

from opsconsole.audit.chain import verify
from opsconsole.audit.finding import Finding, Kind, Verdict
from opsconsole.audit.folder import CURRENT, Head, Line, Snapshot, default_folder
from opsconsole.audit.happened import happened, told
from opsconsole.audit.log import AuditLog
from opsconsole.audit.process import alive, me
from opsconsole.audit.record import Record, Who, read
from opsconsole.audit.unfinished import unfinished

__all__ = [
    "CURRENT",
    "AuditLog",
    "Finding",
    "Head",
    "Kind",
    "Line",
    "Record",
    "Snapshot",
    "Verdict",
    "Who",
    "alive",
    "default_folder",
    "happened",
    "me",
    "read",
    "told",
    "unfinished",
    "verify",
]
