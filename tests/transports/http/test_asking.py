"""Questions over HTTP: their order, their framing, and what an unfit answer costs."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable

import pytest

from opsconsole.errors import Denied, Lost, Malformed, TargetError, Unreachable, Unsupported
from opsconsole.question import HttpRequest, Part, parted
from opsconsole.transports.http import HttpTransport
from opsconsole.transports.http.client import LIMIT
from tests.servers.sampler import Heard, eventually
from tests.servers.web import Asked, Route, Web, page, web
from tests.transports.http.scene import ONE, TWO, opened, target

PAGES: dict[str, Route] = {"/one": page(b"1"), "/a": page(b"first"), "/b": page(b"not ready", 503)}


async def test_all_requests_of_an_exchange_are_one_answer_over_one_connection() -> None:
    async with web(dict(PAGES)) as server, opened(target(server.url), TWO) as (session, heard):
        session.ask("two")
        await heard.until(lambda h: len(h.answers) == 1)
        session.ask("one")
        await heard.until(lambda h: len(h.answers) == 2)
        assert parted(heard.answers[0].payload, 2) == (Part(200, b"first"), Part(503, b"not ready"))
        assert parted(heard.of("one")[0], 1) == (Part(200, b"1"),)
        assert server.paths() == ["/one", "/a?x=1", "/b", "/one"]
        assert server.connections == 1
        assert session.traffic[0] == 1 + 5 + 9 + 1
        assert session.traffic[1] > 0


async def test_a_path_in_front_and_a_body_are_sent() -> None:
    asks = {"q": (HttpRequest("/q", "POST", (("X-Kind", "x"),), b"{}"),)}
    pages = {"/deep/q": page(b"")}
    async with web(dict(pages)) as server, opened(target(f"{server.url}/deep/"), asks):
        (asked,) = server.asked
        assert (asked.method, asked.path, asked.body) == ("POST", "/deep/q", b"{}")
        assert asked.headers["x-kind"] == "x"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(403, Denied), (404, Unsupported), (429, Unreachable), (500, Malformed), (502, Unreachable)],
)
async def test_one_page_that_is_refused_leaves_the_session_alive(
    status: int, kind: type[TargetError]
) -> None:
    pages = {**PAGES, "/a": page(b"we say\n no \x1b[31m", status)}
    async with web(dict(pages)) as server, opened(target(server.url), TWO) as (session, heard):
        session.ask("two")
        session.ask("one")
        await heard.until(lambda h: len(h.answers) == 2)
        (bad,) = (answer for answer in heard.answers if answer.exchange == "two")
        assert isinstance(bad.error, kind)
        assert f"am: GET /a: status {status}, saying: we say no �[31m" in str(bad.error)
        assert bad.error.remedy or status == 500
        assert heard.of("one") == [b"200 1\n1"]


async def test_being_refused_ends_the_session() -> None:
    async with web(dict(PAGES)) as server, opened(target(server.url)) as (session, heard):
        server.routes["/one"] = page(b"", 401)
        session.ask("one")
        with pytest.raises(Denied, match="status 401"):
            await session.ended()
        with pytest.raises(Lost):
            session.ask("one")
        assert heard.answers == []


async def test_a_stranger_is_refused_at_once() -> None:
    async with web({"/one": page(b"", 401)}) as server:
        with pytest.raises(Denied) as caught:
            async with opened(target(server.url)):
                pass
        assert "token" in caught.value.remedy


async def test_a_server_that_dies_ends_the_session_and_one_that_returns_is_reached() -> None:
    async with web(dict(PAGES)) as server:
        port = server.port
        async with opened(target(server.url)) as (session, _):
            await server.stop()
            session.ask("one")
            with pytest.raises((Lost, Unreachable)):
                await session.ended()
        with pytest.raises(Unreachable, match="refused") as caught:
            async with opened(target(server.url)):
                pass
        assert caught.value.remedy
        await server.start(port=port)
        async with opened(target(server.url)) as (session, heard):
            session.ask("one")
            await heard.until(lambda h: len(h.answers) == 1)


async def hang_up(_asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.close()


@pytest.mark.parametrize("known", [True, False])
async def test_a_server_that_hangs_up_is_gone_unless_it_is_known_to_do_that(*, known: bool) -> None:
    asks = {**ONE, "two": (HttpRequest("/a", hangs_up=known),)}
    pages: dict[str, Route] = {**PAGES, "/a": hang_up}
    async with web(dict(pages)) as server, opened(target(server.url), asks) as (session, heard):
        session.ask("two")
        if not known:
            with pytest.raises(Lost):
                await session.ended()
            return
        await heard.until(lambda h: len(h.answers) == 1)
        (bad,) = heard.answers
        assert isinstance(bad.error, Malformed)
        assert "hangs up" in bad.error.remedy
        session.ask("one")
        await heard.until(lambda h: len(h.answers) == 2)
        assert heard.of("one") == [b"200 1\n1"]


async def test_a_page_that_hangs_delays_no_other_and_is_dropped_at_the_end() -> None:
    left = asyncio.Event()

    async def hang(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nslow")
        await writer.drain()
        await writer.wait_closed()
        left.set()

    pages: dict[str, Route] = {**PAGES, "/a": hang}
    async with web(dict(pages)) as server, opened(target(server.url), TWO) as (session, heard):
        session.ask("two")
        await eventually(lambda: "/a?x=1" in server.paths())
        session.ask("one")
        await heard.until(lambda h: len(h.answers) == 1)
        assert [answer.exchange for answer in heard.answers] == ["one"]
        await session.close()
        await session.close()
        await session.ended()
        assert len(heard.answers) == 1


async def endless(_asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")
        await writer.drain()


async def bomb(_asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(page(gzip.compress(bytes(16 * LIMIT)), Content_Encoding="gzip"))
    await writer.drain()


@pytest.mark.parametrize("huge", [endless, bomb])
async def test_a_huge_body_is_read_no_further_than_the_limit(
    huge: Callable[[Asked, asyncio.StreamWriter], Awaitable[None]],
) -> None:
    pages: dict[str, Route] = {**PAGES, "/a": huge}
    async with web(dict(pages)) as server, opened(target(server.url), TWO) as (session, heard):
        session.ask("two")
        await heard.until(lambda h: len(h.answers) == 1)
        assert isinstance(heard.answers[0].error, Malformed)
        assert session.traffic[0] < 4 * LIMIT
        session.ask("one")
        await heard.until(lambda h: len(h.answers) == 2)


async def test_packed_answers_are_unpacked() -> None:
    pages = {"/one": page(gzip.compress(b"[1]" * 99), Content_Encoding="gzip")}
    async with web(dict(pages)) as server, opened(target(server.url)) as (session, heard):
        session.ask("one")
        await heard.until(lambda h: len(h.answers) == 1)
        assert parted(heard.of("one")[0], 1)[0].body == b"[1]" * 99
        assert "gzip" in server.asked[0].headers["accept-encoding"]


@pytest.mark.parametrize(
    "garbage",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\0\1\2\3\r\n\r\n",
        page(b"not packed", Content_Encoding="gzip"),
        b"",
    ],
)
async def test_what_is_no_http_is_told(garbage: bytes) -> None:
    async def talk(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(garbage)
        await writer.drain()
        raise ConnectionResetError

    async with web({"/one": talk}) as server:
        with pytest.raises((Malformed, Lost), match="am: GET /one: "):
            async with opened(target(server.url)):
                pass


async def test_nobody_is_asked_what_is_not_known() -> None:
    async with web(dict(PAGES)) as server, opened(target(server.url)) as (session, heard):
        session.ask("three")
        await heard.until(lambda h: len(h.answers) == 1)
        assert isinstance(heard.answers[0].error, Unsupported)


async def test_a_shell_sampler_is_refused() -> None:
    with pytest.raises(Unsupported, match="no shell answers HTTP"):
        await HttpTransport().open(target("http://127.0.0.1:1"), "exec sh", 1.0, Heard())


def elsewhere(server: Web, place: str) -> None:
    server.routes["/one"] = page(b"", 302, Location=place)


async def test_a_redirect_within_the_server_is_followed() -> None:
    async with web(dict(PAGES)) as server:
        elsewhere(server, "/a")
        async with opened(target(server.url)) as (session, heard):
            session.ask("one")
            await heard.until(lambda h: len(h.answers) == 1)
            assert parted(heard.of("one")[0], 1)[0].body == b"first"


async def test_a_redirect_to_another_server_gives_it_nothing() -> None:
    async with web(dict(PAGES)) as server, web(dict(PAGES)) as other:
        elsewhere(server, f"{other.url}/one?x")
        with pytest.raises(Unsupported) as caught:
            async with opened(target(server.url)):
                pass
        assert f'write url = "{other.url}"' in caught.value.remedy
        assert other.connections == 0


async def test_a_redirect_in_a_circle_ends() -> None:
    async with web(dict(PAGES)) as server:
        elsewhere(server, "/one")
        with pytest.raises(Malformed, match="circle"):
            async with opened(target(server.url)):
                pass
        assert len(server.asked) == 4


async def test_an_unknown_name_is_told() -> None:
    with pytest.raises(Unreachable) as caught:
        async with opened(target("http://no-such-host.invalid:9"), ONE):
            pass
    assert caught.value.remedy
