"""What is done now and then, and forgotten: backups by RMAN, passwords that expire."""

from typing import NamedTuple

from opsconsole.domains.database.column import column
from opsconsole.domains.database.oracle import limit
from opsconsole.domains.database.oracle.asking import answered, rows, text, word
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe


class Job(NamedTuple):
    """A row of `v$rman_backup_job_details`."""

    id: int
    kind: str | None
    status: str | None
    age: float | None
    took: float | None
    read: float | None
    written: float | None


class Account(NamedTuple):
    """A row of `dba_users` whose password expires."""

    name: str
    status: str | None
    profile: str | None
    left: float | None


def read_jobs(payload: bytes) -> list[Job]:
    """One answer of the exchange `upkeep`; raises `Denied`."""
    return rows(answered("upkeep", payload), "upkeep", "jobs", Job)


def job_rows(now: list[Job], _before: list[Job] | None) -> list[Row]:
    """One row per job, the newest first; `newest` marks the last one of its kind."""
    seen: set[str | None] = set()
    found: list[Row] = []
    for one in now:
        newest = one.kind not in seen
        seen.add(one.kind)
        found.append(
            (one.id, word(one.kind), word(one.status) if newest else None, word(one.status),
             one.age, one.took, one.read, one.written)
        )  # fmt: skip
    return found


def read_accounts(payload: bytes) -> list[Account]:
    """The same, for accounts."""
    return rows(answered("upkeep", payload), "upkeep", "accounts", Account)


def account_rows(now: list[Account], _before: list[Account] | None) -> list[Row]:
    """One row per account that is not locked, what expires first above."""
    return [(text(one.name), word(one.status), text(one.profile), one.left) for one in now]


_JOBS = "v$rman_backup_job_details"

JOB = Probe(
    "oracle.backup",
    "RMAN jobs",
    "upkeep",
    (
        column("id", "SESSION", f"{_JOBS} session_key", Quantity.COUNT),
        column("kind", "KIND", f"{_JOBS} input_type", Quantity.STATE),
        column("last", "LAST", f"{_JOBS} status, of the newest job of its kind alone",
               Quantity.STATE),
        column("status", "STATUS", f"{_JOBS} status", Quantity.STATE),
        column("age_s", "BEGAN", f"{_JOBS} start_time: so long ago", Quantity.SECONDS),
        column("took_s", "TOOK", f"{_JOBS} elapsed_seconds", Quantity.SECONDS),
        column("read_bytes", "READ", f"{_JOBS} input_bytes", Quantity.BYTES),
        column("written_bytes", "WRITTEN", f"{_JOBS} output_bytes", Quantity.BYTES),
    ),
    ("id",),
    read_jobs,
    job_rows,
)  # fmt: skip

ACCOUNT = Probe(
    "oracle.account",
    "Passwords that expire",
    "upkeep",
    (
        column("name", "ACCOUNT", "dba_users username, those that are not locked"),
        column("status", "STATUS", "dba_users account_status", Quantity.STATE),
        column("profile", "PROFILE", "dba_users profile"),
        column("left_s", "LEFT", "dba_users expiry_date", Quantity.SECONDS, limit.EXPIRY),
    ),
    ("name",),
    read_accounts,
    account_rows,
)

PROBES = (JOB, ACCOUNT)
