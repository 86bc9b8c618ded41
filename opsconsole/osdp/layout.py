"""What a gateway has on its line: one TOML file, checked whole before anything is opened."""

import ipaddress
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from opsconsole.clean import clean
from opsconsole.errors import EstateError, Problem
from opsconsole.estate.table import Form, Table, shown
from opsconsole.secret import Secret

BAUDS = (9600, 19200, 38400, 57600, 115200, 230400)
READERS, DOORS = 32, 64
_NAME = Form(re.compile(r"[^\x00-\x1f]{1,60}"), "a name, at most 60 characters")
_KEYS = ("listen", "user", "password", "device", "baud", "name", "reader", "door")


@dataclass(frozen=True, slots=True)
class Reader:
    """One device on the line."""

    address: int
    key: Secret | None
    """Of its secure channel, 32 hexadecimal digits; None talks in the clear."""


@dataclass(frozen=True, slots=True)
class Door:
    """What of a device is at a door; None is not wired."""

    name: str
    address: int
    contact: int | None
    """Number of the input, from 0 on."""
    open_when: bool
    """Whether that input is active while the door is open."""
    button: int | None
    lock: int | None
    """Number of the output."""
    open_s: int
    """Seconds for which the lock is released."""


@dataclass(frozen=True, slots=True)
class Layout:
    """All of a gateway."""

    host: str
    port: int
    user: str
    password: Secret
    device: str
    baud: int
    name: str
    readers: tuple[Reader, ...]
    doors: tuple[Door, ...]


def read(path: Path) -> Layout:
    """Read a file; raises `EstateError` with all that is wrong in it."""
    try:
        items = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise EstateError((Problem(str(path), clean(str(error)), "a file in UTF-8"),)) from None
    except tomllib.TOMLDecodeError as error:
        raise EstateError((Problem(path.name, clean(str(error)), "TOML"),)) from None
    problems: list[Problem] = []
    layout = _layout(Table(f"{path.name}: ", items, path.parent, problems))
    if problems or layout is None:
        raise EstateError(tuple(problems))
    return layout


def _layout(table: Table) -> Layout | None:
    table.only(_KEYS)
    password, device = table.secret("password"), table.path("device")
    for key in ("password", "device"):
        if key not in table.items:
            table.wrong(key, "nothing", "it is needed")
    readers = tuple(one for each in table.each("reader") if (one := _reader(each)))
    doors = tuple(door for each in table.each("door") if (door := _door(each)))
    known = [one.address for one in readers]
    if not 0 < len(readers) <= READERS or len(set(known)) < len(known):
        table.wrong("reader", f"{len(readers)}", f"1 to {READERS}, each with another address")
    if not 0 < len(doors) <= DOORS or {one.address for one in doors} - set(known):
        table.wrong("door", f"{len(doors)}", f"1 to {DOORS}, each at the address of a reader")
    if password is None or device is None:
        return None
    baud = table.whole("baud", min(BAUDS), max(BAUDS)) or BAUDS[0]
    if baud not in BAUDS:
        table.wrong("baud", f"{baud}", ", ".join(map(str, BAUDS)))
    host, port = _listen(table)
    return Layout(
        host, port,
        table.text("user", _NAME) or "ops",
        password, device, baud, table.text("name", _NAME) or "OSDP gateway", readers, doors,
    )  # fmt: skip


def _listen(table: Table) -> tuple[str, int]:
    """Where it answers: on this machine alone, for what is said there is not encrypted."""
    said = str(table.items.get("listen", "127.0.0.1:9480"))
    host, _, port = said.rpartition(":")
    host = host.strip("[]")
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback or not port.isdecimal() or not 0 <= int(port) < 65536:
        table.wrong("listen", shown(said), "an address of this machine: 127.0.0.1:9480, [::1]:9480")
        return "127.0.0.1", 0
    return host, int(port)


def _reader(table: Table) -> Reader | None:
    table.only(("address", "key"))
    address = table.whole("address", 0, 126)
    if "address" not in table.items:
        table.wrong("address", "nothing", "0 to 126")
    return None if address is None else Reader(address, table.secret("key"))


def _door(table: Table) -> Door | None:
    table.only(("name", "address", "contact", "open_when", "button", "lock", "open_s"))
    address = table.whole("address", 0, 126)
    if "address" not in table.items:
        table.wrong("address", "nothing", "the address of its reader")
    if address is None:
        return None
    active = table.flag("open_when")
    return Door(
        table.text("name", _NAME) or "", address, table.whole("contact", 0, 63),
        True if active is None else active, table.whole("button", 0, 63),
        table.whole("lock", 0, 63), table.whole("open_s", 1, 60) or 5,
    )  # fmt: skip
