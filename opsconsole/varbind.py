"""What an SNMP agent answers, as the body of a `question.Part`: variable bindings, as they came."""

from collections.abc import Mapping
from typing import NamedTuple

from opsconsole.clean import Clean, clean, clean_bytes
from opsconsole.errors import Malformed
from opsconsole.question import Part
from opsconsole.table import ROWS, why

Value = int | bytes | str | None
"""Numbers; octets, addresses and what is of no known type; a name (OID) in dots; nothing."""

INTEGER, OCTETS, NULL, NAME, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
ADDRESS, COUNTER, GAUGE, TICKS, OPAQUE, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x44, 0x46
NO_OBJECT, NO_INSTANCE, END = 0x80, 0x81, 0x82
"""Tags of values; the last three stand in the place of one."""

UNSIGNED = 0x47
NUMBERS = frozenset({INTEGER, COUNTER, GAUGE, TICKS, COUNTER64, UNSIGNED})

KINDS: Mapping[int, str] = {
    INTEGER: "INTEGER", OCTETS: "STRING", NULL: "NULL", NAME: "OID", ADDRESS: "IpAddress",
    COUNTER: "Counter32", GAUGE: "Gauge32", TICKS: "TimeTicks", OPAQUE: "Opaque",
    COUNTER64: "Counter64", UNSIGNED: "Unsigned32", NO_OBJECT: "noSuchObject",
    NO_INSTANCE: "noSuchInstance", END: "endOfMibView",
}  # fmt: skip
"""Names of the types."""

LONGEST_NUMBER = 9
"""Bytes: 64 bits and a sign."""

LONGEST_NAME = 640
"""Bytes: 128 numbers of 32 bits."""

REMEMBERED = 65_536
"""Names whose text is kept: agents are asked for the same ones over and over."""

_texts: dict[bytes, str] = {}


class Bound(NamedTuple):
    """One variable and its value."""

    name: str
    """In dots: `1.3.6.1.2.1.1.3.0`."""
    tag: int
    """Type of the value, see `KINDS`."""
    value: Value


def element(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Tag, start and end of the content at `at`; raises `Malformed` when it reaches behind `end`.

    May raise `IndexError` at the end of `data`.
    """
    tag, size = data[at], data[at + 1]
    at += 2
    if size >= 0x80:
        size, at = _long(data, at, size)
    if at + size > end:
        raise Malformed("an answer that is cut short")
    return tag, at, at + size


def _long(data: bytes, at: int, first: int) -> tuple[int, int]:
    """A length of several bytes, and where it ends."""
    count = first & 0x7F
    if not 1 <= count <= 4:
        raise Malformed("an answer of impossible length")
    return int.from_bytes(data[at : at + count], "big"), at + count


def text(raw: bytes) -> str:
    """A name as it is encoded, in dots. Raises `Malformed`."""
    known = _texts.get(raw)
    if known is not None:
        return known
    if len(raw) > LONGEST_NAME or not raw or raw[-1] & 0x80:
        raise Malformed("a name that is none")
    numbers: list[int] = []
    number = 0
    for byte in raw:
        number = number << 7 | byte & 0x7F
        if number > 0xFFFFFFFF:
            raise Malformed("a name with a number of more than 32 bits")
        if byte < 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    numbers[:1] = [first, numbers[0] - 40 * first]
    found = ".".join(map(str, numbers))
    # Agents choose these bytes: they must not choose how many we remember.
    if len(_texts) >= REMEMBERED:
        _texts.clear()
    _texts[raw] = found
    return found


def bindings(body: bytes) -> list[Bound]:
    """Take apart variable bindings. Raises `Malformed`; linear in the bytes."""
    return list(map(Bound._make, triples(body)))


def triples(body: bytes) -> list[tuple[str, int, Value]]:
    """The same as plain tuples, which cost less: name, tag, value."""
    try:
        return _bindings(body)
    except IndexError:
        raise Malformed("an answer that is cut short") from None


def _bindings(body: bytes) -> list[tuple[str, int, Value]]:
    # One loop without calls for what nearly all answers are made of: this is the hot path.
    found: list[tuple[str, int, Value]] = []
    at, end, known = 0, len(body), _texts.get
    while at < end:
        if body[at] != SEQUENCE:
            raise Malformed("an answer that is no list of variables")
        size = body[at + 1]
        at += 2
        if size >= 0x80:
            size, at = _long(body, at, size)
        stop = at + size
        if stop > end or body[at] != NAME:
            raise Malformed("a variable without a name, or cut short")
        size = body[at + 1]
        at += 2
        if size >= 0x80:
            size, at = _long(body, at, size)
        middle = at + size
        raw = body[at:middle]
        name = known(raw) or text(raw)
        tag, size = body[middle], body[middle + 1]
        at = middle + 2
        if size >= 0x80:
            size, at = _long(body, at, size)
        if at + size != stop:
            raise Malformed("a variable of another length than its value")
        if tag in NUMBERS and size <= LONGEST_NUMBER:
            number = int.from_bytes(body[at:stop], "big", signed=tag == INTEGER)
            found.append((name, tag, number))
        elif tag == OCTETS:
            found.append((name, tag, body[at:stop]))
        else:
            found.append((name, tag, _other(tag, body[at:stop])))
        at = stop
    return found


def _other(tag: int, raw: bytes) -> Value:
    """A value of a rarer type; one of no known type is its bytes."""
    if tag == NAME:
        return text(raw) if raw else "0.0"
    if tag in NUMBERS:
        raise Malformed("a number of more than 64 bits")
    return None if tag in {NULL, NO_OBJECT, NO_INSTANCE, END} else raw


def read(part: Part) -> list[Bound]:
    """All variables of a part, in the order in which they came.

    Raises `Malformed`, with the agent's own word when it refused.
    """
    return bindings(_body(part))


def _body(part: Part) -> bytes:
    refusal = why(part)
    if refusal is not None:
        raise Malformed(f"the agent refuses: {clean(refusal.message)}")
    if part.status != ROWS:
        raise Malformed("an answer of another kind")
    return part.body


def values(part: Part) -> dict[str, Value]:
    """What was asked for by name: its value, None for what the agent does not have."""
    return {name: value for name, _, value in triples(_body(part))}


def rows(part: Part, oid: str) -> dict[str, dict[int, Value]]:
    """A table that was walked: for each index (in dots) the values of its columns, by number.

    `oid` is that of the table's entry, as it was asked for.
    """
    head = f"{oid}."
    found: dict[str, dict[int, Value]] = {}
    for name, _, value in triples(_body(part)):
        column, dot, index = name.removeprefix(head).partition(".")
        if dot and name.startswith(head):
            found.setdefault(index, {})[int(column)] = value
    return found


def shown(bound: Bound) -> Clean:
    """A value as a person reads it: text where it is text, otherwise octets in hexadecimal."""
    value = bound.value
    if value is None:
        return Clean(KINDS.get(bound.tag, "NULL"))
    if isinstance(value, bytes):
        return _octets(bound.tag, value)
    if bound.tag == TICKS and isinstance(value, int):
        return Clean(f"{value} ({_span(value)})")
    return clean(str(value), LONGEST_NAME * 2)


def _octets(tag: int, raw: bytes) -> Clean:
    if tag == ADDRESS and len(raw) == 4:
        return Clean(".".join(map(str, raw)))
    if tag == OCTETS and _is_text(raw.rstrip(b"\0")):
        return clean_bytes(raw.rstrip(b"\0"), max(1, len(raw)))
    return Clean(raw.hex(" "))


def _is_text(raw: bytes) -> bool:
    try:
        said = raw.decode()
    except UnicodeDecodeError:
        return False
    return all(char.isprintable() or char in "\t\r\n" for char in said)


def _span(hundredths: int) -> str:
    minutes, seconds = divmod(hundredths // 100, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"{days}d {hours:02}:{minutes:02}:{seconds:02}"
