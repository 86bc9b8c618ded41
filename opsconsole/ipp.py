"""IPP messages (RFC 8010): requests as they are sent, answers as they came; pure functions."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import quote, unquote

from opsconsole.errors import Malformed

MIME = "application/ipp"

OPERATION, JOB, END, PRINTER, UNSUPPORTED = 0x01, 0x02, 0x03, 0x04, 0x05
"""Tags of groups; `END` ends a message."""

UNKNOWN, NO_VALUE = 0x12, 0x13
INTEGER, BOOLEAN, ENUM = 0x21, 0x22, 0x23
OCTETS, DATE, RESOLUTION, RANGE, COLLECTION = 0x30, 0x31, 0x32, 0x33, 0x34
TEXT_IN, NAME_IN, END_COLLECTION = 0x35, 0x36, 0x37
TEXT, NAME, KEYWORD, URI, SCHEME, CHARSET, LANGUAGE, MEDIA, MEMBER = (
    *(0x41, 0x42, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A),
)
"""Tags of values."""

TYPES: Mapping[str, int] = {
    "integer": INTEGER, "boolean": BOOLEAN, "enum": ENUM, "text": TEXT, "name": NAME,
    "keyword": KEYWORD, "uri": URI, "charset": CHARSET, "language": LANGUAGE, "mime": MEDIA,
}  # fmt: skip
"""Types that a request in words may name."""

OPERATIONS: Mapping[str, int] = {
    "Cancel-Job": 0x0008, "Get-Job-Attributes": 0x0009, "Get-Jobs": 0x000A,
    "Get-Printer-Attributes": 0x000B, "Hold-Job": 0x000C, "Release-Job": 0x000D,
    "Pause-Printer": 0x0010, "Resume-Printer": 0x0011, "Purge-Jobs": 0x0012,
    "CUPS-Get-Printers": 0x4002, "CUPS-Accept-Jobs": 0x4008, "CUPS-Reject-Jobs": 0x4009,
    "CUPS-Move-Job": 0x400D,
}  # fmt: skip

VERSION = (1, 1)
"""What every printer understands."""

Plain = int | str | bytes | bool | tuple[int, ...] | None
"""Numbers, texts, octets, flags; ends of a range; a resolution; nothing (unknown, no value)."""

Collection = Mapping[str, Sequence["Plain | Collection"]]
"""Members by name, each with its values."""

Value = Plain | Collection

DEEPEST = 8
"""Collections within collections."""

MOST = 200_000
"""Values of one message."""


@dataclass(frozen=True, slots=True)
class Group:
    """Attributes of one object: a printer, a job, the operation itself."""

    tag: int
    attributes: Mapping[str, Sequence[Value]] = field(default_factory=lambda: MappingProxyType({}))

    def one(self, name: str) -> Value:
        """The first value; None without one."""
        return next(iter(self.attributes.get(name, ())), None)

    def number(self, name: str) -> int | None:
        """A number; None for anything else."""
        value = self.one(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def text(self, name: str) -> str:
        """A text; empty for anything else."""
        value = self.one(name)
        return value if isinstance(value, str) else ""

    def flag(self, name: str) -> bool | None:
        """A flag; None for anything else."""
        value = self.one(name)
        return value if isinstance(value, bool) else None

    def texts(self, name: str) -> list[str]:
        """All values that are texts."""
        return [value for value in self.attributes.get(name, ()) if isinstance(value, str)]

    def numbers(self, name: str) -> list[int | None]:
        """All values; None for what is no number."""
        return [
            value if isinstance(value, int) and not isinstance(value, bool) else None
            for value in self.attributes.get(name, ())
        ]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says to one request."""

    status: int
    """Below 0x0400 it is done."""
    number: int
    groups: tuple[Group, ...]

    @property
    def fine(self) -> bool:
        """Whether it was done."""
        return self.status < 0x0400

    def of(self, tag: int) -> Iterator[Group]:
        """Groups of one kind."""
        return (group for group in self.groups if group.tag == tag)

    @property
    def said(self) -> str:
        """The server's own words on the status; empty where it has none."""
        return next(self.of(OPERATION), Group(OPERATION)).text("status-message")

    @property
    def message(self) -> str:
        """The same; else the name of the status."""
        return self.said or STATUSES.get(self.status, f"status 0x{self.status:04x}")


STATUSES: Mapping[int, str] = {
    0x0400: "bad request", 0x0401: "forbidden", 0x0402: "not authenticated",
    0x0403: "not authorized", 0x0404: "not possible", 0x0405: "time-out", 0x0406: "not found",
    0x0407: "gone", 0x0408: "request too large", 0x0409: "value too long",
    0x040A: "document format not supported", 0x040B: "attributes or values not supported",
    0x040C: "URI scheme not supported", 0x040D: "charset not supported",
    0x040E: "conflicting attributes", 0x0500: "internal error", 0x0501: "operation not supported",
    0x0502: "service unavailable", 0x0503: "version not supported", 0x0504: "device error",
    0x0505: "temporary error", 0x0506: "not accepting jobs", 0x0507: "busy",
    0x0508: "job canceled", 0x0509: "multiple document jobs not supported",
}  # fmt: skip

Given = tuple[str, str, str]
"""An attribute of a request: type (of `TYPES`), name, value; the same name again adds a value.
`IN_JOB` lets those behind it be of the job, and not of the operation."""

IN_JOB: Given = ("group", "job", "")

_ALWAYS: tuple[Given, ...] = (
    ("charset", "attributes-charset", "utf-8"),
    ("language", "attributes-natural-language", "en"),
)


def request(operation: str, *given: Given, number: int = 1) -> bytes:
    """A request; raises `ValueError` for an operation, a type or a value that is none."""
    body = bytearray(struct.pack(">BBHi", *VERSION, OPERATIONS[operation], number))
    body.append(OPERATION)
    before = ""
    for kind, name, value in (*_ALWAYS, *given):
        if (kind, name, value) == IN_JOB:
            body.append(JOB)
            continue
        body += attribute(TYPES[kind], "" if name == before else name, _octets(kind, value))
        before = name
    body.append(END)
    return bytes(body)


def _octets(kind: str, value: str) -> bytes:
    if kind in {"integer", "enum"}:
        number = int(value)
        if not -(1 << 31) <= number < 1 << 31:
            raise ValueError(f"no number of 32 bits: {value}")
        return struct.pack(">i", number)
    if kind == "boolean":
        return b"\1" if value == "true" else b"\0"
    return value.encode()


def attribute(tag: int, name: str, value: bytes) -> bytes:
    """One value as it is sent; without a name it is one more of the attribute before."""
    said = name.encode()
    if len(said) > 0x7FFF or len(value) > 0x7FFF:
        raise ValueError("longer than an attribute can be")
    return struct.pack(">BH", tag, len(said)) + said + struct.pack(">H", len(value)) + value


def worded(operation: str, *given: Given) -> str:
    """The same request as a line that people can read: `Purge-Jobs uri:printer-uri=ipp://…`."""
    return " ".join(
        (operation, *(f"{kind}:{name}={quote(value, safe=_SAFE)}" for kind, name, value in given))
    )


_SAFE = "/:@!$&'()*+,;?[]"


def unworded(line: str) -> bytes:
    """The request that such a line stands for; raises `ValueError` for one that stands for none."""
    operation, *rest = line.split(" ")
    if operation not in OPERATIONS:
        raise ValueError(f"no operation: {operation}")
    given: list[Given] = []
    for word in rest:
        kind, colon, pair = word.partition(":")
        name, equals, value = pair.partition("=")
        if not colon or not equals or not name or (kind not in TYPES and word != "group:job="):
            raise ValueError(f"no attribute: {word}")
        given.append((kind, name, unquote(value)))
    return request(operation, *given)


class _Reader:
    """Takes a message apart, from the left to the right; never looks behind its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 8
        self._left = MOST

    def tag(self) -> int:
        if self._at >= len(self._data):
            raise Malformed("an answer of IPP without its end")
        self._at += 1
        return self._data[self._at - 1]

    def field(self) -> bytes:
        """Octets with their length before them."""
        start = self._at + 2
        if start > len(self._data):
            raise Malformed("an answer of IPP that is cut short")
        end = start + int.from_bytes(self._data[self._at : start], "big")
        if end > len(self._data):
            raise Malformed("an answer of IPP that is cut short")
        self._at = end
        return self._data[start:end]

    def value(self, tag: int, depth: int = 0) -> Value:
        """One value, after its name."""
        self._left -= 1
        if self._left < 0 or depth > DEEPEST:
            raise Malformed("an answer of IPP with more values than anybody has")
        raw = self.field()
        return self._collection(depth + 1) if tag == COLLECTION else _plain(tag, raw)

    def _collection(self, depth: int) -> Collection:
        members: dict[str, list[Value]] = {}
        values: list[Value] = []
        while (tag := self.tag()) != END_COLLECTION:
            self.field()
            if tag == MEMBER:
                name = _text(self.field())
                values = members.setdefault(name, [])
            else:
                values.append(self.value(tag, depth))
        self.field()
        self.field()
        return members


def read(data: bytes) -> Answer:
    """Take an answer apart; raises `Malformed`. Linear in the bytes."""
    if len(data) < 9:
        raise Malformed("no answer of IPP", "is that a print server, and the right port?")
    major, _, status, number = struct.unpack(">BBHi", data[:8])
    if major not in {1, 2}:
        raise Malformed("no answer of IPP", "is that a print server, and the right port?")
    return Answer(status, number, tuple(_groups(_Reader(data))))


def _groups(reader: _Reader) -> list[Group]:
    found: list[Group] = []
    attributes: dict[str, list[Value]] = {}
    values: list[Value] = []
    while (tag := reader.tag()) != END:
        if tag < 0x10:
            attributes = {}
            found.append(Group(tag, attributes))
            values = []
            continue
        name = _text(reader.field())
        if not found:
            raise Malformed("an answer of IPP that begins with an attribute of nothing")
        if name:
            values = attributes.setdefault(name, [])
        values.append(reader.value(tag))
    return found


def _plain(tag: int, raw: bytes) -> Plain:
    if tag < 0x20:
        return None
    if tag in {INTEGER, ENUM}:
        return int.from_bytes(raw, "big", signed=True) if len(raw) == 4 else None
    if tag == BOOLEAN:
        return raw != b"\0" if len(raw) == 1 else None
    if tag == RANGE:
        return struct.unpack(">ii", raw) if len(raw) == 8 else None
    if tag == RESOLUTION:
        return struct.unpack(">iib", raw) if len(raw) == 9 else None
    if tag in {TEXT_IN, NAME_IN}:
        return _in_language(raw)
    return _text(raw) if tag >= 0x40 else raw


def _in_language(raw: bytes) -> str | None:
    """The text behind its language."""
    size = int.from_bytes(raw[:2], "big")
    rest = raw[2 + size :]
    end = 2 + int.from_bytes(rest[:2], "big")
    return _text(rest[2:end]) if len(rest) >= 2 and end <= len(rest) else None


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
