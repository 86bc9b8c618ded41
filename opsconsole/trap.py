"""What a receiver of traps heard, as the payload of its exchange: notices, senders, refusals."""

from collections.abc import Mapping, Sequence

import msgspec

from opsconsole.errors import Malformed


class Notice(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One trap or inform that was believed."""

    number: int
    """Grows with each; milliseconds of Unix time at least, so that it goes on after a restart."""
    at: float
    """Unix time at which it came, seconds."""
    source: str
    """Address that it came from: of the device, or of what translates or forwards for it."""
    version: int
    """As it is sent: 0, 1 or 3."""
    inform: bool
    """It was acknowledged."""
    user: str
    """Of v3; empty otherwise."""
    oid: str
    """What happened: `snmpTrapOID`, made of the older form in v1 (RFC 3584)."""
    uptime: int | None
    """`sysUpTime`, hundredths of a second."""
    agent: str
    """Address that it says it is from; empty where it says none."""
    body: bytes
    """The other variables, for `varbind.bindings`."""
    cut: bool
    """There were more of them than are kept."""


class Sender(msgspec.Struct, array_like=True, gc=False):
    """Who sends."""

    source: str
    believed: int = 0
    refused: int = 0
    at: float = 0.0
    """Unix time at which something came last, seconds."""
    why: str = ""
    """What the last refusal was for."""


class Heard(msgspec.Struct, frozen=True, array_like=True):
    """All that a receiver knows."""

    since: float
    """Unix time from which on it counts, seconds."""
    traps: int
    informs: int
    recent: int
    """Of both, within the last minute."""
    refused: Mapping[str, int]
    """Datagrams that were not believed, by why."""
    flooded: int
    """Believed ones that are shown nowhere, since their sender sent too many."""
    again: int
    """Informs that came once more, as our acknowledgement was late or got lost."""
    senders: Sequence[Sender]
    notices: Sequence[Notice]
    """The newest ones, the oldest first."""


_encoder, _decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(Heard)


def packed(heard: Heard) -> bytes:
    """As a payload."""
    return _encoder.encode(heard)


def unpacked(payload: bytes) -> Heard:
    """Take it apart; raises `Malformed`."""
    try:
        return _decoder.decode(payload)
    except (msgspec.DecodeError, ValueError) as error:
        raise Malformed(f"no answer of a receiver of traps: {error}") from None
