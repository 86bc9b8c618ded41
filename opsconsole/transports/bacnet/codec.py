"""bacpypes3 as this transport uses it: requests as bytes, and answers as plain values.

Its application and its sockets are not used: they would answer strangers for us.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from bacpypes3.apdu import (
    ReadPropertyACK,
    ReadPropertyMultipleACK,
    ReadPropertyMultipleRequest,
    ReadPropertyRequest,
    WritePropertyRequest,
)
from bacpypes3.basetypes import (
    ErrorClass,
    ErrorCode,
    PropertyReference,
    ReadAccessSpecification,
)
from bacpypes3.constructeddata import Any as Element
from bacpypes3.constructeddata import Sequence as Constructed
from bacpypes3.errors import AbortException, RejectException
from bacpypes3.pdu import PDUData
from bacpypes3.primitivedata import (
    Boolean,
    Double,
    Enumerated,
    Integer,
    Null,
    Real,
    TagClass,
    TagList,
    Unsigned,
)

from opsconsole.clean import clean

READ, READ_MULTIPLE, WRITE = 12, 14, 15
"""Services."""

DEVICE = 8
"""The type of the object that is the device."""

Value = float | str | bool | tuple[bool, ...] | tuple[int, int] | None
"""One primitive: a number, text, a flag, bits, an object's type and number, or null."""

WRONG = (
    RejectException,
    AbortException,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RuntimeError,
    AssertionError,
    OverflowError,
)
"""What the library raises over bytes that cannot be."""


class Property(NamedTuple):
    """One property of one object."""

    kind: int
    instance: int
    number: int
    at: int | None = None
    """Which of an array; 0 is its length."""


class Found(NamedTuple):
    """What came of a property: its values, or why there is none."""

    values: tuple[Value, ...]
    error: str = ""


def reading(asked: Property) -> bytes:
    """A request for one property."""
    said: dict[str, Any] = {}  # Any: the library's constructors take what they know
    if asked.at is not None:
        said["propertyArrayIndex"] = asked.at
    return _bytes(
        ReadPropertyRequest(
            objectIdentifier=(asked.kind, asked.instance), propertyIdentifier=asked.number, **said
        )
    )


def reading_all(asked: Sequence[Property]) -> bytes:
    """A request for several."""
    ordered: dict[tuple[int, int], list[Any]] = {}  # Any: of the library
    for one in asked:
        said: dict[str, Any] = {"propertyIdentifier": one.number}  # Any: as above
        if one.at is not None:
            said["propertyArrayIndex"] = one.at
        ordered.setdefault((one.kind, one.instance), []).append(PropertyReference(**said))
    specs = [
        ReadAccessSpecification(objectIdentifier=key, listOfPropertyReferences=found)
        for key, found in ordered.items()
    ]
    return _bytes(ReadPropertyMultipleRequest(listOfReadAccessSpecs=specs))


MAKERS = {"real": Real, "double": Double, "unsigned": Unsigned, "integer": Integer,
          "enumerated": Enumerated}  # fmt: skip


def writing(asked: Property, how: str, value: float | None, priority: int) -> bytes:
    """A request to write one; None relinquishes."""
    make: Any = Null if value is None else MAKERS[how]  # Any: of the library
    whole = value is None or how in {"real", "double"}
    element: Any = make(() if value is None else value if whole else round(value))
    return _bytes(
        WritePropertyRequest(
            objectIdentifier=(asked.kind, asked.instance),
            propertyIdentifier=asked.number,
            propertyValue=Element(element.encode()),
            priority=priority,
        )
    )


def _bytes(request: Any) -> bytes:  # Any: any of its requests
    return bytes(request.encode().pduData)


def read(payload: bytes) -> Found:
    """The answer to `reading`; raises one of `WRONG`."""
    made: Any = Constructed.decode(_tags(payload), class_=ReadPropertyACK)  # Any: of the library
    return Found(_values(made.propertyValue.tagList))


def read_all(payload: bytes) -> dict[Property, Found]:
    """The answer to `reading_all`; raises one of `WRONG`."""
    made: Any = Constructed.decode(_tags(payload), class_=ReadPropertyMultipleACK)  # Any: as above
    found: dict[Property, Found] = {}
    for result in made.listOfReadAccessResults:
        kind, instance = result.objectIdentifier
        for one in result.listOfResults:
            index = one.propertyArrayIndex
            key = Property(
                int(kind),
                int(instance),
                int(one.propertyIdentifier),
                None if index is None else int(index),
            )
            said = one.readResult.propertyValue
            if said is not None:
                found[key] = Found(_values(said.tagList))
            else:
                error = one.readResult.propertyAccessError
                found[key] = Found((), clean(str(error.errorCode), 60))
    return found


def error(payload: bytes) -> str:
    """What an error says; raises one of `WRONG`."""
    kind, code = (int(one) for one in _values(_tags(payload))[:2] if isinstance(one, float))
    return clean(f"{ErrorClass(kind)}: {ErrorCode(code)}", 80)


def identity(payload: bytes) -> int:
    """Which device says that it is there; raises one of `WRONG`."""
    (found, *_) = _values(_tags(payload))
    if not isinstance(found, tuple) or found[0] != DEVICE:
        raise ValueError("no device")
    return int(found[1])


def _tags(payload: bytes) -> TagList:
    return TagList.decode(PDUData(payload))


def _values(tags: Any) -> tuple[Value, ...]:  # Any: its list of tags
    """Primitives in a row; what is made up of others is left out."""
    return tuple(_value(tag) for tag in tags.tagList if tag.tag_class == TagClass.application)


def _value(tag: Any) -> Value:  # Any: one of its tags
    made: Any = tag.app_to_object()
    match tag.tag_number:
        case 0:
            return None
        case 1:
            return isinstance(made, Boolean) and bool(made)
        case 2 | 3 | 4 | 5 | 9:
            return float(made)
        case 7:
            return clean(str(made), 200)
        case 8:
            return tuple(bool(bit) for bit in made)
        case 12:
            kind, instance = made
            return int(kind), int(instance)
        case _:
            return clean(str(made), 60)
