"""Jobs that wait or print."""

from opsconsole import ipp
from opsconsole.clean import clean
from opsconsole.domains.desktop.cups.wire import JOB_STATES, PRINTER, ago, path_of
from opsconsole.model import Column, Quantity, Row

_GET = "Get-Jobs"

COLUMNS: tuple[Column, ...] = (
    Column("id", "JOB", Quantity.TEXT, f"{_GET}: job-id"),
    Column("queue", "QUEUE", Quantity.TEXT, f"{_GET}: path of job-printer-uri"),
    Column("name", "NAME", Quantity.TEXT, f"{_GET}: job-name; empty where it is private"),
    Column("user", "USER", Quantity.TEXT, f"{_GET}: job-originating-user-name"),
    Column("status", "STATUS", Quantity.TEXT, f"{_GET}: job-state", tallied=True),
    Column("reasons", "REASONS", Quantity.TEXT, f"{_GET}: job-state-reasons"),
    Column("size_bytes", "SIZE", Quantity.BYTES, f"{_GET}: job-k-octets"),
    Column("pages", "PAGES", Quantity.COUNT, f"{_GET}: job-impressions"),
    Column("printed", "PRINTED", Quantity.COUNT,
           f"{_GET}: job-impressions-completed, job-media-sheets-completed"),
    Column("age_s", "AGE", Quantity.SECONDS, f"{_GET}: job-printer-up-time, time-at-creation"),
    Column("printing_s", "PRINTS FOR", Quantity.SECONDS, f"{_GET}: time-at-processing"),
    Column("priority", "PRIORITY", Quantity.COUNT, f"{_GET}: job-priority, 1 to 100"),
    Column("host", "FROM", Quantity.TEXT, f"{_GET}: job-originating-host-name"),
    Column("message", "SAYS", Quantity.TEXT, f"{_GET}: job-printer-state-message"),
)  # fmt: skip


def queue_of(said: ipp.Group) -> str:
    """The name of a job's queue: the last part of its path; empty where it is a printer's own."""
    path = path_of(said.text("job-printer-uri"))
    return "" if path == PRINTER else path.rpartition("/")[2]


def rows(found: list[ipp.Group], _before: list[ipp.Group] | None) -> list[Row]:
    """One row per job."""
    return [_row(said) for said in {one.number("job-id"): one for one in found}.values()]


def _row(said: ipp.Group) -> Row:
    size = _count(said, "job-k-octets")
    reasons = [one for one in said.texts("job-state-reasons") if one != "none"]
    return (
        *(clean(str(said.number("job-id"))), clean(queue_of(said), 127)),
        *(clean(said.text("job-name")), clean(said.text("job-originating-user-name"), 80)),
        clean(JOB_STATES.get(said.number("job-state") or 0, "unknown")),
        *(clean(", ".join(reasons)), None if size is None else size * 1024),
        _count(said, "job-impressions"),
        _count(said, "job-impressions-completed") or _count(said, "job-media-sheets-completed"),
        ago(said, "time-at-creation", "job-printer-up-time"),
        ago(said, "time-at-processing", "job-printer-up-time"),
        *(_count(said, "job-priority"), clean(said.text("job-originating-host-name"), 120)),
        clean(said.text("job-printer-state-message")),
    )


def _count(said: ipp.Group, key: str) -> int | None:
    number = said.number(key)
    return number if number is not None and number >= 0 else None
