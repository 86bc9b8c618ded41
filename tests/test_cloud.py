"""Answers of clouds: what is there is read, what is odd is left out, what is none is malformed."""

import msgspec
import pytest

from opsconsole import cloud
from opsconsole.errors import Malformed
from opsconsole.question import CloudCall


class Thing(msgspec.Struct):
    id: str


def test_items_are_found_with_their_region() -> None:
    body = cloud.answered(
        7.0,
        [("a", [{"id": "1"}, 5, {"id": "2"}], False), ("b", [], True), ("c", [{"id": "3"}], False)],
    )
    reading = cloud.reading(body)
    assert reading.at == 7.0
    assert [(region, one.id) for region, one in reading.found(Thing)] == [
        ("a", "1"),
        ("a", "2"),
        ("c", "3"),
    ]
    assert [one.more for one in reading.regions] == [False, True, False]
    assert reading.errors == []


def test_a_region_of_which_nothing_can_be_read_is_malformed() -> None:
    reading = cloud.reading(cloud.answered(7.0, [("a", [1, 2], False)]))
    with pytest.raises(Malformed, match="a: nothing"):
        list(reading.found(Thing))
    for body in (b"", b"[]", b'{"at": 1}', b"\xff", b"[" * 100_000):
        with pytest.raises(Malformed):
            cloud.reading(body)


def test_calls_cross_as_one_word() -> None:
    inner = CloudCall("ec2", "describe_instances", {"Filters": [{"Name": "n"}]}, "a[].b", page=5)
    calls = (CloudCall("elbv2", "describe_target_health", {"A": "*.b"}, of=inner), inner)
    assert cloud.understood(cloud.written(calls)) == calls
    with pytest.raises(Malformed):
        cloud.understood('[{"service": 1}]')
