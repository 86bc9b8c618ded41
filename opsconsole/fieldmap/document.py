"""Documents of feeds as nodes: JSON as it is, XML and CSV in the same shape."""

import csv
import io
from typing import Any

import msgspec

from opsconsole.clean import clean
from opsconsole.elements import add, local
from opsconsole.errors import Malformed, Unsupported
from opsconsole.fieldmap.way import DEEPEST, Node

ROWS = 20_000
"""Rows of one document that are read."""


def parsed(body: bytes, form: str, encoding: str, separator: str) -> Node:
    """A document of that form; raises `Malformed`, `Unsupported` where a library is missing."""
    try:
        match form:
            case "json":
                return msgspec.json.decode(body.lstrip(b"\xef\xbb\xbf"))
            case "csv":
                return _table(body.decode(encoding), separator)
            case _:
                return _tree(body)
    except (msgspec.DecodeError, UnicodeDecodeError, LookupError, RecursionError) as error:
        raise Malformed(f"no {form}: {clean(str(error), 160)}") from None


def _table(text: str, separator: str) -> list[dict[str, str]]:
    """Rows by the names in the first line."""
    rows: list[dict[str, str]] = []
    try:
        lines = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=separator, strict=True)
        none: list[str] = []
        head = next(lines, none)
        for line in lines:
            if line and len(rows) < ROWS:
                rows.append(dict(zip(head, line, strict=False)))
    except csv.Error as error:
        raise Malformed(f"no csv: {clean(str(error), 160)}") from None
    return rows


def _tree(body: bytes) -> Node:
    """Elements by name without namespace, attributes with `@`, its text under the empty name."""
    try:
        from defusedxml import ElementTree
        from defusedxml.common import DefusedXmlException
    except ImportError:
        raise Unsupported(
            "XML is read by defusedxml, which is missing", "pip install 'opsconsole[feeds]'"
        ) from None
    try:
        root: Any = ElementTree.fromstring(body, forbid_dtd=True)
    except DefusedXmlException:
        raise Malformed("no xml that is read: it defines a document type of its own") from None
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise Malformed(f"no xml: {clean(str(error), 160)}") from None
    return {local(root.tag): _element(root, 0)}


def _element(one: Any, depth: int) -> Node:
    """One element; its text alone where it has neither attributes nor children."""
    text = (one.text or "").strip()
    if depth > DEEPEST or (not len(one) and not one.attrib):
        return text
    node: dict[str, Node] = {f"@{local(key)}": value for key, value in one.attrib.items()}
    if text:
        node[""] = text
    for child in one:
        add(node, local(child.tag), _element(child, depth + 1))
    return node
