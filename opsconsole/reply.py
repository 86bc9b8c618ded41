"""What a key-value server answers, as the body of a `question.Part`: a value, or a refusal."""

import re
from typing import Any, TypeVar

import msgspec

from opsconsole import table
from opsconsole.clean import clean
from opsconsole.errors import Denied, Malformed, TargetError, Unreachable, Unsupported
from opsconsole.question import Part
from opsconsole.secret import mask
from opsconsole.table import REFUSED, Refusal, refused, why

__all__ = ["GIVEN", "REFUSED", "Refusal", "fault", "given", "knows", "read", "refused", "why"]

Shape = TypeVar("Shape")

GIVEN = table.ROWS
"""Status of a part that holds a value: None, bytes, a whole number, or a list of those."""

_COMMAND = re.compile(r"'([^'\s]{1,64})'")
_USER = re.compile(r"[Uu]ser (\S{1,64}) has")
_UNKNOWN = ("unknown command", "unknown subcommand", "this instance has cluster support disabled")


def given(value: Any) -> Part:  # Any: a value of any depth
    """Pack what a server answered; text stays bytes, as it came."""
    return Part(GIVEN, msgspec.msgpack.encode(value))


def knows(part: Part) -> bool:
    """Whether the server has that command at all: older ones and other roles lack some."""
    refusal = why(part)
    return refusal is None or not refusal.message.lower().startswith(_UNKNOWN)


def read(part: Part, shape: type[Shape]) -> Shape:
    """The value of a part; raises a `TargetError` when it is a refusal or has another shape."""
    refusal = why(part)
    if refusal is not None:
        raise fault(refusal)
    try:
        return msgspec.msgpack.decode(part.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"an answer of another shape: {clean(str(error))}") from None


def fault(refusal: Refusal, where: str = "") -> TargetError:
    """A server's refusal as an error that says what helps; `where` names the target."""
    # The arguments of a command that it does not know may be a password.
    words = refusal.message.partition(", with args beginning with")[0]
    said = clean(mask(f"{refusal.code} {words}".strip()))
    what = f"{where}: {said}" if where else f"the server refuses: {said}"
    match refusal.code:
        case "NOPERM":
            return Denied(what, _permission(refusal.message))
        case "NOAUTH":
            return Denied(what, "give it `password`, and `user` unless that is the default one")
        case "WRONGPASS":
            return Denied(what, "mend `user` and `password`; `ACL LIST` there names its users")
        case "DENIED":
            return Denied(what, "it is in protected mode: set a password there, and `bind`")
        case "LOADING":
            return Unreachable(what, "it reads its data from disk: wait")
        case "MASTERDOWN":
            return Unreachable(what, "its primary is away: look at `redis.replication`")
        case "MISCONF":
            return Unreachable(what, "its snapshots fail: look at its log, and for a full disk")
        case "ERR":
            return _plain(refusal.message.lower(), what)
        case _:
            return Malformed(what)


def _permission(message: str) -> str:
    user, command = _USER.search(message), _COMMAND.search(message)
    if command is None:
        return "give the account the right to: `ACL SETUSER`"
    name = clean(user.group(1)) if user else "NAME"
    return f"ACL SETUSER {name} +{clean(command.group(1))}"


def _plain(message: str, what: str) -> TargetError:
    """An error without a code of its own; older servers have few."""
    if "max number of clients reached" in message:
        remedy = "raise `maxclients`, or end connections there that nobody needs"
        return Unreachable(what, remedy)
    if "invalid password" in message:
        return Denied(what, "mend `password`")
    if "without any password configured" in message or "no password is set" in message:
        return Denied(what, "it has no such password: take `password` out, or name the `user`")
    if "number of arguments for 'auth'" in message:
        return Unsupported(what, "it is older than 6 and knows no users: take `user` out")
    if message.startswith(_UNKNOWN):
        return Unsupported(what, "its version lacks that command")
    return Malformed(what)
