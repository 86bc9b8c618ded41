"""Whether a stream is answered for: OPTIONS, then DESCRIBE (RTSP 1.0), and no stream is begun."""

import asyncio
import contextlib
import re
import time

from yarl import URL

from opsconsole.transports.onvif.sign import Challenge, read

TIMEOUT = 8.0
"""Seconds to reach it, and for all it is asked."""

AWAY = "not reached"

LIMIT = 64 << 10
PORT = 554

_STATUS = re.compile(rb"RTSP/1\.\d (\d{3})")


async def described(uri: URL, who: tuple[str, str] | None) -> tuple[str, float]:
    """One word on the stream, and the milliseconds to its first answer.

    `answers`, `wants password`, `no answer`, `no RTSP`, or `status 404` of the DESCRIBE; `AWAY`
    where nobody listens.
    """
    began = time.monotonic()
    try:
        async with asyncio.timeout(TIMEOUT):
            reader, writer = await asyncio.open_connection(uri.host, uri.port or PORT, limit=LIMIT)
    except (OSError, TimeoutError):
        return AWAY, 0.0
    try:
        async with asyncio.timeout(TIMEOUT):
            try:
                return await _asked(reader, writer, uri, who, began)
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError, EOFError, ValueError, asyncio.LimitOverrunError):
        return "no answer", 0.0


async def _asked(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    uri: URL,
    who: tuple[str, str] | None,
    began: float,
) -> tuple[str, float]:
    challenge: Challenge | None = None
    status, _ = await _one(reader, writer, "OPTIONS", uri, 1, "")
    took = (time.monotonic() - began) * 1000
    if not status:
        return "no RTSP", took
    for number in (2, 3):
        proof = challenge.header(*who, "DESCRIBE", str(uri)) if challenge and who else ""
        status, wanted = await _one(reader, writer, "DESCRIBE", uri, number, proof)
        challenge = read(wanted)
        if status != 401 or challenge is None or who is None:
            break
    words = {0: "no RTSP", 200: "answers", 401: "wants password"}
    return words.get(status, f"status {status}"), took


async def _one(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    method: str,
    uri: URL,
    number: int,
    proof: str,
) -> tuple[int, list[str]]:
    """The status of an answer (0 for none of RTSP), and what it wants to know of who asks."""
    lines = [f"{method} {uri} RTSP/1.0", f"CSeq: {number}", "User-Agent: opsconsole"]
    lines += ["Accept: application/sdp"] if method == "DESCRIBE" else []
    lines += [f"Authorization: {proof}"] if proof else []
    writer.write("\r\n".join([*lines, "", ""]).encode())
    with contextlib.suppress(asyncio.IncompleteReadError):
        head = await reader.readuntil(b"\r\n\r\n")
        found = _STATUS.match(head)
        if found is None:
            return 0, []
        length, wanted = 0, list[str]()
        for line in head.decode("latin-1").split("\r\n")[1:]:
            name, _, value = line.partition(":")
            if name.strip().lower() == "content-length" and value.strip().isdigit():
                length = int(value)
            elif name.strip().lower() == "www-authenticate":
                wanted.append(value.strip())
        await reader.readexactly(min(length, LIMIT))
        return int(found[1]), wanted
    return 0, []
