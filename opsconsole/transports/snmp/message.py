"""Messages of SNMP v1, v2c and v3: what is sent, and what can be said of one that came."""

from typing import NamedTuple

from opsconsole.errors import Malformed
from opsconsole.transports.snmp.ber import number, packed
from opsconsole.varbind import INTEGER, OCTETS, SEQUENCE, element

GET, NEXT, RESPONSE, SET, BULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA3, 0xA5, 0xA8
"""Tags of PDUs."""

V1, V2C, V3 = 0, 1, 3
"""Versions as they are sent."""

TOO_BIG, NO_SUCH_NAME, UNAUTHORIZED = 1, 2, 16
"""Error statuses that mean something to us."""

STATUSES = (
    "noError", "tooBig", "noSuchName", "badValue",
    "readOnly", "genErr", "noAccess", "wrongType",
    "wrongLength", "wrongEncoding", "wrongValue", "noCreation",
    "inconsistentValue", "resourceUnavailable", "commitFailed", "undoFailed",
    "authorizationError", "notWritable", "inconsistentName",
)  # fmt: skip
"""Names of error statuses, by number."""

AUTH, PRIV, REPORTABLE = 1, 2, 4
"""Flags of a message of v3."""

LARGEST = 65_507
"""Bytes of a message, as much as a datagram carries."""

USM = 3
"""The user-based security model."""


class Pdu(NamedTuple):
    """An answer: what it is, whether it went well, and its variables as they came."""

    kind: int
    number: int
    """The request it answers."""
    status: int
    """Error status, see `STATUSES`."""
    place: int
    """Of the variable that the status is about, from 1; 0 for none."""
    body: bytes
    """Variable bindings, see `varbind`."""


class Wrapped(NamedTuple):
    """A message of v3 as it came, before anything of it is believed."""

    number: int
    """The message it answers."""
    flags: int
    engine: bytes
    boots: int
    time: int
    user: bytes
    digest: bytes
    at: int
    """Where the digest stands in the message."""
    salt: bytes
    tag: int
    """Of the content: a sequence in the clear, or octets."""
    content: bytes
    """The scoped PDU: its elements, or how they are enciphered."""
    whole: bytes


def status_name(status: int) -> str:
    """An error status in the protocol's own word."""
    return STATUSES[status] if 0 <= status < len(STATUSES) else f"error status {status}"


def pdu(kind: int, request: int, first: int, second: int, bindings: bytes) -> bytes:
    """A question; `first` and `second` are 0, of `BULK` non-repeaters and repetitions.

    The request number always takes four bytes.
    """
    head = b"\x02\x04" + request.to_bytes(4, "big")
    return packed(kind, head, number(first), number(second), packed(SEQUENCE, bindings))


def plain(version: int, community: bytes, content: bytes) -> bytes:
    """A message of v1 or v2c around a PDU."""
    return packed(SEQUENCE, number(version), packed(OCTETS, community), content)


def integer(data: bytes, at: int, end: int, longest: int = 5) -> tuple[int, int]:
    """A whole number at `at`, and where it ends."""
    tag, start, stop = data[at], at + 2, at + 2 + data[at + 1]
    if stop > end or stop - start > 0x7F:
        tag, start, stop = element(data, at, end)
    if tag != INTEGER or not 0 < stop - start <= longest:
        raise Malformed("an answer without a number where one stands")
    return int.from_bytes(data[start:stop], "big", signed=True), stop


def octets(data: bytes, at: int, end: int, longest: int = 255) -> tuple[bytes, int]:
    """Octets at `at`, and where they end."""
    tag, start, stop = data[at], at + 2, at + 2 + data[at + 1]
    if stop > end or stop - start > 0x7F:  # long, or cut short
        tag, start, stop = element(data, at, end)
    if tag != OCTETS or stop - start > longest:
        raise Malformed("an answer without octets where they stand")
    return data[start:stop], stop


def opened(data: bytes) -> "Pdu | Wrapped":
    """What came in a datagram. Raises `Malformed`."""
    try:
        tag, at, end = element(data, 0, len(data))
        if tag != SEQUENCE:
            raise Malformed("an answer that is no SNMP message")
        version, at = integer(data, at, end)
        if version == V3:
            return wrapped(data, at, end)
        if version not in {V1, V2C}:
            raise Malformed("an answer of an unknown version of SNMP")
        _, at = octets(data, at, end)
        return inner(data, at, end)
    except IndexError:
        raise Malformed("an answer that is cut short") from None


def inner(data: bytes, at: int, end: int) -> Pdu:
    """The PDU at `at`; raises `Malformed` or `IndexError`."""
    kind, at, end = element(data, at, end)
    if kind not in {RESPONSE, REPORT}:
        raise Malformed("an answer that is none")
    request, at = integer(data, at, end)
    status, at = integer(data, at, end)
    index, at = integer(data, at, end)
    tag, at, end = element(data, at, end)
    if tag != SEQUENCE:
        raise Malformed("an answer without variables")
    return Pdu(kind, request, status, index, data[at:end])


def wrapped(data: bytes, at: int, end: int) -> Wrapped:
    """What is behind the version of a message of v3; raises `Malformed` or `IndexError`."""
    tag, at, stop = element(data, at, end)
    if tag != SEQUENCE:
        raise Malformed("an answer without its head")
    request, at = integer(data, at, stop)
    _, at = integer(data, at, stop)
    flags, at = octets(data, at, stop, 1)
    model, _ = integer(data, at, stop)
    if model != USM or not flags:
        raise Malformed("an answer of another security model")
    tag, at, security_end = element(data, stop, end)
    if tag != OCTETS:
        raise Malformed("an answer without its security parameters")
    tag, at, stop = element(data, at, security_end)
    if tag != SEQUENCE:
        raise Malformed("an answer without its security parameters")
    engine, at = octets(data, at, stop, 32)
    boots, at = integer(data, at, stop)
    time, at = integer(data, at, stop)
    user, at = octets(data, at, stop, 32)
    digest, at = octets(data, at, stop, 48)
    salt, _ = octets(data, at, stop, 8)
    tag, start, stop = element(data, security_end, end)
    content = data[start:stop]
    place = at - len(digest)
    return Wrapped(
        request, flags[0], engine, boots, time, user, digest, place, salt, tag, content, data
    )


def scoped(content: bytes) -> Pdu:
    """The PDU within a scoped one, given by its elements. Raises `Malformed`."""
    try:
        _, at = octets(content, 0, len(content))
        _, at = octets(content, at, len(content))
        return inner(content, at, len(content))
    except IndexError:
        raise Malformed("an answer that is cut short") from None
