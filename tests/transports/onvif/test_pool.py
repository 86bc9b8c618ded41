"""A device asked and acted on: signed by its clock, on its own host, with hostile ones among."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import pytest

from opsconsole.domains.lowvoltage.onvif import INTEGRATION
from opsconsole.domains.lowvoltage.onvif.device import CLOCK
from opsconsole.errors import Denied, Lost, Malformed, Refused, TargetError, Unsupported
from opsconsole.model import Target
from opsconsole.question import Questions, SoapCall
from opsconsole.secret import Secret
from opsconsole.transports.onvif import OnvifTransport
from tests.servers.onvif import HANG_UP, INNER, PASSWORD, USER, Device, device, envelope
from tests.servers.sampler import Heard
from tests.transports.doing import done


@pytest.fixture
async def one() -> AsyncGenerator[Device, None]:
    async with device() as made:
        yield made


def target(url: str, password: str = PASSWORD) -> Target:
    settings = {"url": url, "password": Secret("command", ("echo", password))}
    return Target("cam", "onvif", "onvif", "cam", user=USER, settings=settings)


async def asked(url: str, exchange: str, questions: Questions = INTEGRATION.questions) -> bytes:
    """The payload of one exchange; raises what is wrong with it."""
    transport, heard = OnvifTransport(), Heard()
    try:
        session = await transport.open(target(url), questions, 1.0, heard)
        session.ask(exchange)
        await heard.until(lambda all_: bool(all_.answers), 60)
    finally:
        await transport.close()
    answer = heard.answers[0]
    if answer.error:
        raise answer.error
    return answer.payload


def rows(payload: bytes, probe: str) -> list[Mapping[str, Any]]:
    """Rows of a probe, by column."""
    found = next(one for one in INTEGRATION.probes if one.id == probe)
    names = [column.key for column in found.columns]
    made = found.rows(found.read(payload), None)
    return [dict(zip(names, row, strict=True)) for row in made]


async def test_it_is_signed_by_the_devices_own_clock(one: Device) -> None:
    one.ahead = 86_400.0
    (row,) = rows(await asked(one.url, "device"), "onvif.device")
    assert (row["vendor"], row["model"], row["serial"]) == ("Acme", "Dome 5", "SN-7")
    assert "\u202e" not in row["firmware"]
    assert (row["name"], row["location"]) == ("Gate north", "hall")
    assert (row["host"], row["ntp"], row["refused"]) == ("", "", "")
    assert one.operations[0] == "GetSystemDateAndTime"
    assert b"Username" not in one.web.asked[0].body
    assert all(PASSWORD.encode() not in request.body for request in one.web.asked)


async def test_a_drift_is_told_whoever_asks(one: Device) -> None:
    one.ahead = -7200.0
    (row,) = rows(await asked(one.url, "clock"), "onvif.clock")
    assert (row["clock"], -7202 < row["ahead_s"] < -7190) == ("manual", True)
    assert row["drift_s"] == -row["ahead_s"]
    one.odd["GetSystemDateAndTime"] = envelope(
        "<tds:GetSystemDateAndTimeResponse><ahead_s>1</ahead_s><tds:SystemDateAndTime><tt:UTCDateTime/>"
        "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )
    one.ahead = 0.0
    (row,) = rows(await asked(one.url, "clock"), "onvif.clock")
    assert (row["clock"], row["drift_s"]) == ("", None)


async def test_http_digest_is_taken_where_it_is_wanted(one: Device) -> None:
    one.digest = True
    (row,) = rows(await asked(one.url, "media"), "onvif.picture")
    assert (row["snapshot"], row["snapshot_bytes"]) == ("ok", 2006)
    proven = [request for request in one.web.asked if "authorization" in request.headers]
    assert all(b"Password" not in request.body for request in proven)
    assert one.operations.count("GetServices") == 2  # challenged once, then known
    assert len(proven) == one.signed


async def test_addresses_of_behind_nat_are_taken_on_the_targets_host(one: Device) -> None:
    main, sub = rows(await asked(one.url, "media"), "onvif.profile")
    assert main["uri"] == f"rtsp://127.0.0.1:{one.rtsp}/main"
    assert (main["stream"], sub["stream"]) == ("answers", "down, status 404")
    assert (main["told_host"], main["encoder"], main["resolution"]) == (
        "192.168.1.64", "H265", "2560x1440",
    )  # fmt: skip
    assert {"/onvif/tr2?x=1", "/snap.jpg"} <= set(one.web.paths())
    assert all("pw" not in head and PASSWORD not in head for head in one.streams)
    assert [head.split()[0] for head in one.streams] == ["OPTIONS", "DESCRIBE", "DESCRIBE"] * 2


async def test_a_device_of_before_is_asked_by_capabilities_and_the_first_service(
    one: Device,
) -> None:
    one.old = True
    payload = await asked(one.url, "media")
    (row,) = rows(payload, "onvif.profile")
    assert (row["encoder"], row["resolution"], row["stream"]) == ("H264", "704x576", "answers")
    (short,) = rows(payload, "onvif.picture")
    assert (short["streams"], short["dead"], short["snapshot"]) == (1, 0, "none offered")
    (row,) = rows(await asked(one.url, "recording"), "onvif.storage")
    assert (row["recording"], row["recordings"]) == ("not offered", 0)


async def test_events_are_pulled_and_the_subscription_ended(one: Device) -> None:
    disk, motion = rows(await asked(one.url, "event"), "onvif.event")
    assert (disk["about"], disk["state"], disk["source"]) == (
        "storage failure",
        "critical",
        "disk1",
    )
    assert (motion["about"], motion["state"], motion["says"]) == ("motion", "quiet", "State=false")
    assert one.subscriptions == 0
    assert one.operations[-4:] == [
        "CreatePullPointSubscription", "PullMessages", "PullMessages", "Unsubscribe",
    ]  # fmt: skip


async def test_a_wrong_password_is_told(one: Device) -> None:
    with pytest.raises(Denied, match="not authorized"):
        await OnvifTransport().open(target(one.url, "x"), INTEGRATION.questions, 1.0, Heard())
    one.digest = True
    with pytest.raises(Denied):
        await OnvifTransport().open(target(one.url, "x"), INTEGRATION.questions, 1.0, Heard())


async def test_a_password_that_is_right_no_more_ends_the_session(one: Device) -> None:
    transport, heard = OnvifTransport(), Heard()
    session = await transport.open(target(one.url), INTEGRATION.questions, 1.0, heard)
    one.password = "another"
    session.ask("event")
    async with asyncio.timeout(60):
        with pytest.raises(Denied, match="GetDeviceInformation"):
            await session.ended()
    await transport.close()


async def test_a_clock_that_is_set_meanwhile_is_asked_again(one: Device) -> None:
    transport, heard = OnvifTransport(), Heard()
    session = await transport.open(target(one.url), INTEGRATION.questions, 1.0, heard)
    one.ahead = 3600.0  # what we sign is too old now
    session.ask("event")
    await heard.until(lambda all_: bool(all_.answers), 60)
    assert len(rows(heard.answers[0].payload, "onvif.event")) == 2
    await transport.close()


async def test_a_right_that_is_missing_hurts_that_alone(one: Device) -> None:
    one.forbidden = frozenset({"CreatePullPointSubscription", "GetScopes"})
    one.odd["GetHostname"] = HANG_UP
    (row,) = rows(await asked(one.url, "device"), "onvif.device")
    assert row["serial"] == "SN-7"
    assert row["refused"].startswith("cam: device GetHostname: ")
    assert row["refused"].endswith(", denied")
    with pytest.raises(Malformed, match="no subscription: denied"):
        rows(await asked(one.url, "event"), "onvif.event")


async def test_streams_where_nobody_listens_are_waited_for_once(one: Device) -> None:
    one.rtsp = 1
    (row,) = rows(await asked(one.url, "media"), "onvif.picture")
    assert (row["streams"], row["dead"], one.streams) == (0, 2, [])


HUGE = envelope(f"<tds:GetDeviceInformationResponse>{'<a/>' * 60_000}"
                "</tds:GetDeviceInformationResponse>")  # fmt: skip


@pytest.mark.parametrize(
    "odd", [b"", b"\0" * 90, b"<a>", HUGE, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']
)
async def test_hostile_answers_hurt_one_call_and_no_more(one: Device, odd: bytes) -> None:
    calls = (CLOCK, SoapCall("device", "GetScopes"), SoapCall("device", "GetHostname"))
    questions: Questions = {"x": calls}
    one.odd["GetScopes"] = odd
    payload = await asked(one.url, "x", questions)
    assert b"GetScopes: " in payload
    assert b'"absent"' in payload
    one.odd["GetSystemDateAndTime"] = odd
    with pytest.raises(Malformed, match="cam: device GetSystemDateAndTime"):
        await OnvifTransport().open(target(one.url), questions, 1.0, Heard())


@pytest.mark.parametrize(
    "address",
    ["http://evil.example/x", "//evil.example/x", "http://user:pw@evil.example:1/x",
     "ftp://127.0.0.1/x", "http://[::1/x", "", "x" * 3000],
)  # fmt: skip
async def test_no_address_leads_to_another_host(one: Device, address: str) -> None:
    one.odd["GetSnapshotUri"] = envelope(
        f"<tr2:GetSnapshotUriResponse><tr2:Uri>{address}</tr2:Uri></tr2:GetSnapshotUriResponse>"
    )
    (row,) = rows(await asked(one.url, "media"), "onvif.picture")
    assert row["snapshot"] in {"failed, no address", "failed, status 404"}
    assert (row["streams"], row["dead"]) == (1, 1)


async def test_calls_are_words_and_a_restart_is_seen(one: Device) -> None:
    transport, to = OnvifTransport(), target(one.url)
    assert await done(transport, to, "device", "SystemReboot", "{}", "away") == (
        0, b'{"Message": "in 30 s"}',
    )  # fmt: skip
    assert one.sulks < 3
    one.sulks = 0
    assert await done(transport, to, "device", "GetNothing") == (1, b"no such operation")
    one.recorder = False
    with pytest.raises(Unsupported, match="no service 'recording'"):
        await done(transport, to, "recording", "GetRecordings")
    one.odd["SystemReboot"] = b"<cut"
    with pytest.raises(Malformed, match="no XML"):
        await done(transport, to, "device", "SystemReboot")
    await transport.close()


@pytest.mark.parametrize(
    "words",
    [(), ("http", "Get"), ("device", "a b"), ("device", "A", "{"), ("device", "A", "[]"),
     ("device", "A", "{}", "then"), ("device", "A", "{}", "away", "x")],
)  # fmt: skip
async def test_words_that_are_no_call_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        await done(OnvifTransport(), target("http://127.0.0.1:1"), *words)


async def test_a_change_whose_answer_is_lost_may_have_been_done(one: Device) -> None:
    async def gone(_asked: object, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async def first(request: Any, writer: asyncio.StreamWriter) -> None:
        await (gone if b"SystemReboot" in request.body else one.answer)(request, writer)

    one.web.routes["/onvif/device_service"] = first
    with pytest.raises(Lost, match="whether it was done is not known"):
        await done(OnvifTransport(), target(one.url), "device", "SystemReboot")


async def test_who_is_no_such_device_is_told() -> None:
    async with device() as other:
        other.web.routes.clear()
        with pytest.raises(TargetError, match="status 404"):
            await asked(other.url, "device")
        with pytest.raises(TargetError, match="status 404"):
            await asked(f"{INNER.replace('192.168.1.64', '127.0.0.1')}:{other.web.port}/x", "media")
