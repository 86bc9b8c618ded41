"""Jobs and what starts them at set times."""

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes import values
from opsconsole.domains.cloud.kubernetes.parts import Condition, condition
from opsconsole.domains.cloud.kubernetes.pod import owner
from opsconsole.domains.cloud.kubernetes.watched import Object, Reader
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe
from opsconsole.turn import Turn


class JobSpec(msgspec.Struct, gc=False):
    """What is wanted."""

    completions: int | None = None
    parallelism: int | None = None
    suspend: bool | None = False
    retries: int | None = msgspec.field(default=None, name="backoffLimit")


class JobStatus(msgspec.Struct, gc=False):
    """What is."""

    active: int = 0
    succeeded: int = 0
    failed: int = 0
    started: str | None = msgspec.field(default=None, name="startTime")
    completed: str | None = msgspec.field(default=None, name="completionTime")
    conditions: list[Condition] | None = None


class Job(Object, gc=False):
    """What is read of a job."""

    spec: JobSpec = msgspec.field(default_factory=JobSpec)
    status: JobStatus = msgspec.field(default_factory=JobStatus)


READ_JOB = Reader(Job)


def job_state(job: Job) -> tuple[Clean, Clean]:
    """How it stands, and why."""
    for kind in ("Failed", "Complete", "Suspended"):
        found = condition(job.status.conditions, kind)
        if found is not None and found.status == "True":
            return values.word(kind), clean(found.message or found.reason, 300)
    if job.metadata.deleted:
        return Clean("Terminating"), Clean("")
    if job.status.active:
        return Clean("Running"), Clean("")
    return Clean("Suspended" if job.spec.suspend else "Waiting"), Clean("")


def job_rows(turn: Turn[Job], _before: Turn[Job] | None) -> list[Row]:
    """One row per job."""
    return [_job(one) for one in turn.put]


def _job(job: Job) -> Row:
    meta, now = job.metadata, job.status
    kind, manager = owner(meta)
    word, why = job_state(job)
    started, ended = values.moment(now.started), values.moment(now.completed)
    wanted = job.spec.completions
    return (
        values.word(meta.namespace),
        values.name(meta.name),
        values.ready(now.succeeded, 1 if wanted is None else wanted),
        word,
        why,
        now.active,
        now.succeeded,
        now.failed,
        started,
        ended,
        ended - started if ended is not None and started is not None else None,
        values.moment(meta.created),
        bool(job.spec.suspend),
        job.spec.retries,
        values.word(kind, 60),
        values.word(manager),
        Clean("Job"),
        values.name(meta.uid),
    )


JOB = Probe(
    "kubernetes.job",
    "Jobs",
    "jobs",
    (
        Column("namespace", "NAMESPACE", Quantity.TEXT, "job metadata.namespace"),
        Column("name", "JOB", Quantity.TEXT, "job metadata.name"),
        Column("done", "DONE", Quantity.TEXT, "job status.succeeded, of spec.completions"),
        Column("status", "STATUS", Quantity.STATE, "job status.conditions"),
        Column("message", "MESSAGE", Quantity.TEXT, "job status.conditions message"),
        Column("active", "ACTIVE", Quantity.COUNT, "job status.active: pods at work"),
        Column("succeeded", "SUCCEEDED", Quantity.COUNT, "job status.succeeded"),
        Column("failed", "FAILED", Quantity.COUNT, "job status.failed"),
        Column("started", "STARTED", Quantity.SINCE, "job status.startTime"),
        Column("completed", "ENDED", Quantity.SINCE, "job status.completionTime"),
        Column("took_s", "TOOK", Quantity.SECONDS, "job status: from startTime to completionTime"),
        Column("created", "AGE", Quantity.SINCE, "job metadata.creationTimestamp"),
        Column("suspended", "SUSPENDED", Quantity.FLAG, "job spec.suspend"),
        Column("retries", "RETRIES", Quantity.COUNT, "job spec.backoffLimit"),
        Column("owner_kind", "OWNER", Quantity.TEXT, "job metadata.ownerReferences"),
        Column("owner", "OF", Quantity.TEXT, "job metadata.ownerReferences name"),
        Column("kind", "KIND", Quantity.TEXT, "job kind"),
        Column("uid", "UID", Quantity.TEXT, "job metadata.uid"),
    ),
    ("namespace", "name"),
    READ_JOB,
    job_rows,
    named=("namespace", "name"),
)


class CronSpec(msgspec.Struct, gc=False):
    """What is wanted."""

    schedule: str = ""
    zone: str | None = msgspec.field(default="", name="timeZone")
    suspend: bool | None = False
    policy: str = msgspec.field(default="", name="concurrencyPolicy")


class Reference(msgspec.Struct, gc=False):
    """Another object."""

    name: str = ""


class CronStatus(msgspec.Struct, gc=False):
    """What is."""

    active: list[Reference] | None = None
    scheduled: str | None = msgspec.field(default=None, name="lastScheduleTime")
    succeeded: str | None = msgspec.field(default=None, name="lastSuccessfulTime")


class CronJob(Object, gc=False):
    """What is read of a cron job."""

    spec: CronSpec = msgspec.field(default_factory=CronSpec)
    status: CronStatus = msgspec.field(default_factory=CronStatus)


READ_CRON = Reader(CronJob)


def cron_job_rows(turn: Turn[CronJob], _before: Turn[CronJob] | None) -> list[Row]:
    """One row per cron job."""
    return [
        (
            values.word(one.metadata.namespace),
            values.name(one.metadata.name),
            clean(one.spec.schedule, 100),
            values.word(one.spec.zone or "", 60),
            Clean("Suspended" if one.spec.suspend else "Active"),
            len(one.status.active or ()),
            values.moment(one.status.scheduled),
            values.moment(one.status.succeeded),
            values.word(one.spec.policy, 20),
            values.moment(one.metadata.created),
            Clean("CronJob"),
            values.name(one.metadata.uid),
        )
        for one in turn.put
    ]


CRON_JOB = Probe(
    "kubernetes.cron-job",
    "Cron jobs",
    "cronjobs",
    (
        Column("namespace", "NAMESPACE", Quantity.TEXT, "cron job metadata.namespace"),
        Column("name", "CRONJOB", Quantity.TEXT, "cron job metadata.name"),
        Column("schedule", "SCHEDULE", Quantity.TEXT, "cron job spec.schedule"),
        Column("zone", "ZONE", Quantity.TEXT, "cron job spec.timeZone; empty is the cluster's"),
        Column("status", "STATUS", Quantity.STATE, "cron job spec.suspend"),
        Column("active", "ACTIVE", Quantity.COUNT, "cron job status.active: jobs at work"),
        Column("scheduled", "STARTED", Quantity.SINCE, "cron job status.lastScheduleTime"),
        Column("succeeded", "SUCCEEDED", Quantity.SINCE, "cron job status.lastSuccessfulTime"),
        Column("policy", "WHEN BUSY", Quantity.TEXT, "cron job spec.concurrencyPolicy"),
        Column("created", "AGE", Quantity.SINCE, "cron job metadata.creationTimestamp"),
        Column("kind", "KIND", Quantity.TEXT, "cron job kind"),
        Column("uid", "UID", Quantity.TEXT, "cron job metadata.uid"),
    ),
    ("namespace", "name"),
    READ_CRON,
    cron_job_rows,
    named=("namespace", "name"),
)
