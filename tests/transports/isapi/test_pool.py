"""A controller asked and acted on: by digest, in both of its languages, and by few calls only."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from opsconsole.errors import Denied, Refused
from opsconsole.model import Target
from opsconsole.question import IsapiRequest, Questions, parted
from opsconsole.secret import Secret
from opsconsole.transports.isapi import IsapiTransport
from tests.servers.isapi import PASSWORD, USER, Controller, controller
from tests.servers.sampler import Heard
from tests.servers.web import page, web
from tests.transports.doing import done

STATUS = "/ISAPI/AccessControl/AcsWorkStatus?format=json"
LOG = "/ISAPI/AccessControl/AcsEvent?format=json"
ONCE = "<RemoteControlDoor><cmd>open</cmd></RemoteControlDoor>"


def search(most: int = 5) -> str:
    wanted = {"searchID": "x", "searchResultPosition": 0, "maxResults": most, "major": 0,
              "minor": 0, "timeReverseOrder": True}  # fmt: skip
    return json.dumps({"AcsEventCond": wanted})


ASKED: Questions = {
    "doors": (
        IsapiRequest(STATUS, since=("AcsWorkStatus", "magneticStatus")),
        IsapiRequest(LOG, "POST", body=search().encode(), newest=True, statuses=(403,)),
        IsapiRequest("/ISAPI/System/deviceInfo", keep=600),
        IsapiRequest("/ISAPI/AccessControl/Door/param/1", keep=600),
    )
}


def target(url: str, password: str = PASSWORD) -> Target:
    settings = {"url": url, "password": Secret("command", ("echo", password))}
    return Target("doors", "door", "isapi", "doors", user=USER, settings=settings)


@pytest.fixture
async def one() -> AsyncGenerator[Controller, None]:
    async with controller() as served:
        yield served


def _have(number: int) -> Callable[[Heard], bool]:
    return lambda all_: len(all_.answers) == number


async def asked(one: Controller, times: int, between: Callable[[], None] = lambda: None) -> Any:
    """Parts of the last of so many answers."""
    transport, heard = IsapiTransport(), Heard()
    session = await transport.open(target(one.url), ASKED, 1.0, heard)
    try:
        for number in range(1, times + 1):
            session.ask("doors")
            await heard.until(_have(number), 30)
            between()
    finally:
        await session.close()
        await transport.close()
    assert heard.answers[-1].error is None
    return [json.loads(part.body) for part in parted(heard.answers[-1].payload, 4)]


async def test_the_password_never_goes_over_the_wire_and_is_proven_once(one: Controller) -> None:
    status, _, device, name = await asked(one, 3)
    assert one.refused == 1, "only the first request comes without a proof"
    assert all("Basic" not in a.headers.get("authorization", "") for a in one.asked)
    assert status["said"]["AcsWorkStatus"]["magneticStatus"] == [0, 0]
    assert device["said"]["DeviceInfo"]["model"] == "DS-K2602"
    assert name["said"] == {"DoorParam": {"doorName": "Lobby"}}, "its password stays behind"


async def test_a_proof_that_is_too_old_is_made_anew(one: Controller) -> None:
    status, *_ = await asked(one, 4, one.renew)
    assert status["said"]["AcsWorkStatus"]["doorStatus"] == [4, 4]
    assert 1 < one.refused <= 5


async def test_what_hardly_changes_is_asked_once(one: Controller) -> None:
    await asked(one, 3)
    assert one.paths().count("/ISAPI/System/deviceInfo") == 1
    assert one.paths().count(LOG) == 3


async def test_it_remembers_since_when_a_contact_is_as_it_is(one: Controller) -> None:
    def open_once() -> None:
        one.leaves[1].contact = 1

    status, *_ = await asked(one, 3, open_once)
    first, second = status["since"]
    assert first < second < status["at"]


async def test_the_end_of_a_log_is_read_whichever_end_it_begins_with(one: Controller) -> None:
    for number in range(1, 13):
        one.note(5, 0x15, 1 + number % 2)
    found: list[list[int]] = []
    for newest_first in (True, False):
        one.newest_first = newest_first
        _, log, *_ = await asked(one, 1)
        found.append([entry["serialNo"] for entry in log["said"]["AcsEvent"]["InfoList"]])
    assert [sorted(numbers) for numbers in found] == [[8, 9, 10, 11, 12]] * 2
    status, out = await done(IsapiTransport(), target(one.url), "POST", LOG, search())
    told = json.loads(out.partition(b"\n")[2])["AcsEvent"]["InfoList"]
    assert (status, [entry["serialNo"] for entry in told]) == (0, [8, 9, 10, 11, 12])


async def test_a_wrong_password_is_told(one: Controller) -> None:
    with pytest.raises(Denied, match="401"):
        await IsapiTransport().open(target(one.url, "wrong"), ASKED, 1.0, Heard())
    assert len(one.asked) <= 2, "controllers lock accounts after some wrong ones"


async def test_a_server_that_wants_the_password_in_the_clear_does_not_get_it() -> None:
    async with web({"/ISAPI/AccessControl/AcsWorkStatus": page(
        b"", 401, WWW_Authenticate='Basic realm="x"'
    )}) as served:  # fmt: skip
        with pytest.raises(Denied):
            await IsapiTransport().open(target(served.url), ASKED, 1.0, Heard())
        assert not [a for a in served.asked if "authorization" in a.headers]


async def test_a_door_is_opened_and_a_no_is_heard(one: Controller) -> None:
    to, path = target(one.url), "/ISAPI/AccessControl/RemoteControl/door/"
    status, out = await done(IsapiTransport(), to, "PUT", f"{path}1", ONCE)
    assert (status, one.leaves[0].lock) == (0, 1)
    assert json.loads(out.partition(b"\n")[2])["ResponseStatus"]["statusCode"] == "1"
    assert one.asked[-1].headers["content-type"] == "application/xml"
    assert (await done(IsapiTransport(), to, "PUT", f"{path}9", ONCE))[0] == 400


async def test_a_no_with_a_yes_of_http_is_a_no() -> None:
    told = page(b'{"statusCode":4,"statusString":"Invalid Operation"}')
    async with web({"/ISAPI/System/reboot": told}) as served:
        to = target(served.url)
        assert (await done(IsapiTransport(), to, "PUT", "/ISAPI/System/reboot"))[0] == 4


DOOR = "/ISAPI/AccessControl/RemoteControl/door/1"


@pytest.mark.parametrize(
    "words",
    [
        ("PUT", DOOR, ONCE.replace("open", "alwaysClose")),
        ("PUT", DOOR, ONCE.replace("open", "alwaysOpen")),
        ("PUT", DOOR, ONCE.replace("open", "close")),
        ("PUT", DOOR, f"{ONCE}{ONCE.replace('open', 'alwaysClose')}"),
        ("PUT", DOOR, '{"RemoteControlDoor":{"cmd":"alwaysClose"}}'),
        ("PUT", f"{DOOR}/../2", ONCE),
        ("PUT", f"{DOOR}?cmd=alwaysClose", ONCE),
        ("PUT", "/ISAPI/AccessControl/RemoteControl/door/0", ONCE),
        ("PUT", "/ISAPI/AccessControl/RemoteControl/door/65535", ONCE),
        ("PUT", "/ISAPI/System/time", "<Time/>"),
        ("PUT", "/ISAPI/System/reboot", "{}"),
        ("PUT", "/ISAPI/System/factoryReset"),
        ("DELETE", "/ISAPI/AccessControl/CardInfo"),
        ("POST", "/ISAPI/AccessControl/UserInfo/Record?format=json", "{}"),
        ("POST", LOG, "{}"),
        ("GET", "/other"),
    ],
)
async def test_nothing_else_is_ever_sent(one: Controller, words: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="is not sent"):
        await done(IsapiTransport(), target(one.url), *words)
    assert one.asked == []


async def test_a_controller_that_went_ends_the_session(one: Controller) -> None:
    transport, heard = IsapiTransport(), Heard()
    session = await transport.open(target(one.url), ASKED, 1.0, heard)
    await one.stop()
    session.ask("doors")
    async with asyncio.timeout(30):
        with pytest.raises(Exception, match="doors"):
            await session.ended()
    await transport.close()
