"""Cron jobs are started, held and let go; jobs are taken away."""

import json

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.cloud.kubernetes.action.job import TRIGGER
from opsconsole.domains.cloud.kubernetes.action.workload import moment
from opsconsole.errors import Refused, Unsupported
from opsconsole.plan import Ended, Thing, Tier
from tests.domains.cloud.kubernetes.scene import Operator, eventually
from tests.servers.kubernetes.refusal import Json


def cron(space: str, name: str, **more: object) -> Json:
    pod = {"containers": [{"name": "c", "image": "x"}], "restartPolicy": "Never"}
    template = {"metadata": {"labels": {"of": name}}, "spec": {"template": {"spec": pod}}}
    return {"apiVersion": "batch/v1", "kind": "CronJob",
            "metadata": {"name": name, "namespace": space},
            "spec": {"schedule": "0 3 * * *", "jobTemplate": template, **more}}  # fmt: skip


async def test_a_job_of_it_is_started_now(one: Operator) -> None:
    await one.add(cron(one.space, "nightly"))
    thing = await one.thing("cronjobs", "nightly")
    plan = await one.plan("trigger-cron-job", thing)
    assert plan.items[0].preview == "dry run: the API server would take it"
    assert await one.control("count", of="jobs", namespace=one.space) == 0
    outcome = await one.do("trigger-cron-job", thing)
    assert outcome.ended is Ended.VERIFIED, outcome
    (job,) = await one.control("list", of="jobs", namespace=one.space)
    meta = job["metadata"]
    assert meta["name"].startswith("nightly-manual-")
    assert meta["annotations"] == {"cronjob.kubernetes.io/instantiate": "manual"}
    assert meta["labels"]["of"] == "nightly"
    assert meta["ownerReferences"][0]["uid"] == dict(thing.pins)["uid"]
    assert meta["ownerReferences"][0]["controller"] is True


def test_one_that_runs_alone_is_not_started_beside() -> None:
    busy = {**cron("a", "alone", concurrencyPolicy="Forbid"),
            "status": {"active": [{"name": "alone-1"}]}}  # fmt: skip
    thing = Thing("prod", (("name", "alone"), ("namespace", "a")), Clean("alone"))
    out = b"200 Sun, 29 Nov 2026 07:00:00 GMT\n" + json.dumps(busy).encode()
    facts = TRIGGER.look.read(thing, 0, out)
    assert TRIGGER.bars(thing, facts, {}) == "it runs one at a time, and alone-1 is at work"
    (step,) = TRIGGER.steps(thing, facts, {})
    assert '"alone-manual-261129070000"' in step.argv[2]
    with pytest.raises(Unsupported, match="no date"):
        TRIGGER.steps(thing, {**facts, "_now": ""}, {})


async def test_a_cron_job_is_held_and_goes_on(one: Operator) -> None:
    await one.add(cron(one.space, "nightly"))
    thing = await one.thing("cronjobs", "nightly")
    outcome = await one.do("suspend-cron-job", thing)
    assert outcome.ended is Ended.VERIFIED
    assert (await one.stored("cronjobs", "nightly"))["spec"]["suspend"] is True
    with pytest.raises(Refused, match="suspended already"):
        await one.plan("suspend-cron-job", thing)
    assert (await one.undo(outcome)).ended is Ended.VERIFIED
    with pytest.raises(Refused, match="is not suspended"):
        await one.plan("resume-cron-job", thing)
    with pytest.raises(Refused, match="not the same"):
        await one.plan("suspend-cron-job", await one.thing("cronjobs", "nightly", uid="other"))


async def test_a_job_is_taken_away_with_its_pods(one: Operator) -> None:
    await one.add(cron(one.space, "nightly"))
    name = await one.control("schedule", namespace=one.space, name="nightly")
    thing = await one.thing("jobs", name)

    async def has_pods() -> bool:
        return bool(await one.control("count", of="pods", namespace=one.space))

    await eventually(has_pods)
    plan = await one.plan("delete-job", thing)
    assert plan.tier is Tier.WITNESS
    outcome = await one.do("delete-job", thing)
    assert outcome.ended is Ended.VERIFIED, outcome
    assert await one.control("count", of="jobs", namespace=one.space) == 0

    async def gone() -> bool:
        return not await has_pods()

    await eventually(gone)


@pytest.mark.parametrize(
    ("head", "at"),
    [
        ("200 Sun, 29 Nov 2026 07:00:01 GMT", "2026-11-29T07:00:01Z"),
        ("200 Mon, 05 Jan 2026 23:59:59 GMT", "2026-01-05T23:59:59Z"),
        ("200 So, 29 Nov 2026 07:00:01 GMT", ""),
        ("200 Sun, 29 Now 2026 07:00:01 GMT", ""),
        ("200 ", ""),
        ("", ""),
    ],
)
def test_the_servers_own_time(head: str, at: str) -> None:
    assert moment(f"{head}\n{{}}".encode()) == at
