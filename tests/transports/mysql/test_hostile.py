"""A server that is up to no good, and what it gets: no file, and no password in the clear."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from pymysql.err import OperationalError

from opsconsole.errors import Denied, Lost, Malformed, TargetError, Unreachable, Untrusted
from opsconsole.model import Target
from opsconsole.secret import Secret
from opsconsole.transports.mysql.faults import is_refusal, of_failure
from opsconsole.transports.mysql.option import read
from tests.transports.mysql.scene import SSL, Rogue, answers, ended, opened, said

SECRET = "SWORDFISH"


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.setenv("OPSCONSOLE_TEST_PASSWORD", SECRET)
    return {"password": Secret("env", ("OPSCONSOLE_TEST_PASSWORD",))}


async def fails(rogue: Rogue, settings: dict[str, object]) -> TargetError:
    async with rogue.running() as target:
        try:
            async with opened(replace(target, settings=settings)) as (session, _):
                session.ask("one")
                await ended(session)
        except TargetError as error:
            return error
    raise AssertionError("it was taken for a server")


async def test_it_gets_no_file(password: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a line of ours")
    rogue = Rogue()
    rogue.reply = b"\xfb" + str(tmp_path / "file").encode()
    error = await fails(rogue, password)
    assert "LOAD_LOCAL" in str(error)
    assert b"a line of ours" not in rogue.heard


@pytest.mark.parametrize("plugin", ["mysql_clear_password", "mysql_old_password", "dialog"])
async def test_it_gets_no_password_for_the_asking(plugin: str, password: dict[str, object]) -> None:
    asked, switched = Rogue(plugin), Rogue()
    switched.switch = plugin.encode()
    for rogue in (asked, switched):
        error = await fails(rogue, password)
        assert isinstance(error, Denied)
        assert SECRET.encode() not in rogue.heard
        assert error.remedy


@pytest.mark.parametrize("asked", [b"\x01\x04", b"\x01\x05"])
async def test_a_key_that_comes_unproved_is_not_used(
    asked: bytes, password: dict[str, object]
) -> None:
    """It says that it needs the whole password, encrypted with the key it would send."""
    rogue = Rogue("caching_sha2_password")
    rogue.welcome = asked
    error = await fails(rogue, password)
    assert SECRET.encode() not in rogue.heard
    if asked.endswith(b"\x04"):
        assert isinstance(error, Denied)
        assert "tls = true" in error.remedy


async def test_it_cannot_talk_us_out_of_tls(password: dict[str, object]) -> None:
    rogue = Rogue()
    assert isinstance(await fails(rogue, {**password, "tls": True}), Untrusted)
    assert rogue.heard == b""
    with_tls = Rogue(flags=SSL)
    assert isinstance(await fails(with_tls, {**password, "tls": True}), TargetError)
    assert SECRET.encode() not in with_tls.heard


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (8, b"7", 7),
        (8, b"9" * 40, 1e40),
        (8, b"-18446744073709551616", -(2.0**64)),
        (5, b"nan", None),
        (5, b"1e999", None),
        (253, b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
async def test_absurd_numbers_and_texts_survive(kind: int, value: bytes, shown: object) -> None:
    rogue = Rogue()
    rogue.rows(kind, value)
    async with rogue.running() as target:
        (part,) = await answers(target, "SELECT 1")
        assert said(part) == [[shown]]


async def test_a_number_that_is_none_is_no_answer() -> None:
    rogue = Rogue()
    rogue.rows(8, b"seven")
    assert isinstance(await fails(rogue, {}), Malformed)


async def test_noise_is_no_server() -> None:
    async def noise(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x10\x00\x00\x00SSH-2.0-OpenSSH_9\r\n" * 3)
        writer.close()

    server = await asyncio.start_server(noise, "127.0.0.1", 0)
    async with server:
        target = Target("noise", "mysql", "mysql", "127.0.0.1", server.sockets[0].getsockname()[1])
        with pytest.raises(TargetError):
            async with opened(target):
                pass


@pytest.mark.parametrize(
    ("code", "error", "remedy"),
    [
        (1040, Unreachable, "max_connections"),
        (1129, Denied, "FLUSH HOSTS"),
        (1130, Denied, "address"),
        (1203, Unreachable, "MAX_USER_CONNECTIONS"),
        (1698, Denied, "socket"),
        (1251, Denied, "caching_sha2_password"),
        (1862, Denied, "expired"),
        (3118, Denied, "UNLOCK"),
        (1053, Lost, "error log"),
        (2013, Lost, "error log"),
        (4031, Lost, "error log"),
    ],
)
def test_numbers_of_servers_have_remedies(code: int, error: type[TargetError], remedy: str) -> None:
    fault = of_failure("db", OperationalError(code, "said\x1b[2J"))
    assert isinstance(fault, error)
    assert str(fault).startswith("db: ")
    assert "\x1b" not in str(fault)
    assert remedy in fault.remedy


def test_only_a_number_of_the_server_is_a_refusal() -> None:
    numbers = (0, 1053, 1142, 1227, 1927, 2006, 2013, 3024, 4031, 9001)
    assert [one for one in numbers if is_refusal(OperationalError(one, ""))] == [1142, 1227, 3024]


def test_an_option_file_is_read_as_the_clients_do() -> None:
    text = (
        '# comment\n[client]\nuser=a\n;user=b\npassword = "p#1 \'x"\n[mysqldump]\nuser=c\nquick\n'
        "!includedir /etc\n[client]\nuser = d # later wins\nport=1\n"
    )
    assert read(text) == {"user": "d", "password": "p#1 'x"}
    assert read("user=a\n[client\n=\n") == {}
