"""A controller asked and acted on: signed in to and out of, by password where there is no more."""

import asyncio
import base64
from collections.abc import Callable

import pytest

from opsconsole.errors import Denied, Refused
from opsconsole.model import Target
from opsconsole.question import HttpCrawl, Questions, parted
from opsconsole.secret import Secret
from opsconsole.transports.redfish import RedfishTransport
from tests.servers.redfish import PASSWORD, SYSTEM, USER, Controller, controller
from tests.servers.sampler import Heard
from tests.transports.doing import done

ASKED: Questions = {"system": (HttpCrawl("/redfish/v1/", follow=(("Systems", "Members"),)),)}


def target(one: Controller, password: str = PASSWORD) -> Target:
    settings = {"url": one.url, "password": Secret("command", ("echo", password))}
    return Target("bmc", "bmc", "redfish", "bmc", user=USER, settings=settings)


def _have(number: int) -> Callable[[Heard], bool]:
    return lambda all_: len(all_.answers) == number


async def test_it_signs_in_once_and_out_at_the_end() -> None:
    async with controller() as one:
        transport, heard = RedfishTransport(), Heard()
        session = await transport.open(target(one), ASKED, 1.0, heard)
        for number in range(1, 4):
            session.ask("system")
            await heard.until(_have(number), 30)
        assert one.open == 1
        await session.close()
        await transport.close()
        assert one.open == 0
        assert one.paths().count("/redfish/v1/SessionService/Sessions") == 1
        told = [asked.path for asked in one.asked if "authorization" in asked.headers]
        assert told == ["/redfish/v1/"]  # before it is known whether there are sessions
        assert SYSTEM in parted(heard.answers[-1].payload, 1)[0].body.decode()


async def test_without_sessions_it_is_asked_by_password() -> None:
    async with controller(sessions=False) as one:
        status, out = await done(RedfishTransport(), target(one), "GET", SYSTEM)
        assert (status, b"WebFrontEnd483" in out) == (0, True)
        words = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        assert one.asked[-1].headers["authorization"] == f"Basic {words}"


async def test_a_wrong_password_is_told_and_leaves_no_session() -> None:
    async with controller() as one:
        with pytest.raises(Denied, match="401"):
            await RedfishTransport().open(target(one, "wrong"), ASKED, 1.0, Heard())
        assert one.open == 0


async def test_a_session_that_the_controller_forgot_ends_ours() -> None:
    async with controller() as one:
        transport, heard = RedfishTransport(), Heard()
        session = await transport.open(target(one), ASKED, 1.0, heard)
        one.open = 0
        session.ask("system")
        async with asyncio.timeout(30):
            with pytest.raises(Denied):
                await session.ended()
        await transport.close()


async def test_a_change_meets_only_the_version_that_was_looked_at() -> None:
    async with controller() as one:
        to, body = target(one), '{"LocationIndicatorActive":true}'
        status, out = await done(RedfishTransport(), to, "PATCH", SYSTEM, body, 'W/"7"')
        assert (status, b"changed since" in out) == (412, True)
        assert (await done(RedfishTransport(), to, "PATCH", SYSTEM, body, 'W/"1"'))[0] == 0
        assert one.tree[SYSTEM]["LocationIndicatorActive"] is True
        with pytest.raises(Refused, match="no version"):
            await done(RedfishTransport(), to, "PATCH", SYSTEM, body, "*\r\nX: y")
        assert one.open == 0
