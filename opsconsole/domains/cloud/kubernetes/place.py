"""Where an object is: its kind, namespace and name as a path of the API, and what answers say."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard  # Any: documents of the API are JSON of any shape
from urllib.parse import quote

import msgspec

from opsconsole.clean import clean, clean_bytes
from opsconsole.errors import Denied, Gone, Malformed, Refused, Unsupported
from opsconsole.plan import Pins, Thing
from opsconsole.spec import Need

Json = dict[str, Any]

MOST = 8 << 20
"""Bytes of a list that an action or a text is made of."""


class Kind(NamedTuple):
    """One kind of object."""

    kind: str
    """As objects name it; empty of one that is known by its place in the API alone."""
    group: str
    version: str
    plural: str
    spaced: bool = True
    """Whether its objects are in namespaces."""


_APPS, _BATCH = "apps", "batch"
KINDS = {
    one.kind: one
    for one in (
        Kind("Pod", "", "v1", "pods"),
        Kind("Node", "", "v1", "nodes", spaced=False),
        Kind("Namespace", "", "v1", "namespaces", spaced=False),
        Kind("Event", "", "v1", "events"),
        Kind("Service", "", "v1", "services"),
        Kind("Secret", "", "v1", "secrets"),
        Kind("ConfigMap", "", "v1", "configmaps"),
        Kind("PersistentVolumeClaim", "", "v1", "persistentvolumeclaims"),
        Kind("Deployment", _APPS, "v1", "deployments"),
        Kind("ReplicaSet", _APPS, "v1", "replicasets"),
        Kind("StatefulSet", _APPS, "v1", "statefulsets"),
        Kind("DaemonSet", _APPS, "v1", "daemonsets"),
        Kind("ControllerRevision", _APPS, "v1", "controllerrevisions"),
        Kind("Job", _BATCH, "v1", "jobs"),
        Kind("CronJob", _BATCH, "v1", "cronjobs"),
        Kind("Ingress", "networking.k8s.io", "v1", "ingresses"),
        Kind("HorizontalPodAutoscaler", "autoscaling", "v2", "horizontalpodautoscalers"),
        Kind("PodDisruptionBudget", "policy", "v1", "poddisruptionbudgets"),
    )
}

_QUALIFIED = re.compile(
    r"([a-z0-9][a-z0-9-]{0,62})\.([a-z0-9][a-z0-9-]{0,62})\.((?:[a-z0-9][a-z0-9.-]{0,252})?)"
)
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._:-]{0,251}[A-Za-z0-9])?")
_WORDS = {
    word: one.kind for one in KINDS.values() for word in (one.kind.lower(), one.plural, one.kind)
}

REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


class Place(NamedTuple):
    """One object."""

    kind: Kind
    namespace: str
    name: str

    def path(self, sub: str = "", /, **query: object) -> str:
        """Its path; of the list it is in without a name."""
        head = f"/apis/{self.kind.group}" if self.kind.group else "/api"
        parts = [head, self.kind.version]
        if self.kind.spaced and self.namespace:
            parts += ["namespaces", quote(self.namespace, safe="")]
        parts += [self.kind.plural, *([quote(self.name, safe="")] if self.name else [])]
        parts += [sub] if sub else []
        return with_query("/".join(parts), **query)

    def beside(self, kind: str, **query: object) -> str:
        """The path of a list in the same namespace."""
        return Place(KINDS[kind], self.namespace, "").path(**query)

    def __str__(self) -> str:
        where = f"{self.namespace}/" if self.namespace else ""
        return f"{self.kind.kind.lower() or self.kind.plural} {where}{self.name}"


def qualified(plural: str, version: str, group: str) -> str:
    """Any kind by its place in the API, as `kubectl` takes it: `gadgets.v1.example.com`."""
    return f"{plural}.{version}.{group}"


def kind_of(word: str, *, spaced: bool) -> Kind | None:
    """The kind of that name, or of such a place in the API; one that is known there, too."""
    if one := KINDS.get(word):
        return one
    parts = _QUALIFIED.fullmatch(word)
    if parts is None or ".." in word:
        return None
    plural, version, group = parts.groups()
    for one in KINDS.values():
        if (one.plural, one.group) == (plural, group):
            return one._replace(version=version)
    return Kind("", group, version, plural, spaced)


def with_query(path: str, **query: object) -> str:
    """A path with more parameters."""
    said = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in query.items())
    return f"{path}{'&' if '?' in path else '?'}{said}" if said else path


def place(thing: Thing, kind: str = "") -> Place:
    """Where a row is; of a pod or node its kind is plain from what it has. Raises `Refused`."""
    pins = dict(thing.pins)
    usual = "Pod" if "namespace" in pins else "Node"
    one = kind_of(kind or pins.get("kind", usual), spaced=bool(pins.get("namespace")))
    if one is None:
        said = str(clean(pins["kind"], 80))
        how = "name it in full, as pods.v1. or gadgets.v1.example.com"
        raise Refused(f"{thing.target}: {said!r} is no kind: {how}", "unknown")
    name = pins.get("pod") or pins.get("name", "")
    space = pins.get("namespace", "") if one.spaced else ""
    if not name_fits(name) or (one.spaced and not name_fits(space)):
        said = clean(f"{space}/{name}" if one.spaced else name, 80)
        how = "NAMESPACE/NAME" if one.spaced else "NAME"
        what = one.kind or one.plural
        raise Refused(f"{thing.target}: {str(said)!r} is no {how} of a {what}", "unknown")
    return Place(one, space, name)


def name_fits(name: str) -> bool:
    """Whether an object can be called so."""
    return _NAME.fullmatch(name) is not None and ".." not in name


def named(text: str) -> Pins:
    """Pins from `NAME`, `NAMESPACE/NAME` or `KIND/NAMESPACE/NAME`."""
    *kind, space, name = ("", "", *text.split("/"))[-3:]
    pins: list[tuple[str, str]] = [("name", name)]
    pins += [("namespace", space)] if space else []
    pins += [("kind", _WORDS.get(kind[0].lower(), kind[0]))] if kind and kind[0] else []
    return tuple(pins) if text.count("/") < 3 else (("name", text),)


def parted(out: bytes) -> tuple[str, bytes]:
    """The server's own time, as it writes it, and the body."""
    head, _, body = out.partition(b"\n")
    return head.decode("ascii", "replace").partition(" ")[2], body


class _Cause(msgspec.Struct):
    reason: str = ""
    message: str = ""


class _Details(msgspec.Struct):
    causes: list[_Cause] | None = None


class _Status(msgspec.Struct):
    message: str = ""
    reason: str = ""
    details: _Details | None = None


def told(status: int, out: bytes, most: int = 400) -> str:
    """What an answer says, in words; of a refusal why, and which disruption budget."""
    if not status:
        return ""
    body = parted(out)[1]
    try:
        said = msgspec.json.decode(body, type=_Status)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return clean_bytes(b" ".join(body.split()), 200)
    causes = (said.details.causes if said.details else None) or []
    more = [one.message for one in causes if one.reason == "DisruptionBudget"]
    return clean(" ".join([said.message or said.reason, *more]), most)


def document(thing: Thing, status: int, out: bytes, what: str = "") -> Json:
    """The object of an answer; raises `Gone`, `Denied`, `Unsupported` or `Malformed`."""
    where = f"{thing.target}: {what or thing.name}"
    if status == 404:
        raise Gone(f"{where}: {told(status, out)}")
    if status in {401, 403}:
        raise Denied(f"{where}: {told(status, out)}", "have a role bound that allows it")
    if status:
        raise Unsupported(f"{where}: status {status}: {told(status, out)}")
    try:
        found = msgspec.json.decode(parted(out)[1])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"{where}: the answer cannot be read: {error}") from None
    if not is_object(found):
        raise Malformed(f"{where}: the answer is no object")
    return found


def is_object(value: object) -> TypeGuard[Json]:
    """Whether it is an object of JSON."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether it is a list of JSON."""
    return isinstance(value, list)


def within(found: object, *keys: str) -> Json:
    """An object inside another; empty where something else is there."""
    for key in keys:
        found = found.get(key) if is_object(found) else None
    return found if is_object(found) else {}


def many(found: object, *keys: str) -> list[Json]:
    """The objects of a list inside another."""
    inside = within(found, *keys[:-1]).get(keys[-1])
    return [one for one in inside if is_object(one)] if is_list(inside) else []


def text(found: Mapping[str, Any], key: str) -> str:
    """A value as clean text; empty where it is none."""
    value = found.get(key)
    if isinstance(value, bool):
        return "yes" if value else ""
    return clean(str(value)) if isinstance(value, str | int | float) else ""


def whole(found: Mapping[str, Any], key: str, usual: int = 0) -> int:
    """A whole number."""
    value = found.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else usual


def identity(found: Json) -> dict[str, str]:
    """Facts that pin an object."""
    meta = within(found, "metadata")
    pins = {key: text(meta, key) for key in ("name", "namespace", "uid")}
    return {key: value for key, value in pins.items() if value or key != "namespace"}


def controller(found: Json) -> str:
    """`ReplicaSet web-5d`: who makes it again; empty when nobody does."""
    for one in many(found, "metadata", "ownerReferences"):
        if one.get("controller") is True:
            return f"{text(one, 'kind')} {text(one, 'name')}"
    return ""


def encoded(body: object) -> str:
    """A body as it is sent."""
    return json.dumps(body, separators=(",", ":"))


def spelled(labels: Json) -> str:
    """A label selector as a parameter has it; raises `Refused` for an operator nobody knows."""
    parts = [f"{key}={value}" for key, value in within(labels, "matchLabels").items()]
    for one in many(labels, "matchExpressions"):
        key, values = text(one, "key"), one.get("values")
        among = ",".join(map(str, values)) if is_list(values) else ""
        match text(one, "operator"):
            case "In":
                parts.append(f"{key} in ({among})")
            case "NotIn":
                parts.append(f"{key} notin ({among})")
            case "Exists":
                parts.append(key)
            case "DoesNotExist":
                parts.append(f"!{key}")
            case other:
                raise Refused(f"its selector has an operator {other!r}", "inapplicable")
    return ",".join(parts)


def need(verb: str, at: Place, sub: str = "") -> Need:
    """The question whether our account may do that, which every account may ask."""
    kind = at.kind
    wanted = {"verb": verb, "group": kind.group, "resource": kind.plural, "name": at.name}
    wanted |= {"namespace": at.namespace} if kind.spaced else {}
    wanted |= {"subresource": sub} if sub else {}
    group = f".{kind.group}" if kind.group else ""
    what = f"{kind.plural}{group}{f'/{sub}' if sub else ''}"
    where = f" in {at.namespace}" if kind.spaced and at.namespace else ""

    def read(status: int, out: bytes) -> str:
        """A cluster that does not answer the question forbids nothing by that."""
        try:
            found = msgspec.json.decode(parted(out)[1]) if not status else None
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return ""
        if within(found, "status").get("allowed") is not False:
            return ""
        return f"the account may not {verb} {what}{where}: have a role bound that allows it"

    words = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
    body = encoded({**words, "spec": {"resourceAttributes": wanted}})
    return Need(("POST", REVIEW, body), read)


def listed(names: Sequence[str], most: int = 5) -> str:
    """`a, b and 3 more`."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
