"""SOAP as text: an operation as an envelope, an answer as a tree, a fault as an exception.

XML of a device is read by defusedxml alone: without DTDs, entities and what lies elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape, quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from opsconsole.clean import clean
from opsconsole.elements import add, local
from opsconsole.errors import Malformed

_ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
_ENVELOPES = frozenset({_ENVELOPE, "http://schemas.xmlsoap.org/soap/envelope/"})
_SCHEMA = "http://www.onvif.org/ver10/schema"
_NOTIFY = "http://docs.oasis-open.org/wsn/b-2"
_ADDRESSING = "http://www.w3.org/2005/08/addressing"

NAMESPACES: Mapping[str, str] = {
    "device": "http://www.onvif.org/ver10/device/wsdl",
    "media": "http://www.onvif.org/ver10/media/wsdl",
    "media2": "http://www.onvif.org/ver20/media/wsdl",
    "recording": "http://www.onvif.org/ver10/recording/wsdl",
    "search": "http://www.onvif.org/ver10/search/wsdl",
    "events": "http://www.onvif.org/ver10/events/wsdl",
    "subscription": _NOTIFY,
}
"""Of services, by the names that questions use."""

_ACTIONS = {
    "CreatePullPointSubscription": f"{NAMESPACES['events']}/EventPortType/%sRequest",
    "PullMessages": f"{NAMESPACES['events']}/PullPointSubscription/%sRequest",
    "Unsubscribe": "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/%sRequest",
}

LIMIT = 4 << 20
"""Bytes of an answer: 512 profiles of a recorder take half of it."""

DEEPEST, NODES = 48, 50_000
"""Of a tree: what is deeper, or has more elements, is no answer."""

Tree = str | dict[str, object]


class Fault(Exception):
    """The device says no, in the words of SOAP."""

    def __init__(self, codes: tuple[str, ...], reason: str) -> None:
        """`codes` are local names, the most general first."""
        super().__init__(reason or " ".join(codes) or "a fault without words")
        self.codes = codes

    @property
    def denied(self) -> bool:
        """Whether it is about who asks; some devices say so in words alone."""
        codes = {"NotAuthorized", "FailedAuthentication", "InvalidSecurity"} & set(self.codes)
        return bool(codes) or "not authorized" in str(self).lower()

    @property
    def absent(self) -> bool:
        """Whether the device has no such operation, or nothing of that."""
        codes = {"ActionNotSupported", "NoSuchService", "UnknownAction"} & set(self.codes)
        return bool(codes) or "action not supported" in str(self).lower()


def envelope(
    service: str, operation: str, body: Mapping[str, object], security: str, to: str
) -> tuple[str, bytes]:
    """The action and the bytes of one operation.

    What stands directly inside it is of the service's namespace, what is deeper of ONVIF's schema.
    """
    space = NAMESPACES[service]
    action = _ACTIONS.get(operation, f"{space}/%s") % operation
    where = (
        f'<a:Action xmlns:a="{_ADDRESSING}">{action}</a:Action>'
        f'<a:To xmlns:a="{_ADDRESSING}">{escape(to)}</a:To>'
        if operation in _ACTIONS
        else ""
    )
    inside = "".join(_written("n", name, value) for name, value in body.items())
    text = (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{_ENVELOPE}"'
        f' xmlns:n={quoteattr(space)} xmlns:tt="{_SCHEMA}"><s:Header>{where}{security}</s:Header>'
        f"<s:Body><n:{operation}>{inside}</n:{operation}></s:Body></s:Envelope>"
    )
    return action, text.encode()


def _written(prefix: str, name: str, value: object) -> str:
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)
        inside = "".join(_written("tt", key, one) for key, one in fields.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_written(prefix, name, one) for one in cast("Sequence[object]", value))
    elif isinstance(value, bool):
        inside = "true" if value else "false"
    else:
        inside = escape(str(value))
    return f"<{prefix}:{name}>{inside}</{prefix}:{name}>"


def answer(body: bytes, service: str, operation: str) -> dict[str, object]:
    """What an operation answered. Raises `Fault`, and `Malformed` for what is no such answer."""
    first = _inside(_root(body))
    if first.tag in {f"{{{space}}}Fault" for space in _ENVELOPES}:
        raise _fault(first)
    if first.tag != f"{{{NAMESPACES[service]}}}{operation}Response":
        raise Malformed(f"answers {operation} with {str(clean(first.tag, 120))!r}")
    tree = _tree(first, [0], 0)
    return tree if isinstance(tree, dict) else {}


def _root(body: bytes) -> Element:
    if len(body) > LIMIT:
        raise Malformed(f"an answer of more than {LIMIT >> 20} MiB")
    try:
        return fromstring(body, forbid_dtd=True)
    except DefusedXmlException:
        raise Malformed("an answer with a DTD, which SOAP forbids: not read") from None
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise Malformed(f"no XML: {clean(str(error), 120)}", "is it an ONVIF device?") from None


def _inside(root: Element) -> Element:
    space, _, name = root.tag.rpartition("}")
    if name != "Envelope" or space[1:] not in _ENVELOPES:
        said = clean(root.tag, 80)
        raise Malformed(f"no envelope of SOAP, but {str(said)!r}", "is it an ONVIF device?")
    body = root.find(f"{space}}}Body")
    first = next(iter(body), None) if body is not None else None
    if first is None:
        raise Malformed("an envelope of SOAP with nothing in it")
    return first


def _fault(element: Element) -> Fault:
    codes: list[str] = []
    reason = ""
    for one in _few(element):
        text = (one.text or "").strip()
        name = local(one.tag)
        if name in {"Value", "faultcode"}:
            codes.append(str(clean(text.rpartition(":")[2], 60)))
        elif name in {"Text", "faultstring"} and not reason:
            reason = str(clean(text, 160))
    return Fault(tuple(codes), reason)


def _few(element: Element) -> Iterator[Element]:
    for number, one in enumerate(element.iter()):
        if number > 100:
            return
        yield one


def _tree(element: Element, count: list[int], depth: int) -> Tree:
    """An element as texts by local name; raises `Malformed` for what has no measure."""
    count[0] += 1
    if depth > DEEPEST or count[0] > NODES:
        raise Malformed("an answer without measure: too deep, or with too much in it")
    found: dict[str, object] = {f"@{local(key)}": value for key, value in element.attrib.items()}
    for child in element:
        add(found, local(child.tag), _tree(child, count, depth + 1))
    text = (element.text or "").strip()
    if not found:
        return text
    return found | ({"": text} if text else {})


def walk(tree: object, path: str) -> list[object]:
    """All that stands below a path of local names, through lists: `Profiles.@token`."""
    found = [tree]
    for name in path.split("."):
        below: list[object] = []
        for one in found:
            value = cast("Mapping[str, object]", one).get(name) if isinstance(one, dict) else None
            if isinstance(value, list):
                below.extend(cast("list[object]", value))
            elif value is not None:
                below.append(value)
        found = below
    return found
