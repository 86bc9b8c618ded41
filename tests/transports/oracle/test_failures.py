"""What fails before there is a session, on real sockets: what, where and how to mend it."""

import asyncio
import gc
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from opsconsole.errors import (
    Lost,
    Malformed,
    Refused,
    TargetError,
    Unreachable,
    Unsupported,
    Untrusted,
)
from opsconsole.question import HttpRequest
from opsconsole.transports.oracle import OracleTransport, client
from opsconsole.transports.oracle.wire import LIMIT, Frames
from tests.servers.authority import Authority
from tests.transports.doing import done
from tests.transports.oracle.scene import (
    REDIRECT,
    Listener,
    nothing,
    packet,
    refusal,
    tried,
)


@pytest.mark.parametrize(
    ("code", "said", "remedy"),
    [
        (12514, 'Service "orders" is not registered', "mend `service_name`"),
        (12505, "is not registered with the listener", "mend `sid`"),
        (12516, "Similar to ORA-12516", "end idle sessions"),
        (12528, "Similar to ORA-12528", "`privilege`"),
        (12599, "Similar to ORA-12599", "listener's log"),
    ],
)
async def test_a_listener_says_why_not(code: int, said: str, remedy: str) -> None:
    listener = Listener(refusal(code))
    async with listener.running() as target:
        with pytest.raises(Unreachable, match=said) as caught:
            await tried(target)
    assert remedy in caught.value.remedy
    assert str(caught.value).startswith("db: DPY-600")
    assert "127.0.0.1" not in str(caught.value), "where the driver is led is nobody's concern"
    assert b"SERVICE_NAME=orders" in listener.heard
    assert listener.connections == 1


async def test_nobody_listens_and_nobody_is_called_so() -> None:
    async with Listener().running() as target:
        pass
    with pytest.raises(Unreachable, match="Connection refused") as caught:
        await tried(target)
    assert "lsnrctl status" in caught.value.remedy
    with pytest.raises(Unreachable, match="name is not known"):
        await tried(replace(target, address="no.such.invalid"))


async def test_a_listener_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "CONNECTING", 2.0)

    async def given_up(reply: bytes) -> None:
        listener = Listener(reply, hangs=True)
        async with listener.running() as target:
            with pytest.raises(Unreachable, match="db: no answer in time"):
                await tried(target)
        assert b"SERVICE_NAME=orders" in listener.heard

    await asyncio.gather(given_up(b""), given_up(b"\xff\xff\0\0\x04" + bytes(20)))


async def test_a_listener_that_hangs_up_is_lost() -> None:
    async with Listener().running() as target:
        with pytest.raises(Lost, match="DPY-4011") as caught:
            await tried(target)
    assert "alert log" in caught.value.remedy


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (bytes(64), "no packets of Oracle's"),  # the driver by itself would take all memory
        (b"\0\x07\0\0\x04\0\0\0", "no packets of Oracle's"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no packets of Oracle's"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "no packets of Oracle's"),
        (packet(REDIRECT, b"\0\x0c(ADDRESS=)"), "sends us to another address"),
    ],
)
async def test_what_is_no_listener_never_reaches_the_driver(reply: bytes, said: str) -> None:
    async with Listener(reply, hangs=True).running() as target:
        with pytest.raises(Malformed, match=said) as caught:
            await tried(target)
    assert "listener" in caught.value.remedy


async def test_a_port_without_tls_gets_no_sign_in_in_the_clear() -> None:
    listener = Listener(refusal(12514))
    async with listener.running() as target:
        with pytest.raises(TargetError) as caught:
            await tried(replace(target, settings={**target.settings, "tls": True}))
    assert isinstance(caught.value, Untrusted | Lost)
    assert b"SERVICE_NAME" not in listener.heard


async def test_what_the_estate_lacks_is_said_before_anybody_is_reached() -> None:
    listener = Listener()
    async with listener.running() as target:
        for said in ({}, {"sid": "ORCL", "service_name": "orders"}):
            with pytest.raises(Unsupported, match="neither or both"):
                await tried(replace(target, settings=said))
        with pytest.raises(Unsupported, match="no shell answers SQL"):
            await OracleTransport().open(target, "exit 0", 1.0, nothing)
        with pytest.raises(Unsupported, match="asked in another way"):
            await OracleTransport().open(target, {"one": (HttpRequest("/"),)}, 1.0, nothing)
        for argv in (("SELECT :one FROM dual",), ("SELECT 'HH:MI' FROM dual", "x")):
            with pytest.raises(Refused, match="do not fit"):
                await done(OracleTransport(), target, *argv)
    assert listener.connections == 0


async def test_an_action_that_reached_nobody_was_not_done() -> None:
    async with Listener(refusal(12514)).running() as target:
        with pytest.raises(Unreachable):
            await done(OracleTransport(), target, "ALTER SYSTEM KILL SESSION '1,2' IMMEDIATE")


async def test_nothing_is_left_of_a_hundred_failures() -> None:
    before = len(asyncio.all_tasks())
    listener = Listener(refusal(12514))
    async with listener.running() as target:
        for _ in range(100):
            with pytest.raises(Unreachable):
                await tried(target)
    gc.collect()
    assert listener.connections == 100
    assert len(asyncio.all_tasks()) == before


def test_packets_come_whole_however_they_are_cut() -> None:
    text = packet(4, b"one") + packet(12, b"") + packet(6, bytes(1000))
    for step in (1, 7, 9, 5000):
        frames = Frames()
        got = [frames.whole(text[at : at + step]) for at in range(0, len(text), step)]
        assert b"".join(got) == text
        assert frames.wrong == ""
        assert frames.left == LIMIT - len(text)


def test_lengths_are_wide_after_an_accept_of_a_new_server() -> None:
    wide = (20).to_bytes(4, "big") + b"\x06" + bytes(15)
    frames = Frames()
    accept = packet(2, (319).to_bytes(2, "big") + bytes(30))
    assert frames.whole(accept + wide) == accept + wide
    frames = Frames()
    accept = packet(2, (314).to_bytes(2, "big") + bytes(30))
    assert frames.whole(accept + wide) == accept
    assert frames.wrong


def test_an_answer_has_an_end() -> None:
    frames = Frames()
    frames.left = 100
    assert frames.whole(packet(6, bytes(92))) != b""
    assert frames.whole(packet(6, b"")) == b""
    assert "16 MiB" in frames.wrong


async def test_a_certificate_is_checked_before_anything_is_said(tmp_path: Path) -> None:
    ours, strange = Authority(tmp_path), Authority(tmp_path, "strange")
    for name, address, ca, said in (
        ("localhost", "127.0.0.1", strange.path, "its certificate is refused"),
        ("other", "127.0.0.1", ours.path, "name on the server certificate does not match"),
    ):
        cert, key = ours.sign(name, address)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(cert, key)
        listener = Listener(refusal(12514), context=context)
        async with listener.running() as target:
            settings = {**target.settings, "ca": str(ca)}
            with pytest.raises(Untrusted, match=said) as caught:
                await tried(replace(target, address="localhost", settings=settings))
        assert caught.value.remedy
        assert listener.heard == b""


async def test_a_certificate_that_is_right_lets_us_ask(tmp_path: Path) -> None:
    ours = Authority(tmp_path)
    cert, key = ours.sign("localhost")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    listener = Listener(refusal(12514), context=context)
    async with listener.running() as target:
        for more in ({"ca": str(ours.path)}, {"insecure": True}):
            said = {**target.settings, **more}
            with pytest.raises(Unreachable, match="is not registered"):
                await tried(replace(target, address="localhost", settings=said))
    assert listener.connections == 2
    assert b"SERVICE_NAME=orders" in listener.heard
