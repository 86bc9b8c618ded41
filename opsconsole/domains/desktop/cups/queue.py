"""Queues: what they do, why they do not, and the server as one row for the list."""

from collections.abc import Iterator, Sequence

from opsconsole.clean import Clean, clean
from opsconsole.domains.desktop.cups.supply import lowest
from opsconsole.domains.desktop.cups.wire import STATES, Queue, ago
from opsconsole.domains.desktop.printer.supply import LEFT
from opsconsole.model import Column, Level, Limits, Quantity, Row

GET = "CUPS-Get-Printers, Get-Printer-Attributes"

_GRAVE = (
    "media-jam", "media-empty", "media-needed", "toner-empty", "marker-supply-empty", "door-open",
    "cover-open", "interlock-open", "offline", "timed-out", "stopped-partly", "spool-area-full",
    "output-area-full", "marker-waste-full", "fuser-over-temp", "opc-life-over",
    "input-tray-missing", "output-tray-missing", "developer-empty", "shutdown",
    "cups-missing-filter",
)  # fmt: skip
_HARMLESS = frozenset(
    {"none", "connecting-to-device", "moving-to-paused", "identify-printer-requested", "hibernate",
     "standby", "power-save", "other", "cups-insecure-filter", "resuming",
     "cups-waiting-for-job-completed", "cups-remote-pending", "cups-remote-pending-held",
     "cups-remote-processing", "cups-remote-completed", "cups-remote-canceled"}
)  # fmt: skip


def judged(reason: str) -> Level:
    """How bad a keyword of `printer-state-reasons` is: by its suffix, else by itself.

    RFC 8011: an `error` stops it, a `warning` does not. A `report` should be of no consequence,
    yet printers say `toner-low-report` and mean it: what is not harmless by itself is a warning.
    """
    base, _, suffix = reason.rpartition("-")
    if suffix not in {"error", "warning", "report"}:
        base, suffix = reason, ""
    if base in _HARMLESS:
        return Level.OK
    if suffix == "error" or (not suffix and base.startswith(_GRAVE)):
        return Level.CRIT
    return Level.WARN


def reasons(queue: Queue) -> list[str]:
    """Why it is not as it should be."""
    return [
        str(clean(one, 80)) for one in queue.said.texts("printer-state-reasons") if one != "none"
    ]


def level(queue: Queue) -> Level:
    """The worst reason; a queue that is stopped stands at least for a warning."""
    worst = max(map(judged, reasons(queue)), default=Level.OK)
    return max(worst, Level.WARN) if queue.said.number("printer-state") == 5 else worst


_WORDS = {Level.OK: Clean("ok"), Level.WARN: Clean("warning"), Level.CRIT: Clean("critical")}

COLUMNS: tuple[Column, ...] = (
    Column("queue", "QUEUE", Quantity.TEXT, f"{GET}: printer-name"),
    Column("status", "STATUS", Quantity.STATE, f"{GET}: printer-state"),
    Column("judged", "STATE", Quantity.STATE, "printer-state-reasons by their suffixes"),
    Column("reasons", "REASONS", Quantity.TEXT, f"{GET}: printer-state-reasons"),
    Column("message", "SAYS", Quantity.TEXT, f"{GET}: printer-state-message"),
    Column("accepts", "ACCEPTS", Quantity.STATE, f"{GET}: printer-is-accepting-jobs"),
    Column("jobs", "JOBS", Quantity.COUNT, f"{GET}: queued-job-count", history=True),
    Column("lowest_percent", "LOWEST", Quantity.PERCENT,
           "least that is left of a supply", LEFT, history=True),
    Column("lowest", "OF", Quantity.TEXT, "the supply of which least is left"),
    Column("for_s", "FOR", Quantity.SECONDS, "printer-up-time less printer-state-change-time"),
    Column("model", "MODEL", Quantity.TEXT, f"{GET}: printer-make-and-model"),
    Column("location", "LOCATION", Quantity.TEXT, f"{GET}: printer-location"),
    Column("about", "ABOUT", Quantity.TEXT, f"{GET}: printer-info"),
    Column("device", "DEVICE", Quantity.TEXT, f"{GET}: device-uri"),
    Column("path", "PATH", Quantity.TEXT, f"{GET}: path of printer-uri-supported"),
)  # fmt: skip


def rows(found: Sequence[Queue], _before: Sequence[Queue] | None) -> list[Row]:
    """One row per queue."""
    return [_row(queue) for queue in found]


_ACCEPTS = {True: Clean("yes"), False: Clean("no"), None: Clean("")}


def _row(queue: Queue) -> Row:
    said = queue.said
    left, of = lowest([queue])
    return (
        *(queue.name, clean(STATES.get(said.number("printer-state") or 0, "unknown"))),
        *(_WORDS[level(queue)], clean(", ".join(reasons(queue)))),
        *(
            clean(said.text("printer-state-message")),
            _ACCEPTS[said.flag("printer-is-accepting-jobs")],
        ),
        *(_count(said.number("queued-job-count")), left, of),
        ago(said, "printer-state-change-time", "printer-up-time"),
        *(clean(said.text("printer-make-and-model"), 120), clean(said.text("printer-location"))),
        *(clean(said.text("printer-info")), clean(said.text("device-uri")), clean(queue.path)),
    )


def _count(number: int | None) -> int | None:
    return number if number is not None and number >= 0 else None


SERVER_COLUMNS: tuple[Column, ...] = (
    Column("activity", "DOES", Quantity.TEXT, "printer-state of its queues"),
    Column("complaints", "COMPLAINS", Quantity.TEXT, "printer-state-reasons of its queues"),
    Column("complaints_warning", "WARNINGS", Quantity.COUNT,
           "queues with a warning", Limits(1, 1e9, "RFC 8011")),
    Column("complaints_critical", "STOPS", Quantity.COUNT,
           "queues with what stops them", Limits(1, 1, "RFC 8011")),
    Column("lowest_percent", "LOWEST", Quantity.PERCENT,
           "least that is left of a supply", LEFT, history=True),
    Column("lowest", "OF", Quantity.TEXT, "the supply of which least is left"),
    Column("queues", "QUEUES", Quantity.COUNT, GET),
    Column("stopped", "STOPPED", Quantity.COUNT, "queues with printer-state 5"),
    Column("rejecting", "REJECTING", Quantity.COUNT, "queues that accept no jobs"),
    Column("jobs", "JOBS", Quantity.COUNT, f"{GET}: sum of queued-job-count", history=True),
    Column("model", "MODEL", Quantity.TEXT, "of the only queue; else what it is"),
    Column("location", "LOCATION", Quantity.TEXT, f"{GET}: printer-location of the only queue"),
)  # fmt: skip


def server_rows(found: Sequence[Queue], _before: Sequence[Queue] | None) -> list[Row]:
    """The only row."""
    levels = [level(queue) for queue in found]
    states = [queue.said.number("printer-state") for queue in found]
    accepting = [queue.said.flag("printer-is-accepting-jobs") for queue in found]
    left, of = lowest(found)
    only = found[0].said if len(found) == 1 else None
    counts = [_count(queue.said.number("queued-job-count")) or 0 for queue in found]
    return [
        (
            clean(", ".join(_doing(states)), 60),
            clean("; ".join(_complaints(found)), 200),
            *(levels.count(Level.WARN), levels.count(Level.CRIT), left, of),
            *(len(found), states.count(5), accepting.count(False), sum(counts)),
            clean(only.text("printer-make-and-model"), 120) if only else Clean("print server"),
            clean(only.text("printer-location")) if only else Clean(""),
        )
    ]


def _doing(states: Sequence[int | None]) -> Iterator[str]:
    for state, word in STATES.items():
        if count := states.count(state):
            yield word if len(states) == 1 else f"{count} {word}"


def _complaints(found: Sequence[Queue]) -> Iterator[str]:
    for queue in found:
        if why := reasons(queue):
            yield ", ".join(why) if len(found) == 1 else f"{queue.name}: {', '.join(why)}"
