"""What a controller answers, JSON or XML, as one kind of document; XML never by its own rules."""

from typing import TYPE_CHECKING

import msgspec
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from opsconsole.elements import add, local
from opsconsole.errors import Malformed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LIMIT = 1 << 20
"""Bytes of a document; those of controllers have some thousands."""

DEPTH = 32
_BEFORE = b"\xef\xbb\xbf \t\r\n"
_SECRET = "password"  # noqa: S105 - the word, not one


def document(where: str, body: bytes) -> object:
    """Objects, lists and texts; None for an empty answer. Raises `Malformed` for anything else.

    An element of XML is an object of its children by their names without a namespace, those that
    come again as a list; its attributes are left out.
    """
    text = body.lstrip(_BEFORE)
    if len(text) > LIMIT:
        raise Malformed(f"{where}: a document of {len(text)} bytes", "is `url` right?")
    if not text:
        return None
    try:
        if text.startswith(b"<"):
            root = ElementTree.fromstring(text, forbid_dtd=True)
            return {local(root.tag): _element(root, 1)}
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        why = str(error)[:80]
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        why = f"{type(error).__name__} {error}"[:80]
    raise Malformed(f"{where}: neither JSON nor XML: {why}", "does ISAPI answer at `url`?")


def _element(element: "Element", depth: int) -> object:
    if depth > DEPTH:
        raise ValueError("too deep")
    children = list(element)
    if not children:
        return (element.text or "").strip()
    found: dict[str, object] = {}
    for child in children:
        name, value = local(child.tag), _element(child, depth + 1)
        if _SECRET not in name.lower():
            add(found, name, value)
    return found
