"""Accounts are asked in all regions at once, page by page, and one that fails costs no other."""

import asyncio
import json
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from opsconsole.errors import Denied, Malformed, Unreachable, Unsupported
from opsconsole.model import Target
from opsconsole.question import CloudCall
from opsconsole.transports.aws import AwsTransport, asking, pool
from opsconsole.transports.aws.asking import filled
from tests.servers.cloud import KEY, Answer, crooked, refusal
from tests.transports.aws.scene import IDS, answer, instances, items, known, opened, read

TWO = "eu-west-1 us-east-1"
COUNTS = CloudCall("opsconsole", "calls")


async def test_all_regions_are_asked_and_all_pages_read() -> None:
    def say(operation: str, region: str) -> Answer:
        if operation != "DescribeInstances":
            return known(operation)
        number = crook.calls.count((operation, region))
        if region == "us-east-1":
            return instances("i-us")
        return instances(f"i-{number}", token=f"t{number}" if number < 3 else "")

    questions = {"one": (IDS,), "calls": (COUNTS,)}
    async with crooked(say) as crook, opened(crook.target(TWO), questions) as (session, heard):
        (reading,) = await read(session, heard)
        assert items(reading) == {"eu-west-1": ["i-1", "i-2", "i-3"], "us-east-1": ["i-us"]}
        (counts,) = await read(session, heard, "calls")
        told = {(one["operation"], one["region"]): one["requests"] for one in items(counts)[""]}
        assert told == {
            ("get_caller_identity", "us-east-1"): 1,
            ("describe_instances", "eu-west-1"): 3,
            ("describe_instances", "us-east-1"): 1,
        }
        received, sent = session.traffic
        assert sent > 0
        assert received > 400


async def test_pages_without_end_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PAGES", 4)

    def say(operation: str, region: str) -> Answer:
        count = len(crook.calls)
        return instances("i", token=f"t{count}") if operation[0] == "D" else known(operation)

    async with crooked(say) as crook, opened(crook.target()) as (session, heard):
        (reading,) = await read(session, heard)
    assert (len(reading.regions[0].items), reading.regions[0].more) == (4, True)


async def test_an_answer_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ROOM", 2000)

    def say(operation: str, region: str) -> Answer:
        return instances(*(["i" * 900] * 9)) if operation[0] == "D" else known(operation)

    async with crooked(say) as crook, opened(crook.target()) as (session, heard):
        (reading,) = await read(session, heard)
    assert (len(reading.regions[0].items), reading.regions[0].more) == (2, True)


async def test_a_region_that_hangs_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def say(operation: str, region: str) -> Answer:
        if operation != "DescribeInstances":
            return known(operation)
        return None if region == "us-east-1" and hangs.is_set() else instances("i-1")

    hangs = threading.Event()
    async with crooked(say) as crook, opened(crook.target(TWO)) as (session, heard):
        await read(session, heard)  # clients are made by now
        hangs.set()
        monkeypatch.setattr(pool, "DEADLINE", 3.0)
        (reading,) = await read(session, heard)
        assert items(reading) == {"eu-west-1": ["i-1"], "us-east-1": []}
        (silent,) = reading.errors
        assert (silent.region, silent.kind) == ("us-east-1", "unreachable")
        assert "no whole answer in time" in silent.error


async def test_a_call_that_is_throttled_is_tried_again_and_counted() -> None:
    def say(operation: str, region: str) -> Answer:
        if operation != "DescribeInstances":
            return known(operation)
        if region == "us-east-1" or crook.calls.count((operation, region)) == 1:
            return refusal(503, "RequestLimitExceeded")
        return instances("i-1")

    questions = {"one": (IDS,), "calls": (COUNTS,)}
    async with crooked(say) as crook, opened(crook.target(TWO), questions) as (session, heard):
        (reading,) = await read(session, heard)
        assert items(reading) == {"eu-west-1": ["i-1"], "us-east-1": []}
        assert "RequestLimitExceeded" in reading.errors[0].error
        assert "intervals" in reading.errors[0].remedy
        (counts,) = await read(session, heard, "calls")
        (bad,) = (
            one
            for one in items(counts)[""]
            if (one["region"], one["operation"]) == ("us-east-1", "describe_instances")
        )
        assert bad["requests"] == Counter(crook.calls)["DescribeInstances", "us-east-1"] == 3
        assert bad["throttled"] > 0
        assert "RequestLimitExceeded" in bad["error"]


async def test_a_token_that_ran_out_ends_the_session() -> None:
    def say(operation: str, region: str) -> Answer:
        return refusal(400, "RequestExpired") if operation[0] == "D" else known(operation)

    async with crooked(say) as crook, opened(crook.target()) as (session, heard):
        session.ask("one")
        with pytest.raises(Denied, match="RequestExpired"):
            await asyncio.wait_for(session.ended(), 60)
        assert heard.answers == []

        def disown(operation: str, region: str) -> Answer:
            return refusal(403, "InvalidClientTokenId")

        crook.say = disown
        with pytest.raises(Denied, match="InvalidClientTokenId") as caught:
            async with opened(crook.target()):
                pass
        assert "simulated" not in str(caught.value)


async def test_what_one_call_is_denied_the_others_say() -> None:
    def say(operation: str, region: str) -> Answer:
        if operation == "DescribeInstances":
            return instances("i-1")
        return refusal(403, "UnauthorizedOperation") if operation[0] == "D" else known(operation)

    status = CloudCall("ec2", "describe_instance_status")
    questions = {"one": (IDS, status), "two": (status, IDS)}
    async with crooked(say) as crook, opened(crook.target(), questions) as (session, heard):
        listed, checks = await read(session, heard, "one", 2)
        assert items(listed) == {"eu-west-1": ["i-1"]}
        assert checks.errors[0].kind == "denied"
        assert "docs/cloud.md" in checks.errors[0].remedy
        assert isinstance((await answer(session, heard, "two")).error, Denied)
        assert isinstance((await answer(session, heard, "three")).error, Unsupported)


async def test_what_is_no_answer_is_malformed() -> None:
    def say(operation: str, region: str) -> Answer:
        return (200, b"<html>who are you?</html") if operation[0] == "D" else known(operation)

    async with crooked(say) as crook, opened(crook.target()) as (session, heard):
        assert isinstance((await answer(session, heard)).error, Malformed)
    with pytest.raises(Unreachable):
        async with opened(crook.target()):
            pass


async def test_what_costs_money_is_asked_once_in_a_while() -> None:
    def say(operation: str, region: str) -> Answer:
        return instances(f"i-{len(crook.calls)}") if operation[0] == "D" else known(operation)

    dear = CloudCall("ec2", "describe_instances", results=IDS.results, keep=3600.0)
    questions = {"dear": (dear,), "one": (IDS,)}
    async with crooked(say) as crook, opened(crook.target(), questions) as (session, heard):
        first = await read(session, heard, "dear")
        assert await read(session, heard, "dear") == first
        assert crook.calls.count(("DescribeInstances", "eu-west-1")) == 1
        assert await read(session, heard) != await read(session, heard)


async def test_a_call_is_made_for_what_another_found() -> None:
    def say(operation: str, region: str) -> Answer:
        if operation == "DescribeInstances":
            return instances("i-1", "i-2")
        if operation == "DescribeInstanceAttribute":
            said = f"<instanceId>{len(crook.calls)}</instanceId>"
            return (
                200,
                f"<DescribeInstanceAttributeResponse>{said}</DescribeInstanceAttributeResponse>".encode(),
            )
        return known(operation)

    each = CloudCall(
        "ec2", "describe_instance_attribute", {"InstanceId": "*", "Attribute": "kernel"},
        "InstanceId", of=IDS,
    )  # fmt: skip
    together = CloudCall("ec2", "describe_tags", {"Filters": [{"Name": "f#", "Values": ["*"]}]},
                         "Tags", of=IDS, batch="Filters")  # fmt: skip
    questions = {"one": (each,), "two": (IDS, together)}
    async with crooked(say) as crook, opened(crook.target(), questions) as (session, heard):
        (reading,) = await read(session, heard)
        assert [one["of"] for one in items(reading)["eu-west-1"]] == ["i-1", "i-2"]
        bodies = [asked.body.decode() for asked in crook.web.asked[-2:]]
        assert ["InstanceId=i-1" in bodies[0], "InstanceId=i-2" in bodies[1]] == [True, True]
        await read(session, heard, "two", 2)
        last = crook.web.asked[-1].body.decode()
    assert "Filter.1.Name=f0&Filter.1.Value.1=i-1&Filter.2.Name=f1&Filter.2.Value.1=i-2" in last


async def test_items_share_a_call_and_a_refusal_may_be_an_answer() -> None:
    def say(operation: str, region: str) -> Answer:
        if operation == "DescribeInstances":
            return instances("i-1", "i-2", "i-1", "i-3")
        if operation == "DescribeInstanceAttribute":
            return refusal(404, code[-1])
        if operation == "DescribeTags":
            return 200, b"<DescribeTagsResponse><tagSet/></DescribeTagsResponse>"
        return known(operation)

    code = ["NoSuchThing"]

    ids = CloudCall("ec2", "describe_instances", results=f"{IDS.results}.{{id: @}}")
    shared = CloudCall("ec2", "describe_tags", {"Filters": [{"Name": "f", "Values": "**.id"}]},
                       "Tags", of=ids, together=2)  # fmt: skip
    each = CloudCall(
        "ec2", "describe_instance_attribute", {"InstanceId": "*.id>i-", "Attribute": "@region"},
        "InstanceId", of=ids, absent=("NoSuchThing",),
    )  # fmt: skip
    questions = {"one": (IDS, shared), "two": (each,)}
    async with crooked(say) as crook, opened(crook.target(), questions) as (session, heard):
        await read(session, heard, "one", 2)
        tags = [one.body.decode() for one in crook.web.asked if b"DescribeTags" in one.body]
        assert ["Value.1=i-1&Filter.1.Value.2=i-2" in tags[0], "Value.1=i-3" in tags[1]] == [
            *(True, True),
        ]
        assert len(tags) == 2  # each once, two together
        (reading,) = await read(session, heard, "two")
        found = items(reading)["eu-west-1"]
        assert {(one["absent"], len(one["items"])) for one in found} == {("NoSuchThing", 0)}
        last = crook.web.asked[-1].body.decode()
        assert "InstanceId=3&" in f"{last}&"
        assert "Attribute=eu-west-1" in last
        code.append("Broken")
        told = await answer(session, heard, "two")
        assert "Broken" in str(told.error)


def test_moments_are_filled_in() -> None:
    said = filled({"a": ["@today", "@month", "@tomorrow", "@next-month", "@today-3"], "n": 1})
    today, month, tomorrow, after, before = said["a"]
    assert before < today < tomorrow
    assert month[:7] == today[:7]
    assert month.endswith("-01")
    assert after > today
    assert filled("@now-60").tzinfo is not None
    assert filled("@other") == "@other"


async def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = Target("shop", "aws", "aws", settings={"endpoint": "http://127.0.0.1:1"})
    transport = AwsTransport()
    with pytest.raises(Unsupported, match="no region is named"):
        await transport.open(bare, {"one": (IDS,)}, 1.0, lambda _: None)
    said = {"endpoint": "http://127.0.0.1:1", "regions": "eu-west-1"}
    with pytest.raises(Denied, match="there are no credentials"):
        await transport.open(
            Target("shop", "aws", "aws", settings=said), {"one": (IDS,)}, 1.0, lambda _: None
        )
    with pytest.raises(Unsupported, match="profile"):
        await transport.open(
            Target("shop", "aws", "aws", settings={**said, "profile": "none"}),
            {"one": (IDS,)}, 1.0, lambda _: None,
        )  # fmt: skip
    await transport.close()
    monkeypatch.delitem(sys.modules, "opsconsole.transports.aws.pool")
    monkeypatch.setitem(sys.modules, "boto3", None)
    monkeypatch.delitem(sys.modules, "opsconsole.transports.aws.account")
    with pytest.raises(Unsupported) as caught:
        await AwsTransport().open(bare, {"one": (IDS,)}, 1.0, lambda _: None)
    assert caught.value.remedy == "pip install 'opsconsole[aws]'"


async def test_a_profile_names_key_and_region(tmp_path: Path) -> None:
    place = tmp_path / "home" / ".aws"
    place.mkdir(parents=True)
    (place / "config").write_text("[profile shop]\nregion = eu-north-1\n")
    (place / "credentials").write_text(
        "[shop]\naws_access_key_id = OFPROFILE\naws_secret_access_key = of-the-profile\n"
    )

    def say(operation: str, region: str) -> Answer:
        return instances("i-1") if operation[0] == "D" else known(operation)

    async with crooked(say) as crook:
        settings = {"endpoint": crook.web.url, "profile": "shop"}
        async with opened(Target("shop", "aws", "aws", settings=settings)) as (session, heard):
            (reading,) = await read(session, heard)
        assert items(reading) == {"eu-north-1": ["i-1"]}
        assert all("Credential=OFPROFILE/" in one.headers["authorization"]
                   for one in crook.web.asked)  # fmt: skip


async def test_all_regions_of_the_account() -> None:
    names = "".join(
        f"<item><regionName>{one}</regionName></item>" for one in ("us-east-1", "eu-west-1")
    )

    def say(operation: str, region: str) -> Answer:
        if operation == "DescribeRegions":
            inside = f"<regionInfo>{names}</regionInfo>"
            return 200, f"<DescribeRegionsResponse>{inside}</DescribeRegionsResponse>".encode()
        return instances(region) if operation[0] == "D" else known(operation)

    async with crooked(say) as crook, opened(crook.target("all")) as (session, heard):
        (reading,) = await read(session, heard)
    assert json.dumps(items(reading)) == '{"eu-west-1": ["eu-west-1"], "us-east-1": ["us-east-1"]}'
    assert KEY.reference == ("CLOUD_SECRET",)
