"""Numbers, names and questions in BER, as SNMP sends them."""

from collections.abc import Iterable
from functools import lru_cache

from opsconsole.clean import clean
from opsconsole.varbind import INTEGER, NAME, SEQUENCE


def encoded(size: int) -> bytes:
    """A length, in as few bytes as it takes."""
    if size < 0x80:
        return bytes((size,))
    raw = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(raw),)) + raw


def packed(tag: int, *contents: bytes) -> bytes:
    """One element: tag, length, contents."""
    whole = b"".join(contents)
    return bytes((tag,)) + encoded(len(whole)) + whole


def number(value: int, tag: int = INTEGER) -> bytes:
    """A number, in as few bytes as it takes with its sign."""
    size = (value + (value < 0)).bit_length() // 8 + 1
    return packed(tag, value.to_bytes(size, "big", signed=True))


@lru_cache(4096)
def name(oid: str) -> bytes:
    """The content of a name, from one in dots; raises `ValueError` when it is none."""
    numbers = [int(word) for word in oid.strip().removeprefix(".").split(".") if _whole(word)]
    head, tail = numbers[:2], numbers[2:]
    if len(head) < 2 or head[0] > 2 or (head[0] < 2 and head[1] > 39) or len(numbers) > 128:
        raise ValueError(f"{clean(oid, 80)!r} is no OID: write it in numbers, 1.3.6.1.2.1.1")
    if max(numbers) > 0xFFFFFFFF:
        raise ValueError(f"{clean(oid, 80)!r} has a number of more than 32 bits")
    return b"".join(map(_base128, (head[0] * 40 + head[1], *tail)))


def _whole(word: str) -> bool:
    if not (word.isascii() and word.isdigit() and len(word) <= 10):
        raise ValueError(f"{clean(word, 80)!r} is no number of an OID")
    return True


def _base128(value: int) -> bytes:
    raw = [value & 0x7F]
    while value := value >> 7:
        raw.append(0x80 | value & 0x7F)
    return bytes(reversed(raw))


def asked(oids: Iterable[bytes]) -> bytes:
    """Variable bindings of a question: names (their contents), and nothing for values."""
    return b"".join(packed(SEQUENCE, packed(NAME, oid), b"\x05\x00") for oid in oids)
