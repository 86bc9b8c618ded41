"""Questions to real Redis servers: one round trip, one bad command spoils no other, all bounded."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest

from opsconsole import reply
from opsconsole.errors import Denied, Lost, Malformed, TargetError, Unreachable, Unsupported
from opsconsole.model import Target
from opsconsole.question import Command, HttpRequest, parted
from opsconsole.transports.redis import wire
from tests.servers.redis import Server, server
from tests.servers.sampler import eventually
from tests.transports.redis.scene import answered, asking, opened, password, target, value

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server, None, None]:
    with server(tmp_path_factory.mktemp("redis")) as one:
        yield one


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server, None, None]:
    """A server with a password, a user who may little, and one who may nothing."""
    folder = tmp_path_factory.mktemp("locked")
    login = ("--no-auth-warning", "-a", "s3cret-é")
    with server(folder, "--requirepass", "s3cret-é", login=login) as one:
        one.say("ACL", "SETUSER", "reader", "on", ">read", "+ping", "+info")
        one.say("ACL", "SETUSER", "nobody", "on", ">none")
        yield one


async def test_a_refusal_spoils_no_other(plain: Server) -> None:
    pong, odd, size, list_ = await answered(
        target(plain), "PING", "NOSUCH x", "DBSIZE", "CLIENT LIST"
    )
    assert (value(pong), value(size)) == (b"PONG", 0)
    assert not reply.knows(odd)
    assert isinstance(reply.fault(reply.why(odd) or reply.Refusal("", "")), Unsupported)
    assert b"name=opsconsole" in reply.read(list_, bytes)


async def test_all_commands_of_an_exchange_are_one_write(plain: Server) -> None:
    """Redis counts reads from its clients: fifty commands arrived in a few of them."""
    before = int(plain.info("total_reads_processed"))
    async with opened(target(plain), asking(*["DBSIZE"] * 50)) as (session, heard):
        session.ask("one")
        await heard.until(lambda all_: len(all_.answers) == 1)
        received, sent = session.traffic
    after = int(plain.info("total_reads_processed"))
    assert after - before < 20  # with the hello, and what redis-cli reads
    assert received > 200
    assert sent > 800


async def test_hostile_bytes_survive(plain: Server) -> None:
    words = ("ECHO", "\udcff\x00\x1b[2J\r\n$5\r\n")
    raw = b"\xff\x00\x1b[2J\r\n$5\r\n"
    async with opened(target(plain), {"one": (Command(words),)}) as (session, heard):
        session.ask("one")
        await heard.until(lambda all_: len(all_.answers) == 1)
        (part,) = parted(heard.answers[0].payload, 1)
        assert value(part) == raw


async def test_exchanges_follow_one_another(plain: Server) -> None:
    async with opened(target(plain), asking("DBSIZE")) as (session, heard):
        for _ in range(20):
            session.ask("one")
        session.ask("none")
        await heard.until(lambda all_: len(all_.answers) == 21)
        assert plain.say("CLIENT", "LIST").count("name=opsconsole") == 1
        errors = [answer.error for answer in heard.answers if answer.error]
        assert [type(error) for error in errors] == [Unsupported]


async def test_too_much_is_no_answer_and_the_next_one_is(
    plain: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain.say("SET", "long", "x" * 5000)
    monkeypatch.setattr(wire, "LIMIT", 2000)
    questions = {**asking("GET long"), "two": (Command(("PING",)),)}
    async with opened(target(plain), questions) as (session, heard):
        session.ask("one")
        session.ask("two")
        await heard.until(lambda all_: len(all_.answers) == 2)
        much, fine = heard.answers
        assert isinstance(much.error, Malformed)
        assert fine.error is None
    plain.say("DEL", "long")


async def test_a_password_and_users(locked: Server, tmp_path: Path) -> None:
    def to(user: str | None, text: str) -> Target:
        return target(locked, user, password=password(tmp_path, text))

    (pong,) = await answered(to(None, "s3cret-é"), "PING")
    assert value(pong) == b"PONG"
    info, clients = await answered(to("reader", "read"), "INFO", "CLIENT LIST")
    assert b"redis_version" in reply.read(info, bytes)
    with pytest.raises(Denied) as caught:
        reply.read(clients, bytes)
    assert caught.value.remedy.endswith(" +client|list")
    (refused,) = await answered(to("nobody", "none"), "PING")
    with pytest.raises(Denied, match="NOPERM"):
        reply.read(refused, bytes)
    for wrong in (to("reader", "odd"), to("stranger", "read"), to(None, "odd")):
        with pytest.raises(Denied, match="kv: WRONGPASS") as caught:
            await answered(wrong, "PING")
        assert "mend `user` and `password`" in caught.value.remedy
    with pytest.raises(Denied, match="kv: NOAUTH") as caught:
        await answered(target(locked), "PING")
    assert "`password`" in caught.value.remedy


async def test_a_password_that_nobody_asked_for(plain: Server, tmp_path: Path) -> None:
    with pytest.raises(Denied) as caught:
        await answered(target(plain, password=password(tmp_path, "x")), "PING")
    assert "take `password` out" in caught.value.remedy


async def test_a_password_is_never_repeated(tmp_path: Path) -> None:
    """Redis says the arguments of a command that it does not know."""
    with server(tmp_path, "--rename-command", "AUTH", "", "--protected-mode", "no") as one:
        with pytest.raises(Unsupported, match="unknown command 'AUTH'") as caught:
            await answered(target(one, "me", password=password(tmp_path, "hunter22")), "PING")
        assert "hunter22" not in f"{caught.value}{caught.value.remedy}"


async def test_a_full_server_says_so(tmp_path: Path) -> None:
    with server(tmp_path, "--maxclients", "2", "--protected-mode", "no") as one:
        async with opened(target(one)), opened(target(one)):
            with pytest.raises(Unreachable, match="max number of clients") as caught:
                await answered(target(one), "PING")
            assert "maxclients" in caught.value.remedy


async def test_nobody_there_and_no_redis(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="refused"):
        await answered(target(("127.66.1.1", 1)), "PING")
    with pytest.raises(Unreachable, match="name is not known"):
        await answered(target(("no-such-host.invalid", 1)), "PING")
    with pytest.raises(Unreachable, match="No such file"):
        await answered(target(("", 1), socket=tmp_path / "none"), "PING")


@pytest.mark.parametrize(
    "said",
    [b"SSH-2.0-x\r\n", b"$-7\r\n", b"$99999999999\r\n", b"*1\r\n" * 9000, b"+" * 99999, b":x\r\n"],
)
async def test_what_speaks_otherwise_is_told(said: bytes) -> None:
    speaking: list[asyncio.Task[None] | None] = []

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        speaking.append(asyncio.current_task())
        writer.write(said)
        with contextlib.closing(writer), contextlib.suppress(ConnectionError):
            await reader.read(-1)

    other = await asyncio.start_server(speak, "127.66.1.2", 0)
    async with other:
        port = other.sockets[0].getsockname()[1]
        with pytest.raises(TargetError) as caught:
            await answered(target(("127.66.1.2", port)), "PING")
        assert isinstance(caught.value, Malformed | Lost)
        assert str(caught.value).startswith("kv: ")
        await asyncio.gather(*filter(None, speaking))


async def test_one_that_is_killed_ends_the_session(tmp_path: Path) -> None:
    with server(tmp_path) as one:
        async with opened(target(one)) as (session, _):
            one.kill()
            session.ask("one")
            with pytest.raises(Lost):
                await session.ended()
            with pytest.raises(Lost):
                session.ask("one")
        one.start()
        async with opened(target(one)) as (session, heard):
            session.ask("one")
            await heard.until(lambda all_: len(all_.answers) == 1)


async def test_closing_drops_what_is_asked(plain: Server) -> None:
    async with opened(target(plain), asking("DEBUG SLEEP 0", "PING")) as (session, heard):
        os.kill(plain.pid, signal.SIGSTOP)
        session.ask("one")
        await asyncio.sleep(0)
        await session.close()
        await session.close()
        await session.ended()
        os.kill(plain.pid, signal.SIGCONT)
        assert heard.answers == []
    await eventually(lambda: plain.say("CLIENT", "LIST").count("opsconsole") == 0)


async def test_a_socket_of_this_machine(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with server(tmp_path, "--unixsocket", str(path), "--protected-mode", "no"):
        (part,) = await answered(target(("", 1), socket=path), "CLIENT LIST")
        assert f"addr={path}:0" in reply.read(part, bytes).decode()


async def test_only_commands_are_asked(plain: Server) -> None:
    with pytest.raises(Unsupported):
        async with opened(target(plain), {"one": (HttpRequest("/"),)}):
            pass


async def test_a_command_for_each_item_of_another(plain: Server) -> None:
    for key in ("e:1", "e:2", "e:\x1b x"):
        plain.say("SET", key, f"<{key}>")
    plain.say("SADD", "e:set", "x")
    questions = {
        "one": (
            Command(("GET", "*"), each=("KEYS", "e:*")),
            Command(("PING",)),
            Command(("GET", "*"), each=("NOSUCH",)),
            Command(("GET", "*"), each=("DBSIZE",)),
        )
    }
    async with opened(target(plain), questions) as (session, heard):
        session.ask("one")
        await heard.until(lambda all_: len(all_.answers) == 1)
        found, pong, refused, none = parted(heard.answers[0].payload, 4)
    said = dict(reply.read(found, list[tuple[bytes, bytes]]))
    assert said[b"e:1"] == b"<e:1>"
    assert said[b"e:\x1b x"] == b"<e:\x1b x>"
    assert said[b"e:set"].startswith(b"WRONGTYPE ")
    assert value(pong) == b"PONG"
    assert not reply.knows(refused)
    assert value(none) == []
