"""What a target that is no shell is asked: requests as data, their answers as one payload."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from opsconsole.errors import Malformed, Unsupported


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request below the URL of an HTTP target. It must not change anything there."""

    path: str
    """With its query: `/api/v2/alerts?active=true`."""
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    statuses: tuple[int, ...] = ()
    """Besides 200 to 299: statuses whose body is an answer and no fault."""
    hangs_up: bool = False
    """The server may close the connection in place of an answer: that concerns this exchange only,
    and says nothing of whether the server is there."""


@dataclass(frozen=True, slots=True)
class HttpCrawl(HttpRequest):
    """Documents that lead to one another by links (`@odata.id` of Redfish), from `path` on.

    No path is built: ids and places differ by vendor. The answer is one JSON object: a document by
    its path, or the number of the status with which it was refused.
    """

    follow: tuple[tuple[str, ...], ...] = ()
    """Keys from the first document: `("Systems", "Members", "Storage", "Members", "Drives")`. All
    items of a list are followed; of `ThermalSubsystem|Thermal` the first that is there."""
    most: int = 300
    """Documents that are read at most; more are left out, and said by the key `""`: how many."""


@dataclass(frozen=True, slots=True)
class IsapiRequest(HttpRequest):
    """One request to an access controller that speaks ISAPI; it must only read there.

    The answer, JSON or XML, comes as JSON: `said` is the document, `at` our own Unix time when it
    was given, so that clocks can be compared. What is named like a password is left out.
    """

    since: tuple[str, ...] = ()
    """Keys to a list in the document: `since` of the answer has, for each item of it, since when
    (Unix time) it was seen with the value it has."""
    keep: float = 0.0
    """Seconds for which an answer is good, while the session lasts."""
    newest: bool = False
    """A search of the log, wanted from its end: of a controller that tells the oldest first, the
    last page is asked for."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement to a database. It must only read there.

    Asked only of servers it fits, so that one exchange serves all versions and families; what is
    not asked is answered as `ABSENT` (see `table`). Its columns should be cast to text, integers,
    floats and flags by the statement itself: times to seconds, addresses to text. Rows of a
    statement that cannot choose its columns (`SHOW` of MySQL) come as tables by column name.
    """

    sql: str
    since: int = 0
    """Lowest version of a server that is asked, as its family counts: PostgreSQL 150004, MySQL
    80036, MariaDB 101106."""
    until: int = 0
    """The first version that is not asked any more; 0 for none."""
    family: str = ""
    """Ask only these, where one wire serves several: `mysql`, `mariadb`; empty asks all."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command to a key-value server, word by word. It must only read there."""

    words: tuple[str, ...]
    each: tuple[str, ...] = ()
    """Another command, which answers a list: `words` are asked once for every item of it, with the
    item's `name` in the place of a word `*`. The answer is a list of pairs: name, answer."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A list of objects of an API server that is kept up to date: read in pages, then watched.

    The only question of a watched exchange (`spec.Exchange.watched`), whose payloads are turns:
    see `turn`.
    """

    path: str
    """Of the collection, without a query: `/apis/apps/v1/deployments`. Empty: whoever looks chooses
    it (`ports.Choosing`), and the body of each turn begins with a line that says which it is."""
    page: int = 500
    """Objects of one page."""
    query: tuple[tuple[str, str], ...] = ()
    """Selectors: `(("fieldSelector", "type=Warning"),)`."""
    accept: str = "application/json"
    """`application/json;as=Table;v=v1;g=meta.k8s.io` for columns that the server prints."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the transport itself holds open to a target: nothing is asked there.

    `KubernetesTransport` answers its forwarded ports, as JSON.
    """


@dataclass(frozen=True, slots=True)
class CloudCall:
    """One call to the API of a cloud, by the names of the library that makes it. It only reads.

    Each is answered as JSON (see `opsconsole.cloud`): what was found in each region, or why not.
    """

    service: str
    """`ec2`, `rds`; `compute` of libcloud."""
    operation: str
    """`describe_instances`; `list_nodes` of libcloud."""
    parameters: Mapping[str, object] = field(default_factory=dict[str, object])
    """As the library takes them. Texts `@today`, `@today-DAYS`, `@tomorrow`, `@month` and
    `@next-month` (the first of it), `@now-SECONDS` stand for moments; a whole parameter
    `@region` for the region that is asked; `*` and `*.NAME` for an item
    of `of`, or a field of it; `*.NAME>TEXT` for what stands behind that text in it; `**.NAME` for
    that field of all items of a call that is made for several; `#` at the end of a text for its
    number."""
    results: str = ""
    """A JMESPath that picks a list from each page: what is not needed is not carried on."""
    regional: bool = True
    """Asked in each region of the target; otherwise once for the account."""
    keep: float = 0.0
    """Seconds for which an answer is good, whoever asks again: what costs money."""
    page: int = 0
    """Items of a page, where the operation would else send all at once; 0 leaves it to it."""
    pages: int = 0
    """Pages that are read at most, the newest first; 0 for as many as are read of any call."""
    of: "CloudCall | None" = None
    """Another call that lists; this one is made for what it found, with `of` and `items` for each
    as its own items."""
    batch: str = ""
    """The parameter, a list, that holds its objects once for each item of `of`: then many items
    share one call, and the items of all are joined."""
    together: int = 0
    """How many items of `of`, each once, share one call by `**.NAME`; the items of all are joined.
    """
    absent: tuple[str, ...] = ()
    """Codes of refusals that are an answer: there is none, which stands as `absent` beside an
    item's own."""


@dataclass(frozen=True, slots=True)
class Snmp:
    """What an SNMP agent is asked: `SnmpGet` or `SnmpWalk`; the answer is read by `varbind`."""


@dataclass(frozen=True, slots=True)
class SnmpGet(Snmp):
    """Objects by their numeric names, all as one answer; it is `None` for what is not there."""

    oids: tuple[str, ...]
    """`1.3.6.1.2.1.1.3.0`"""


@dataclass(frozen=True, slots=True)
class SnmpWalk(Snmp):
    """All objects below a name; of a table, only these columns, row by row."""

    oid: str
    """Of the entry, where there are columns: `1.3.6.1.2.1.2.2.1`."""
    columns: tuple[int, ...] = ()
    limit: int = 20_000
    """Objects that are taken at most; more are a fault: a table that never ends is none."""
    keep: float = 0.0
    """Seconds for which an answer is good, while the session lasts: what rarely changes and is told
    beside what does."""
    absent: float = 0.0
    """Seconds for which an answer without any object is good: tables of one vendor, which others
    need not be asked for each time."""


@dataclass(frozen=True, slots=True)
class SnmpChoice:
    """What an agent is asked once it is known what it is: objects by name, and columns, of which
    all below is wanted; `slow` are those that hardly change. Of `fleeting` columns the rows come
    and go: they are asked for also while there are none.
    """

    objects: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    slow_objects: tuple[str, ...] = ()
    slow_columns: tuple[str, ...] = ()
    fleeting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SnmpChosen(Snmp):
    """Objects that depend on what the agent is. The answer holds everything that is known of it.

    The session chooses once, and anew when one of `tells` is another, or the agent has begun anew.
    What is not there is asked for again when `keep` is over, as what hardly changes is.
    """

    first: tuple[str, ...]
    """Objects of every answer."""
    tells: tuple[str, ...]
    """Those of them that tell what device it is."""
    clock: str
    """The one that counts since the agent began."""
    present: Callable[[], tuple[str, ...]]
    """Names below which the agent is asked for its first object, before the choice."""
    choose: Callable[[bytes], SnmpChoice]
    """By the variable bindings of `first` and of what is below `present`; pure."""
    keep: float = 600.0
    """Seconds for which it is good what hardly changes, and what is not there."""


@dataclass(frozen=True, slots=True)
class NutQuery:
    """One line to a server of Network UPS Tools, word by word. It must only read there.

    A word `*` has it asked for each UPS of the server. The answer is a list of `NutAnswer`.
    """

    words: tuple[str, ...]
    since: str = ""
    """A variable whose value is a set of words, `ups.status`: behind its value in the answer stand
    `WORD=TIME`, since when (Unix time) each was seen without a gap."""


class NutAnswer(NamedTuple):
    """What such a server said of one UPS: lines, or why there are none."""

    ups: str
    """Empty where no UPS was named."""
    error: str
    """`DATA-STALE`; empty when it answered."""
    lines: list[list[str]]
    """Words of each line."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a field device is asked for: all that the map of the target names, or the device itself
    has. The answer is one part; its shape belongs to the wire (see `fieldmap`).
    """

    what: str
    """`points` of Modbus, `topics` of MQTT, `objects` of BACnet."""


@dataclass(frozen=True, slots=True)
class SoapCall:
    """One operation of a web service that a device names itself (ONVIF). It must only read there.

    Its part is a JSON list of `SoapAnswer`: one, or one for each item of `of`.
    """

    service: str
    """`device`, `media2`: a key of the transport's namespaces. No address is built from it."""
    operation: str
    body: Mapping[str, object] = field(default_factory=dict[str, object])
    """What stands inside, by local name, in order; `*` for the token of an item."""
    of: "SoapCall | None" = None
    """Another call that lists; this one is made for each of what stands there as `items`."""
    items: str = ""
    """Where items stand in the answer to `of`, and what names one: `Profiles.@token`."""
    most: int = 64
    """Items that are asked for; more are left out."""
    also: str = ""
    """What else is asked at the address of the answer: `rtsp`, `picture`, or `events`."""
    instead: "SoapCall | None" = None
    """What is asked of a device that does not offer the service."""


class SoapAnswer(NamedTuple):
    """What such a device said to one call."""

    item: str
    """The token it was asked for; empty without one."""
    at: float
    """Half way between question and answer, our Unix time."""
    error: str
    """`absent` where it has no such thing, `denied`, else the words of a fault; empty for none."""
    said: object
    """The answer as a tree: texts by local name, lists of what is there twice, `@` before names of
    attributes."""
    there: Mapping[str, object]
    """What `also` found."""


Question = (
    HttpRequest
    | Statement
    | Command
    | Watched
    | Held
    | CloudCall
    | Snmp
    | NutQuery
    | Mapped
    | SoapCall
)
"""One request to a target, for its transport; a transport of another kind adds its own here."""

Questions = Mapping[str, tuple[Question, ...]]
"""What is asked for each exchange, by its name; the answers become one payload, see `joined`."""

Script = str | Questions
"""What an integration has its transport do: a sampler for a shell, or questions to ask."""


Asked = TypeVar(
    "Asked", HttpRequest, Statement, Command, Watched, CloudCall, Snmp, NutQuery, Mapped, SoapCall
)


def of_kind(questions: Questions, kind: type[Asked]) -> dict[str, tuple[Asked, ...]]:
    """The same questions, all of the kind that a transport asks. Raises `Unsupported`."""
    found: dict[str, tuple[Asked, ...]] = {}
    for exchange, asked in questions.items():
        mine = tuple(one for one in asked if isinstance(one, kind))
        if len(mine) != len(asked):
            what = f"{exchange}: is asked in another way than by a {kind.__name__}"
            raise Unsupported(what, "name another transport for the target in the estate")
        found[exchange] = mine
    return found


class Part(NamedTuple):
    """The answer to one request of an exchange."""

    status: int
    body: bytes


def headed(status: int, length: int) -> bytes:
    """What stands before an answer in a frame: as long for one of megabytes as for an empty one."""
    return b"%03d %012d\n" % (status, length)


def joined(parts: Sequence[Part]) -> bytes:
    """Frame the answers to all requests of an exchange: `STATUS LENGTH`, a line end, the body."""
    return b"".join(b"%d %d\n%b" % (part.status, len(part.body), part.body) for part in parts)


def parted(payload: bytes, count: int) -> tuple[Part, ...]:
    """Take apart what `joined` framed. Raises `Malformed` unless there are `count` answers."""
    parts: list[Part] = []
    at = 0
    while at < len(payload):
        end = payload.find(b"\n", at, at + 24)
        head = payload[at:end].split(b" ") if end >= 0 else []
        if len(head) != 2 or not all(word.isdigit() for word in head):
            raise Malformed("an answer without its length")
        at = end + 1 + int(head[1])
        if at > len(payload):
            raise Malformed("an answer that is cut short")
        parts.append(Part(int(head[0]), payload[end + 1 : at]))
    if len(parts) != count:
        raise Malformed(f"{len(parts)} answers to {count} requests")
    return tuple(parts)


EXPLAINED = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH"})
"""First words of statements that have a plan and are no command to the server."""

_BEFORE = re.compile(r"\s+|\(|--[^\r\n]*")
_WORD = re.compile(r"[a-z]+(?![\w$])", re.IGNORECASE | re.ASCII)


def verb(sql: str) -> str:
    """The first word of an SQL statement in capitals, behind spaces, comments and brackets; empty
    where none is understood.
    """
    at = 0
    while True:
        if found := _BEFORE.match(sql, at):
            at = found.end()
        elif sql.startswith("/*", at):
            at = _behind(sql, at)
        else:
            break
    word = _WORD.match(sql, at)
    return word[0].upper() if word else ""


def _behind(sql: str, at: int) -> int:
    """The place behind a comment, in which others may stand."""
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(sql, at):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(sql)
