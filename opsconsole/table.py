"""What a database answers, as the body of a `question.Part`: rows, a refusal, or nothing."""

from typing import Any, TypeVar, cast

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.errors import Malformed
from opsconsole.question import Part

Item = TypeVar("Item")

ROWS, REFUSED, ABSENT = 0, 1, 2
"""Status of a part: rows; the server refused this statement alone; the server was not asked."""


class Refusal(msgspec.Struct, frozen=True, array_like=True):
    """Why a server answered one statement with an error, while the session lives on."""

    code: str
    """SQLSTATE, or the family's own number: `42501`, `1227`."""
    message: str


def rows(values: Any) -> Part:  # Any: whatever a driver returns
    """Pack rows, each a sequence of text, numbers, flags and None."""
    return Part(ROWS, msgspec.msgpack.encode(values))


def refused(code: str, message: str) -> Part:
    """Pack why there are none."""
    return Part(REFUSED, msgspec.msgpack.encode(Refusal(code, message)))


NOT_ASKED = Part(ABSENT, b"")
"""The statement does not fit the server's version or family."""


def read(part: Part, shape: type[Item]) -> list[Item]:
    """Rows of a part as structs (`array_like`) or tuples; none when the server was not asked.

    Raises `Malformed` with the server's own words when it refused, or when a row has another shape.
    """
    refusal = why(part)
    if refusal is not None:
        raise Malformed(f"the server refuses: {clean(refusal.message)} ({clean(refusal.code, 20)})")
    if part.status == ABSENT:
        return []
    whole: Any = list.__class_getitem__(shape)  # Any: a type that is made when it is asked for
    try:
        return cast("list[Item]", msgspec.msgpack.decode(part.body, type=whole))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"rows of another shape: {clean(str(error))}") from None


def why(part: Part) -> Refusal | None:
    """The refusal in a part, if it is one."""
    if part.status != REFUSED:
        return None
    try:
        return msgspec.msgpack.decode(part.body, type=Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Refusal("", Clean("for no reason that can be read"))
