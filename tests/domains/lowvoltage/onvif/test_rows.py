"""Rows of answers: those of a simulated recorder, absurd ones, and which rules they raise."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsconsole.domains.lowvoltage.onvif import INTEGRATION
from opsconsole.domains.lowvoltage.onvif.event import kind
from opsconsole.errors import Malformed
from opsconsole.question import Part, joined
from tests.servers.onvif import Device, device
from tests.transports.onvif.test_pool import asked, rows

RECORDING = "onvif.recording"


async def recorded(one: Device) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The only recording, and all in short."""
    payload = await asked(one.url, "recording")
    (row,), (short,) = rows(payload, RECORDING), rows(payload, "onvif.storage")
    return row, short


async def test_a_gap_is_told_by_the_devices_own_clock() -> None:
    async with device() as one:
        one.ahead = -7200.0
        row, short = await recorded(one)
        assert 3 <= row["gap_s"] <= 30
        assert (row["name"], row["job"], row["state"], row["status"], row["tracks"]) == (
            "Gate", "active", "active", "recording", 1,
        )  # fmt: skip
        offset = row["newest_at"] - one.now
        assert 7100 < offset < 7210  # by our clock
        assert (short["recording"], short["writing"], short["failing"]) == ("recording", 1, 0)
        one.newest, one.failing = 900.0, True
        row, short = await recorded(one)
        assert 898 <= row["gap_s"] <= 960
        assert (short["recording"], short["failing"]) == ("error", 1)
        assert short["gap_s"] == pytest.approx(row["gap_s"])
        one.newest, one.failing = None, False
        row, short = await recorded(one)
        assert (row["gap_s"], row["state"], short["gap_s"]) == (None, "no data", None)
        one.job, one.newest = "Idle", 5.0
        row, short = await recorded(one)
        assert (row["job"], short["recording"], short["gap_s"]) == ("idle", "idle", None)


@pytest.mark.parametrize(
    ("picture", "word"),
    [
        (b"", "failed, empty"),
        (b"<html>", "failed, no whole JPEG"),
        (b"\xff\xd8" + bytes(99), "failed, no whole JPEG"),
    ],
)
async def test_a_picture_that_is_none_is_told(picture: bytes, word: str) -> None:
    async with device() as one:
        one.picture = picture
        (row,) = rows(await asked(one.url, "media"), "onvif.picture")
        assert (row["snapshot"], row["snapshot_bytes"]) == (word, len(picture))


@pytest.mark.parametrize(
    ("topic", "about"),
    [
        ("tns1:Device/HardwareFailure/StorageFailure", "storage failure"),
        ("tns1:Device/HardwareFailure/FanFailure", "hardware failure"),
        ("tns1:VideoSource/SignalLoss", "signal loss"),
        ("tns1:VideoSource/GlobalSceneChange/ImagingService", "tampering"),
        ("tns1:RuleEngine/TamperDetector/Tamper", "tampering"),
        ("tns1:RuleEngine/CellMotionDetector/Motion", "motion"),
        ("", "other"),
    ],
)
def test_topics_are_about_something(topic: str, about: str) -> None:
    assert kind(topic) == about


ABSURD = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9)
    | st.sampled_from(["9" * 400, "2026-13-45", "0001-01-01T00:00:00+14:00", "nan", "-inf"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["Profiles", "@token", "Name", "RecordingItem", "RecordingToken", "JobItem",
                         "JobConfiguration", "RecordingInformation", "LatestRecording", "Track",
                         "DataTo", "messages", "Topic", "Message", "Scopes", "ScopeItem", "State",
                         "SystemDateAndTime", "ahead_s", "took_ms", "status", "bytes", "modified",
                         "VideoEncoderConfiguration", "Resolution", "Width", "Encoding", ""]),
        inner, max_size=5),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(said=ABSURD, there=st.dictionaries(st.sampled_from(["status", "bytes", "messages", "uri",
       "took_ms", "modified", "answered", "whole"]), ABSURD, max_size=4),
       error=st.sampled_from(["", "absent", "denied"]))  # fmt: skip
def test_absurd_answers_survive(said: object, there: dict[str, object], error: str) -> None:
    part = Part(200, json.dumps([["t", 1.0, error, said, there]]).encode())
    for probe in INTEGRATION.probes:
        payload = joined([part] * len(INTEGRATION.questions[probe.exchange]))
        try:
            made = probe.rows(probe.read(payload), None)
        except Malformed:
            continue
        assert all(len(row) == len(probe.columns) for row in made)


def test_what_is_no_answer_is_malformed() -> None:
    for payload in (b"", b"200 2\n{}", b"junk", joined([Part(200, b"[[]]")] * 5)):
        for probe in INTEGRATION.probes:
            with pytest.raises(Malformed):
                probe.read(payload)
