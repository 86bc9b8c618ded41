"""What changes rarely on a host: packages, parameters, files, accounts, listeners, mounts."""

import re
import time
from collections.abc import Callable, Iterable, Iterator

from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.system.host import slow, wire
from opsconsole.errors import Unsupported
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

_MOST = 12_000
"""Rows of one answer; a host with more is not compared further."""

_EPHEMERAL = 32768
"""UDP sockets from this port on are questions somebody asks, and go as they come."""

_SECRET = re.compile(rb"((?:pass|secret|key|token|cred)[a-z_.-]*=)[^ ,]+", re.IGNORECASE)
"""In boot parameters and mount options: what a value may give away is not kept."""

Item = tuple[bytes, bytes]
"""Name and value."""

Reading = list[tuple[Clean, Clean, Clean]]
"""Rows: kind, name, value."""


def read(payload: bytes) -> Reading:
    """Parse an inventory answer; raises `Malformed`, `Unsupported`."""
    found = slow.sections(payload)
    supported(found)
    where = ""
    rows: Reading = []
    try:
        for where, tags, items in _KINDS:
            lines = [line for tag in tags for line in found.get(tag, ())]
            kind = Clean(where)
            for name, value in _merged(items(lines)):
                if len(rows) >= _MOST:
                    return rows
                rows.append((kind, clean_bytes(name, 200), clean_bytes(value, 200)))
        where = "kernel parameters"
        rows += _parameters(found.get(b"sysctl", []))[: _MOST - len(rows)]
    except (ValueError, IndexError) as error:
        raise wire.malformed(where, error) from error
    return rows


def supported(found: dict[bytes, list[bytes]]) -> None:
    """Raise `Unsupported` for the answer of a system that is not read."""
    if b"uninventoried" in found:
        raise Unsupported(
            "what changes rarely is read from Linux only", "compare it by other means"
        )


def _merged(items: Iterable[Item]) -> Iterator[Item]:
    """One value per name: several versions of a kernel are installed side by side."""
    values: dict[bytes, bytes] = {}
    several: dict[bytes, set[bytes]] = {}
    for name, value in items:
        known = values.setdefault(name, value)
        if known != value:
            several.setdefault(name, {known}).add(value)
    for name in sorted(values):
        yield name, b", ".join(sorted(several[name])) if name in several else values[name]


def _packages(lines: list[bytes]) -> Iterator[Item]:
    """`nginx 1.22 installed`; what was removed and left its configuration is not there."""
    for line in lines:
        name, _, rest = line.partition(b" ")
        version, _, state = rest.rpartition(b" ")
        if state == b"installed" and version:
            yield name, version


def _apk(lines: list[bytes]) -> Iterator[Item]:
    """`P:musl` and `V:1.2.5-r0` on lines of their own."""
    name = b""
    for line in lines:
        key, _, value = line.partition(b":")
        if key == b"P":
            name = value
        elif name:
            yield name, value
            name = b""


def _files(lines: list[bytes]) -> Iterator[Item]:
    """`1700000000 812 644 0:0 /etc/fstab`: when it was written, bytes, mode, owner."""
    minutes: dict[int, bytes] = {}
    for line in lines:
        words = line.split(b" ", 4)
        if len(words) != 5 or not words[0].isdigit():
            continue  # the rest of a name with a line end in it
        minute, second = divmod(wire.count(words[0]), 60)
        said = minutes.get(minute)
        if said is None:
            said = minutes[minute] = _minute(minute)
        parts = (said, second, words[1], words[2], words[3])
        yield words[4], b"%b:%02d UTC, %b B, %b %b" % parts


def _minute(minute: int) -> bytes:
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.gmtime(minute * 60)).encode()
    except (OverflowError, ValueError, OSError):
        return b"?"


def _parameters(lines: list[bytes]) -> Reading:
    """`vm/swappiness:60`, under the name that sysctl has for it; some have several lines."""
    values: dict[bytes, list[bytes]] = {}
    for line in lines:
        name, _, value = line.partition(b":")
        values.setdefault(name.replace(b"/", b"."), []).append(b" ".join(value.split()))
    kind = Clean("sysctl")
    return [
        (kind, clean_bytes(name, 200), clean_bytes(b"; ".join(values[name]), 200))
        for name in sorted(values)
    ]


def _colons(fields: int) -> Callable[[list[bytes]], Iterator[Item]]:
    """Lines of so many fields with colons between them, the first of which is the name."""

    def items(lines: list[bytes]) -> Iterator[Item]:
        for line in lines:
            name, _, value = line.partition(b":")
            if value.count(b":") == fields - 2:
                yield name, value

    return items


def _names(lines: list[bytes]) -> Iterator[Item]:
    return ((line.strip(), b"loaded") for line in lines if line.strip())


def _listeners(lines: list[bytes]) -> Iterator[Item]:
    """`tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*` of ss."""
    for line in lines:
        words = line.split()
        if len(words) < 5:
            continue
        port = words[4].rpartition(b":")[2]
        if words[0] == b"udp" and (not port.isdigit() or int(port) >= _EPHEMERAL):
            continue
        yield words[0] + b" " + words[4], b"listens"


def _sockets(lines: list[bytes]) -> Iterator[Item]:
    """`0: 0100007F:0050 00000000:0000 0A …` of /proc/net/tcp and tcp6, without ss."""
    for line in lines:
        words = line.split()
        if len(words) > 3 and words[3] == b"0A":
            address, _, port = words[1].partition(b":")
            yield b"tcp %b:%d" % (_address(address), int(port, 16)), b"listens"


def _address(raw: bytes) -> bytes:
    """Words of the machine's own byte order: little-endian wherever /proc is read so far."""
    octets = bytes.fromhex(raw.decode())
    groups = [octets[at : at + 4][::-1] for at in range(0, len(octets), 4)]
    if len(groups) == 1:
        return b".".join(b"%d" % octet for octet in groups[0])
    return b"[%b]" % b"".join(groups).hex(":", 2).encode()


def _addresses(lines: list[bytes]) -> Iterator[Item]:
    """`4: eth0    inet 192.0.2.2/24 brd …`: lifetimes, which count down, are left out."""
    for line in lines:
        words = line.split()
        if len(words) > 3:
            yield words[1] + b" " + words[3], words[2]


def _routes(lines: list[bytes]) -> Iterator[Item]:
    for line in lines:
        words = line.split()
        if words:
            yield words[0], b" ".join(words[1:])


def _mounts(lines: list[bytes]) -> Iterator[Item]:
    """`/dev/sda1 / ext4 rw,relatime 0 0`."""
    for line in lines:
        words = line.split(b" ")
        if len(words) == 6:
            yield words[1], _SECRET.sub(rb"\1***", b" ".join((words[0], *words[2:4])))


def _whole(name: bytes) -> Callable[[list[bytes]], Iterator[Item]]:
    """The one line of a source, under that name."""

    def items(lines: list[bytes]) -> Iterator[Item]:
        for line in lines[:1]:
            yield name, _SECRET.sub(rb"\1***", line.strip())

    return items


_Items = Callable[[list[bytes]], Iterator[Item]]

_KINDS: tuple[tuple[str, tuple[bytes, ...], _Items], ...] = (
    ("kernel", (b"/proc/version",), _whole(b"version")),
    ("kernel", (b"/proc/cmdline",), _whole(b"boot parameters")),
    ("package", (b"package",), _packages),
    ("package", (b"apk",), _apk),
    ("file", (b"file",), _files),
    ("user", (b"user",), _colons(5)),
    ("group", (b"group",), _colons(3)),
    ("module", (b"module",), _names),
    ("listener", (b"listen",), _listeners),
    ("listener", (b"listen4",), _sockets),
    ("address", (b"address",), _addresses),
    ("route", (b"route",), _routes),
    ("mount", (b"fstab",), _mounts),
)
"""Kind, tags of its lines, and how they are read."""


def rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per thing."""
    return list(now)


PROBE = Probe(
    id="host.inventory",
    title="Inventory",
    exchange="inventory",
    columns=(
        Column("kind", "KIND", Quantity.TEXT, "where the line of the answer comes from"),
        Column("name", "NAME", Quantity.TEXT, "package, file, parameter, account, address …"),
        Column(
            "value",
            "VALUE",
            Quantity.TEXT,
            "dpkg-query, rpm, apk or pacman; stat; /proc/sys; /etc/passwd, /etc/group;"
            " /proc/modules; ss; ip; /proc/self/mounts; /proc/version, cmdline",
        ),
    ),
    key=("kind", "name"),
    read=read,
    rows=rows,
    on_demand=False,
    quiet=True,
)
