"""What speaks to one agent: with a community, or as a user of its engine, whose clock is kept."""

import time
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from opsconsole.errors import Malformed
from opsconsole.transports.snmp.ber import encoded, number, packed
from opsconsole.transports.snmp.message import (
    AUTH,
    GET,
    PRIV,
    REPORT,
    REPORTABLE,
    RESPONSE,
    V3,
    Pdu,
    Wrapped,
    pdu,
    plain,
    scoped,
)
from opsconsole.transports.snmp.usm import Seal, Veil, localized, master, stretched
from opsconsole.varbind import OCTETS, SEQUENCE, bindings, element

WINDOW_S = 150
"""Seconds that the clocks of both sides may differ (RFC 3414)."""

_REPORTS = "1.3.6.1.6.3.15.1.1."

LEVELS, LATE, USER, ENGINE, DIGEST, CIPHER = range(1, 7)
"""Numbers of the reports of the user-based security model."""

TEMPLATES = 256
"""Questions whose bytes are kept per agent."""


MARK = 0x7A7A7A7A
"""Stands for the number of a question until it has one."""

Known: TypeAlias = "dict[tuple[int, int, int, bytes], tuple[bytes, bytes]]"
"""Questions (kind, two numbers, variables) as they are sent, before and behind their number."""


class Speech(Protocol):
    """How questions are wrapped and answers believed."""

    version: int
    ready: bool
    """Whether all is known that a question needs."""

    def wrap(self, request: int, kind: int, first: int, second: int, asked: bytes) -> bytes:
        """A question as it is sent; see `message.pdu`."""
        ...

    def accept(self, message: Pdu | Wrapped) -> Pdu:
        """What is in an answer; raises `Malformed` when it is not to be believed."""
        ...


class Community:
    """Speaks v1 or v2c."""

    ready = True

    def __init__(self, version: int, community: str) -> None:
        self.version = version
        self._community = community.encode()
        self._known: Known = {}

    def wrap(self, request: int, kind: int, first: int, second: int, asked: bytes) -> bytes:
        """A question as it is sent; only its number is new when it is asked again."""
        key = (kind, first, second, asked)
        halves = self._known.get(key)
        if halves is None:
            inner = pdu(kind, MARK, first, second, asked)
            whole = plain(self.version, self._community, inner)
            halves = remembered(self._known, key, parted(whole, inner))
        return halves[0] + request.to_bytes(4, "big") + halves[1]

    def accept(self, message: Pdu | Wrapped) -> Pdu:
        """What is in an answer."""
        if isinstance(message, Wrapped) or message.kind != RESPONSE:
            raise Malformed("an answer of another version of SNMP")
        return message


@dataclass(frozen=True, slots=True)
class User:
    """Who we are to an engine; without a cipher or a hash these passwords are empty."""

    name: str
    auth: str = ""
    """One of `usm.AUTHS`."""
    auth_password: str = ""
    priv: str = ""
    """One of `usm.PRIVS`."""
    priv_password: str = ""
    context: str = ""

    def __repr__(self) -> str:
        return f"User({self.name!r})"


class Engine:
    """Speaks v3. Keys are made once for the engine; its clock is learned and goes on with ours."""

    version = V3

    def __init__(self, user: User) -> None:
        self._user = user
        self._name = user.name.encode()
        self._context = packed(OCTETS, user.context.encode())
        self._flags = REPORTABLE | (AUTH if user.auth else 0) | (PRIV if user.priv else 0)
        self._seal: Seal | None = None
        self._veil: Veil | None = None
        self._id = b""
        self._known: Known = {}
        self._stamped: tuple[tuple[int, int], bytes] = ((-1, -1), b"")
        self._boots = 0
        self._time = 0
        self._at = time.monotonic()

    @property
    def ready(self) -> bool:
        """Whether the engine is known."""
        return bool(self._id)

    @property
    def now(self) -> int:
        """Seconds on the engine's clock."""
        return min(self._time + int(time.monotonic() - self._at), 0x7FFFFFFF)

    def discovery(self, request: int) -> bytes:
        """The question which engine it is, of nobody in particular."""
        inner = packed(SEQUENCE, b"\x04\x00\x04\x00", pdu(GET, request, 0, 0, b""))
        security = parameters((b"", 0, 0, b""), b"", b"")
        return packed(SEQUENCE, b"\x02\x01\x03", header(request, REPORTABLE), security, inner)

    def wrap(self, request: int, kind: int, first: int, second: int, asked: bytes) -> bytes:
        """A question as it is sent: enciphered, then signed."""
        key = (kind, first, second, asked)
        halves = self._known.get(key) or self._halves(key)
        content = request.to_bytes(4, "big").join(halves)
        boots, now = self._boots, self.now
        salt = b""
        if self._veil is not None:
            content, salt = self._veil.hide(content, boots, now)
            content = packed(OCTETS, content)
        seal = self._seal
        blank = bytes(seal.size) if seal is not None else b""
        if self._stamped[0] != (boots, now):
            who = (self._id, boots, now, self._name)
            self._stamped = ((boots, now), parameters(who, blank, bytes(len(salt))))
        # The salt stands at the end of the security parameters, and the digest before it.
        front = self._stamped[1]
        front = front[: len(front) - len(salt) - 2 - len(blank)]
        front = b"\x02\x01\x03" + header(request, self._flags) + front
        back = bytes((OCTETS, len(salt))) + salt + content
        front = b"\x30" + encoded(len(front) + len(blank) + len(back)) + front
        if seal is None:
            return front + back
        return front + seal.digest(b"".join((front, blank, back))) + back

    def _halves(self, key: tuple[int, int, int, bytes]) -> tuple[bytes, bytes]:
        """A scoped question before and behind its number."""
        kind, first, second, asked = key
        inner = pdu(kind, MARK, first, second, asked)
        whole = packed(SEQUENCE, packed(OCTETS, self._id), self._context, inner)
        return remembered(self._known, key, parted(whole, inner))

    def accept(self, message: Pdu | Wrapped) -> Pdu:
        """What is in an answer, when it is from that engine, signed and of our time."""
        if isinstance(message, Pdu):
            raise Malformed("an answer of another version of SNMP")
        if self.ready and message.engine != self._id:
            return self._stranger(message)
        signed = bool(message.flags & AUTH)
        if signed and (
            self._seal is None or not self._seal.fits(message.whole, message.at, message.digest)
        ):
            raise Malformed("an answer whose digest is wrong")
        found = self._content(message)
        which = report(found)
        if found.kind == RESPONSE and message.flags & (AUTH | PRIV) != self._flags & (AUTH | PRIV):
            raise Malformed("an answer of a lower level of security")
        if found.kind == RESPONSE and found.number != message.number:
            raise Malformed("an answer with another one inside")
        if which == ENGINE or (found.kind == REPORT and not self.ready):
            self._learn(message)
        elif which == LATE:
            self._set(message)
        elif signed:
            self._keep(message)
        return found

    def _stranger(self, message: Wrapped) -> Pdu:
        """From another engine: only the word that we asked the wrong one is heard."""
        found = scoped(message.content) if message.tag == SEQUENCE else None
        if found is None or message.flags & AUTH or report(found) != ENGINE:
            raise Malformed("an answer of another engine")
        self._learn(message)
        return found

    def _content(self, message: Wrapped) -> Pdu:
        if not message.flags & PRIV:
            if message.tag != SEQUENCE:
                raise Malformed("an answer that is no message")
            return scoped(message.content)
        if self._veil is None or not message.flags & AUTH:
            raise Malformed("an answer that is enciphered for somebody else")
        if message.tag != OCTETS:
            raise Malformed("an answer that is enciphered in another way")
        bare = self._veil.reveal(message.content, message.salt, message.boots, message.time)
        try:
            tag, start, stop = element(bare, 0, len(bare))
        except IndexError:
            tag = start = stop = 0
        if tag != SEQUENCE:
            raise Malformed("an answer that our key does not decipher")
        return scoped(bare[start:stop])

    def _learn(self, message: Wrapped) -> None:
        """Take it for the engine that answers there, and make the keys for it."""
        if not 5 <= len(message.engine) <= 32:
            raise Malformed("an answer of an engine without a name")
        self._set(message)
        user, self._id = self._user, message.engine
        self._known, self._stamped = {}, ((-1, -1), b"")
        if user.auth:
            key = master(user.auth, user.auth_password.encode())
            self._seal = Seal(user.auth, localized(user.auth, key, self._id))
        if user.priv:
            key = localized(user.auth, master(user.auth, user.priv_password.encode()), self._id)
            self._veil = Veil(user.priv, stretched(user.auth, user.priv, key, self._id))

    def _set(self, message: Wrapped) -> None:
        self._boots, self._time, self._at = message.boots, message.time, time.monotonic()

    def _keep(self, message: Wrapped) -> None:
        """Follow its clock; what is older than the window is refused."""
        now = self.now
        if message.boots > self._boots or (message.boots == self._boots and message.time > now):
            self._set(message)
        elif message.boots < self._boots or message.time < now - WINDOW_S:
            raise Malformed("an answer from the past")


def report(found: Pdu) -> int:
    """Number of the report of the security model that it is; 0 for none, -1 for another one."""
    if found.kind != REPORT:
        return 0
    said = bindings(found.body)
    which = said[0].name.removeprefix(_REPORTS).partition(".")[0] if said else ""
    return int(which) if said and said[0].name.startswith(_REPORTS) and which.isdigit() else -1


def header(request: int, flags: int) -> bytes:
    """The global data of a message; its number always takes four bytes."""
    return b"\x30\x11\x02\x04%b\x02\x03\x00\xff\xe3\x04\x01%c\x02\x01\x03" % (
        request.to_bytes(4, "big"),
        flags,
    )


def parameters(who: tuple[bytes, int, int, bytes], digest: bytes, salt: bytes) -> bytes:
    """The security parameters of a message."""
    engine, boots, now, name = who
    security = packed(
        SEQUENCE,
        packed(OCTETS, engine),
        number(boots),
        number(now),
        packed(OCTETS, name),
        packed(OCTETS, digest),
        packed(OCTETS, salt),
    )
    return packed(OCTETS, security)


def parted(whole: bytes, inner: bytes) -> tuple[bytes, bytes]:
    """A message before and behind the number of its PDU, which ends it and is numbered `MARK`."""
    at = len(whole) - len(inner) + inner.index(b"\x02\x04zzzz") + 2
    return whole[:at], whole[at + 4 :]


def remembered(
    known: Known, key: tuple[int, int, int, bytes], halves: tuple[bytes, bytes]
) -> tuple[bytes, bytes]:
    """Keep the halves of a question that is asked again and again."""
    if len(known) >= TEMPLATES:
        known.clear()
    known[key] = halves
    return halves
