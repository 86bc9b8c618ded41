"""What is said between those who ask and those who approve: a length, then msgpack."""

import asyncio
import socket
from typing import TypeVar

import msgspec

from opsconsole.errors import Malformed

OFFER_BYTES = 8 << 20
"""A plan of a thousand objects with a preview each stays below."""
ANSWER_BYTES = 8 << 10
_HEAD = 4
_CHUNK = 64 << 10

Said = TypeVar("Said")


class Offer(msgspec.Struct, frozen=True, tag="offer"):
    """To who may approve: the plan."""

    plan: bytes
    """msgpack of `Plan`."""
    since: float
    """Unix time, seconds."""
    until: float
    note: str = ""
    """Why, in the words of who asks."""


class Closed(msgspec.Struct, frozen=True, tag="closed"):
    """To who may not: why."""

    reason: str


class Yes(msgspec.Struct, frozen=True, tag="yes"):
    """An approval of the plan of that hash."""

    plan: str
    confirmation: str


class No(msgspec.Struct, frozen=True, tag="no"):
    """A denial of the plan of that hash."""

    plan: str
    reason: str


class Taken(msgspec.Struct, frozen=True, tag="taken"):
    """What became of an answer."""

    error: str
    """Why it does not count; empty when it does."""


async def send(sock: socket.socket, message: msgspec.Struct) -> None:
    """Send one message over a socket that does not block; raises `OSError`."""
    body = msgspec.msgpack.encode(message)
    await asyncio.get_running_loop().sock_sendall(sock, len(body).to_bytes(_HEAD, "big") + body)


ANSWER: msgspec.msgpack.Decoder[Yes | No] = msgspec.msgpack.Decoder(Yes | No)
OFFER: msgspec.msgpack.Decoder[Offer | Closed] = msgspec.msgpack.Decoder(Offer | Closed)
TAKEN = msgspec.msgpack.Decoder(Taken)


async def receive(sock: socket.socket, kind: msgspec.msgpack.Decoder[Said], limit: int) -> Said:
    """Next message; raises `Malformed` for what is none or too long, `OSError` at the end."""
    size = int.from_bytes(await _exactly(sock, _HEAD), "big")
    if size > limit:
        raise Malformed(f"a message of {size} bytes, at most {limit} are taken")
    body = await _exactly(sock, size)
    try:
        return kind.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Malformed(f"no message: {error}") from error


async def _exactly(sock: socket.socket, size: int) -> bytes:
    loop = asyncio.get_running_loop()
    taken = bytearray()
    while len(taken) < size:
        data = await loop.sock_recv(sock, min(_CHUNK, size - len(taken)))
        if not data:
            raise ConnectionResetError("the other end closed")
        taken += data
    return bytes(taken)
