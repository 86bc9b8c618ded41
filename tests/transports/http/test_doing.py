"""Calls over HTTP: words in, a status and an answer out; what is lost is not called failed."""

import asyncio
from pathlib import Path

import pytest

from opsconsole import ipp
from opsconsole.errors import Lost, Refused, TargetError, Unreachable, Untrusted
from opsconsole.transports.http import HttpTransport
from tests.servers.authority import Authority
from tests.servers.web import Asked, Route, page, web
from tests.transports.doing import done
from tests.transports.http.scene import target

DATE = "Sat, 28 Nov 2026 23:00:00 GMT"


async def test_words_are_a_request_and_its_answer_is_heard() -> None:
    routes: dict[str, Route] = {"/deep/x": page(b'{"id": 1}\n', 201, Date=DATE)}
    async with web(routes) as server:
        to = target(f"{server.url}/deep")
        said = f'201 {DATE}\n{{"id": 1}}\n'.encode()
        assert await done(HttpTransport(), to, "POST", "/x?a=%22b%22", '{"é": 1}') == (0, said)
        assert await done(HttpTransport(), to, "DELETE", "/x") == (0, said)
        post, delete = server.asked
        assert (post.method, post.path) == ("POST", "/deep/x?a=%22b%22")
        assert post.body == '{"é": 1}'.encode()
        assert post.headers["content-type"] == "application/json"
        assert (delete.method, delete.body) == ("DELETE", b"")


@pytest.mark.parametrize("status", [302, 400, 401, 404, 500])
async def test_a_refusal_is_a_status_with_its_words(status: int) -> None:
    elsewhere = "http://127.0.0.1:1/"
    async with web({"/x": page(b"no such thing", status, Location=elsewhere)}) as server:
        told = await done(HttpTransport(), target(server.url), "POST", "/x", "{}")
        assert told == (status, f"{status} \nno such thing".encode())
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "argv",
    [
        ("TRACE", "/"),
        ("get", "/"),
        ("GET",),
        ("GET", "x"),
        ("GET", "/a b"),
        ("GET", "/a\r\nX: y"),
        ("GET", "/é"),
        ("POST", "/", "a", "b"),
        ("sudo", "-n", "--", "id"),
    ],
)
async def test_words_that_are_no_call_are_refused(argv: tuple[str, ...]) -> None:
    async with web({"/": page(b"")}) as server:
        with pytest.raises(Refused, match="is no call"):
            await done(HttpTransport(), target(server.url), *argv)
        assert server.connections == 0


async def test_words_of_ipp_are_sent_as_its_bytes() -> None:
    async with web({"/jobs/": page(b"")}) as server:
        words = ipp.worded("Cancel-Job", ("integer", "job-id", "7"))
        await done(HttpTransport(), target(server.url), "POST", "/jobs/", f"{ipp.MIME} {words}")
        (asked,) = server.asked
        assert asked.body == ipp.request("Cancel-Job", ("integer", "job-id", "7"))
        assert asked.headers["content-type"] == "application/ipp"
        with pytest.raises(Refused, match="no request of IPP: no operation: Print-Job"):
            await done(HttpTransport(), target(server.url), "POST", "/", f"{ipp.MIME} Print-Job")


async def test_what_was_never_sent_is_told_as_such() -> None:
    with pytest.raises(Unreachable):
        await done(HttpTransport(), target("http://127.0.0.1:1"), "POST", "/x", "{}")


async def test_a_stranger_gets_nothing(tmp_path: Path) -> None:
    async with web({"/x": page(b"")}, Authority(tmp_path).server()) as server:
        with pytest.raises(Untrusted):
            await done(HttpTransport(), target(server.url), "POST", "/x", "{}")
        assert server.asked == []


async def test_what_may_have_been_done_is_lost() -> None:
    async def vanish(_asked: Asked, _writer: asyncio.StreamWriter) -> None:
        raise ConnectionResetError

    async def half(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")
        await writer.drain()
        raise ConnectionResetError

    async with web({"/vanish": vanish, "/half": half}) as server:
        for path in ("/vanish", "/half"):
            with pytest.raises(TargetError) as caught:
                await done(HttpTransport(), target(server.url), "POST", path, "{}")
            assert isinstance(caught.value, Lost)
            assert "whether it was done is not known" in str(caught.value)
        assert server.paths() == ["/vanish", "/half"]  # and it was asked once
