"""What a print server or a printer is asked over IPP, and its answers as queues and jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from opsconsole import ipp
from opsconsole.clean import Clean, clean
from opsconsole.errors import Malformed
from opsconsole.question import HttpRequest, Part, parted

SERVER, PRINTER = "/", "/ipp/print"
"""Where a server of queues and where a single printer takes requests."""

HERE = "ipp://localhost"
"""Servers look at the path of a `printer-uri`; by which name we reach them they cannot know."""

QUEUE_KEYS = (
    "printer-name", "printer-state", "printer-state-message", "printer-state-reasons",
    "printer-state-change-time", "printer-up-time", "printer-is-accepting-jobs",
    "queued-job-count", "printer-make-and-model", "printer-location", "printer-info",
    "device-uri", "printer-uri-supported", "printer-type", "marker-names", "marker-types",
    "marker-colors", "marker-levels", "marker-low-levels", "marker-high-levels",
    "printer-supply", "printer-supply-description", "operations-supported",
    "printer-firmware-string-version", "pages-per-minute",
)  # fmt: skip

JOB_KEYS = (
    "job-id", "job-name", "job-originating-user-name", "job-originating-host-name", "job-state",
    "job-state-reasons", "job-printer-state-message", "job-printer-uri", "job-k-octets",
    "job-impressions", "job-impressions-completed", "job-media-sheets-completed", "job-priority",
    "time-at-creation", "time-at-processing", "job-printer-up-time", "job-hold-until",
)  # fmt: skip

MOST = 500
"""Jobs that are asked for."""

_HEADERS = (("Content-Type", ipp.MIME),)
_NOT_HERE = (400, 403, 404, 405, 501)
"""What a printer says at the address of a server, and the other way round."""


def wanted(*keys: str) -> tuple[ipp.Given, ...]:
    """Attributes that are asked for."""
    return tuple(("keyword", "requested-attributes", key) for key in keys)


def uri(path: str) -> ipp.Given:
    """The printer that is meant."""
    return ("uri", "printer-uri", f"{HERE}{path}")


def _post(path: str, operation: str, *given: ipp.Given) -> HttpRequest:
    body = ipp.request(operation, *given)
    return HttpRequest(path, "POST", _HEADERS, body, statuses=_NOT_HERE)


_LIMIT: ipp.Given = ("integer", "limit", str(MOST))

QUEUES = (
    _post(SERVER, "CUPS-Get-Printers", *wanted(*QUEUE_KEYS)),
    _post(PRINTER, "Get-Printer-Attributes", uri(PRINTER), *wanted(*QUEUE_KEYS)),
)
JOBS = (
    _post(SERVER, "Get-Jobs", uri(SERVER), _LIMIT, *wanted(*JOB_KEYS)),
    _post(PRINTER, "Get-Jobs", uri(PRINTER), _LIMIT, *wanted(*JOB_KEYS)),
)

STATES = {3: "idle", 4: "processing", 5: "stopped"}
"""`printer-state`"""
JOB_STATES = {
    3: "pending", 4: "held", 5: "processing", 6: "stopped", 7: "canceled", 8: "aborted",
    9: "completed",
}  # fmt: skip
"""`job-state`"""
OVER = frozenset({7, 8, 9})


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue of a server, or the only one of a printer."""

    name: Clean
    path: str
    """Of its URI: `/printers/lab`, `/classes/all`, `/ipp/print`."""
    said: ipp.Group


def answers(payload: bytes, count: int) -> list[ipp.Answer]:
    """What was understood, in order; raises `Malformed` when nobody said anything of use."""
    found: list[ipp.Answer] = []
    reasons: list[str] = []
    for part in parted(payload, count):
        try:
            answer = read(part)
        except Malformed as error:
            reasons.append(str(error))
            continue
        if answer.fine:
            found.append(answer)
        else:
            reasons.append(answer.message)
    if not found:
        said = "; ".join(dict.fromkeys(reasons))
        raise Malformed(
            f"neither a server of queues nor a printer answers: {clean(said, 200)}",
            "`url` is that of a CUPS server or of a printer, without a path",
        )
    return found


def read(part: Part) -> ipp.Answer:
    """One answer; raises `Malformed` for none."""
    if not 200 <= part.status < 300:
        raise Malformed(f"status {part.status}")
    return ipp.read(part.body)


@lru_cache(maxsize=8)
def queues(payload: bytes) -> Sequence[Queue]:
    """All queues; kept for a moment, for all probes that read the same answer."""
    found: dict[str, Queue] = {}
    for answer in answers(payload, len(QUEUES)):
        for group in answer.of(ipp.PRINTER):
            path = path_of(group.text("printer-uri-supported")) or PRINTER
            name = clean(group.text("printer-name") or path, 127)
            found.setdefault(path, Queue(name, path, group))
    return list(found.values())


def path_of(uri: str) -> str:
    """The path of a URI; empty for what is none."""
    try:
        return urlsplit(uri).path
    except ValueError:
        return ""


def jobs(payload: bytes) -> list[ipp.Group]:
    """All jobs that are not over."""
    return [
        group
        for answer in answers(payload, len(JOBS))
        for group in answer.of(ipp.JOB)
        if group.number("job-id") is not None
    ]


def ago(said: ipp.Group, key: str, now: str) -> float | None:
    """Seconds since a moment that a server counts as it counts its own time."""
    then, at = said.number(key), said.number(now)
    return float(at - then) if then and at and 0 < then <= at else None
