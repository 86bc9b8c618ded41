"""Who is believed: who knows the community, or signs as the user, by the clock of its engine."""

import hmac
import time
from collections import OrderedDict
from typing import NamedTuple

from opsconsole.errors import Malformed
from opsconsole.transports.snmp.ber import encoded, name, number, packed
from opsconsole.transports.snmp.engine import (
    CIPHER,
    DIGEST,
    LATE,
    LEVELS,
    WINDOW_S,
    User,
    header,
    parameters,
)
from opsconsole.transports.snmp.message import AUTH, PRIV, REPORT, Wrapped, pdu
from opsconsole.transports.snmp.usm import Seal, Veil, localized, master, stretched
from opsconsole.varbind import COUNTER, NAME, OCTETS, SEQUENCE, element

ENGINES = 4096
"""Engines whose clocks and keys are kept: senders choose their names."""

LAST_BOOT = 0x7FFFFFFF

REPORTS = "1.3.6.1.6.3.15.1.1."


class Unbelieved(Exception):
    """A message that is not to be believed: why, and which report says so (0 for none)."""

    def __init__(self, why: str, which: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.which = which


class Clock(NamedTuple):
    """Of an engine, when we heard of it last."""

    boots: int
    time: int
    at: float
    """On our own monotonic clock."""

    def now(self) -> int:
        """What it says by now."""
        return self.time + int(time.monotonic() - self.at)


class Keys(NamedTuple):
    """A user's, for one engine."""

    seal: Seal | None
    veil: Veil | None


class Belief:
    """What one target believes."""

    def __init__(self, community: str, user: User | None) -> None:
        """An empty community believes no message of v1 and v2c."""
        self._community = community.encode()
        self.user = user
        self.name = user.name.encode() if user else b""
        flags = ((AUTH if user.auth else 0) | (PRIV if user.priv else 0)) if user else 0
        self._flags = flags
        self._keys: OrderedDict[bytes, Keys] = OrderedDict()
        self._clocks: OrderedDict[bytes, Clock] = OrderedDict()

    def knows(self, community: bytes) -> bool:
        """Whether it is the community that is believed."""
        return bool(self._community) and hmac.compare_digest(community, self._community)

    def content(self, message: Wrapped, ours: Clock | None) -> bytes:
        """Elements of the scoped PDU in a message of our user; raises `Unbelieved`, `Malformed`.

        `ours` is the clock of our own engine, where the message is for that one.
        """
        if message.flags & (AUTH | PRIV) != self._flags:
            raise Unbelieved("another level of security than the user's", LEVELS)
        keys = self.keys(message.engine)
        if keys.seal is not None:
            if not keys.seal.fits(message.whole, message.at, message.digest):
                raise Unbelieved("a wrong digest: `auth`, `auth_password`", DIGEST)
            self._timely(message, ours)
        if keys.veil is None:
            if message.tag != SEQUENCE:
                raise Malformed("no scoped PDU")
            return message.content
        if message.tag != OCTETS:
            raise Malformed("not enciphered")
        try:
            bare = keys.veil.reveal(message.content, message.salt, message.boots, message.time)
            tag, start, stop = element(bare, 0, len(bare))
        except (Malformed, IndexError):
            tag, start, stop, bare = 0, 0, 0, b""
        if tag != SEQUENCE:
            raise Unbelieved("enciphered with another key: `priv`, `priv_password`", CIPHER)
        return bare[start:stop]

    def _timely(self, message: Wrapped, ours: Clock | None) -> None:
        """Refuse what is from the past: it may be somebody's who recorded it."""
        if ours is not None:
            near = abs(message.time - ours.now()) <= WINDOW_S
            if message.boots != ours.boots or not near:
                raise Unbelieved("outside of our time", LATE)
            return
        known = self._clocks.get(message.engine)
        if message.boots >= LAST_BOOT:
            raise Unbelieved("an engine that has no time any more", LATE)
        if known is not None:
            past = message.boots == known.boots and message.time < known.now() - WINDOW_S
            if message.boots < known.boots or past:
                raise Unbelieved("from the past: its engine was later already", LATE)
            if message.boots == known.boots and message.time <= known.now():
                self._clocks.move_to_end(message.engine)
                return
        self._clocks[message.engine] = Clock(message.boots, message.time, time.monotonic())
        self._clocks.move_to_end(message.engine)
        if len(self._clocks) > ENGINES:
            self._clocks.popitem(last=False)

    def keys(self, engine: bytes) -> Keys:
        """The user's keys for an engine."""
        found = self._keys.get(engine)
        if found is None:
            found = self._keys[engine] = self._made(engine)
            if len(self._keys) > ENGINES:
                self._keys.popitem(last=False)
        return found

    def _made(self, engine: bytes) -> Keys:
        user = self.user
        if user is None or not user.auth:
            return Keys(None, None)
        key = localized(user.auth, master(user.auth, user.auth_password.encode()), engine)
        seal = Seal(user.auth, key)
        if not user.priv:
            return Keys(seal, None)
        key = localized(user.auth, master(user.auth, user.priv_password.encode()), engine)
        return Keys(seal, Veil(user.priv, stretched(user.auth, user.priv, key, engine)))


def wrapped(
    message: Wrapped, flags: int, who: tuple[bytes, int, int, bytes], keys: Keys, inner: bytes
) -> bytes:
    """What is said to a message of v3: to its number, as our engine, which `who` begins with.

    `inner` is a scoped PDU, whole; `keys` are used as far as `flags` says.
    """
    _, boots, now, _ = who
    seal = keys.seal if flags & AUTH else None
    content, salt = inner, b""
    if keys.veil is not None and flags & PRIV:
        content, salt = keys.veil.hide(inner, boots, now)
        content = packed(OCTETS, content)
    blank = bytes(seal.size) if seal is not None else b""
    security = parameters(who, blank, salt)
    front = b"\x02\x01\x03" + header(message.number, flags) + security
    # The digest stands before the salt, at the end of the security parameters.
    back_size = len(salt) + 2
    head = front[: len(front) - back_size - len(blank)]
    back = front[len(front) - back_size :] + content
    whole = b"\x30" + encoded(len(head) + len(blank) + len(back)) + head
    if seal is None:
        return whole + back
    return whole + seal.digest(b"".join((whole, blank, back))) + back


def report(which: int, count: int, engine: bytes) -> bytes:
    """A scoped PDU that says what was wrong with a message, by the counter of such messages."""
    counter = packed(
        SEQUENCE,
        packed(NAME, name(f"{REPORTS}{which}.0")),
        number(count & 0x7FFFFFFF, COUNTER),
    )
    inner = pdu(REPORT, 0, 0, 0, counter)
    return packed(SEQUENCE, packed(OCTETS, engine), packed(OCTETS, b""), inner)
