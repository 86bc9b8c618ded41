"""What real upsd and real drivers are told, and what they make of it."""

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from opsconsole.errors import Denied, Lost, Refused, Unreachable
from opsconsole.transports.nut import NutTransport
from tests.servers.nut import Upsd, upsd
from tests.transports.doing import done
from tests.transports.nut.scene import acting, saying, target


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Upsd, None, None]:
    with upsd(tmp_path_factory.mktemp("upsd"), ("rack1",)) as one:
        yield one


@pytest.mark.server
async def test_reading_needs_no_user(server: Upsd) -> None:
    status, told = await done(NutTransport(), target(server), "LIST", "CMD", "rack1")
    assert (status, json.loads(told)) == (0, [["CMD", "rack1", "load.off"]])
    assert await done(NutTransport(), target(server), "LIST", "VAR", "x") == (1, b"UNKNOWN-UPS")


@pytest.mark.server
async def test_what_is_set_is_done_by_the_driver(server: Upsd, tmp_path: Path) -> None:
    to = acting(server, tmp_path)
    words = ("SET", "VAR", "rack1", "battery.date", "left of row 4")
    assert await done(NutTransport(), to, *words) == (0, b"SUCCESS")
    server.until("rack1", "battery.date", "left of row 4")
    status, told = await done(NutTransport(), to, "SET", "VAR", "rack1", "no.such", "1")
    assert (status, told) == (1, b"VAR-NOT-SUPPORTED")
    assert await done(NutTransport(), to, "INSTCMD", "rack1", "x") == (1, b"CMD-NOT-SUPPORTED")


@pytest.mark.server
async def test_who_may_not_is_refused(server: Upsd, tmp_path: Path) -> None:
    words = ("INSTCMD", "rack1", "load.off")
    with pytest.raises(Denied) as caught:
        await done(NutTransport(), target(server), *words)
    assert "upsd.users" in caught.value.remedy
    for to in (acting(server, tmp_path, "wrong"), acting(server, tmp_path, "looks", "looks")):
        assert await done(NutTransport(), to, *words) == (1, b"ACCESS-DENIED")


@pytest.mark.parametrize(
    "argv",
    [(), ("LOGIN", "rack1"), ("FSD", "rack1"), ("SET", "TRACKING", "OFF"), ("GET", "a\nFSD rack1")],
)
async def test_what_is_no_business_of_ours_is_never_sent(argv: tuple[str, ...]) -> None:
    async with saying(b"OK\n") as (where, told):
        with pytest.raises(Refused):
            await done(NutTransport(), target(where), *argv)
        assert told == []


NO = b"ERR FEATURE-NOT-CONFIGURED\n"


async def test_lost_is_not_called_failed(tmp_path: Path) -> None:
    async with saying(NO, b"OK\n", b"OK\n", b"ERR INVALID-ARGUMENT\n", b"") as (where, told):
        to = acting(where, tmp_path)
        with pytest.raises(Lost) as caught:
            await done(NutTransport(), to, "INSTCMD", "a", "load.off")
        assert "not known" in str(caught.value)
        assert told[-1] == b"INSTCMD a load.off\n"
    with pytest.raises(Unreachable):
        await done(NutTransport(), acting(where, tmp_path), "INSTCMD", "a", "load.off")


async def test_an_old_server_that_tracks_nothing_is_believed(tmp_path: Path) -> None:
    old = (NO, b"OK\n", b"OK\n", b"ERR INVALID-ARGUMENT\n", b"OK\n")
    async with saying(*old) as (where, _):
        answer = await done(NutTransport(), acting(where, tmp_path), "INSTCMD", "a", "x")
        assert answer == (0, b"OK")


async def test_what_the_driver_could_not_do_is_a_failure(tmp_path: Path) -> None:
    new = (NO, b"OK\n", b"OK\n", b"OK\n", b"OK TRACKING 1-2\n", b"PENDING\n", b"ERR FAILED\n")
    async with saying(*new) as (where, told):
        answer = await done(NutTransport(), acting(where, tmp_path), "INSTCMD", "a", "x")
        assert answer == (1, b"FAILED")
        assert told[-2:] == [b"GET TRACKING 1-2\n"] * 2
