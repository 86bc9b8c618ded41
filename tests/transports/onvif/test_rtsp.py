"""Streams that are no streams: what is heard in place of RTSP is one word, whatever it is."""

import asyncio
import contextlib

import pytest
from yarl import URL

from opsconsole.transports.onvif.rtsp import AWAY, LIMIT, described
from tests.servers.onvif import PASSWORD, USER, device


async def said(answer: bytes) -> str:
    """What is made of a server that says this to all it is asked, and goes."""

    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        over.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        word, _ = await described(URL(f"rtsp://127.0.0.1:{port}/x"), None)
        await over.wait()
        return word


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (b"", "no RTSP"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no RTSP"),
        (b"RTSP/1.0 200 OK\r\n\r\n", "no RTSP"),  # and nothing to the second question
        (b"RTSP/1.0 200 OK\r\nContent-Length: 99\r\n\r\nx", "no RTSP"),
        (b"RTSP/1.0 200 " + b"x" * (2 * LIMIT), "no answer"),
        (b"\0\xff\r\n\r\n", "no RTSP"),
    ],
)
async def test_what_is_no_answer_is_one_word(answer: bytes, word: str) -> None:
    assert await said(answer) == word


async def test_nobody_there_is_told_apart() -> None:
    assert await described(URL("rtsp://127.0.0.1:1/x"), None) == (AWAY, 0.0)


async def test_without_a_password_that_it_wants_one_is_an_answer() -> None:
    async with device() as one:
        uri = URL(f"rtsp://127.0.0.1:{one.rtsp}/main")
        word, took = await described(uri, None)
        assert (word, took > 0) == ("wants password", True)
        assert (await described(uri, (USER, PASSWORD)))[0] == "answers"
        assert (await described(uri, (USER, "wrong")))[0] == "wants password"
        assert len(one.streams) == 8
