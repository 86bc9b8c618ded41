"""Parts of pods that many pods have in the same words: each wording is read once.

A cluster's pods are copies of few templates, so that labels, owners and resources of most are
byte for byte what another one had before.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from opsconsole.clean import Clean
from opsconsole.domains.cloud.kubernetes import values
from opsconsole.domains.cloud.kubernetes.watched import Owner

NOTHING = msgspec.Raw(b"null")

LONGEST = 4096
"""Bytes of a wording that is kept; who says more is read each time."""

KEPT = 8192
"""Wordings that are kept; beyond that all are forgotten and read once more."""

_WRONG = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

Shape = TypeVar("Shape")

Found = TypeVar("Found")


class Condition(msgspec.Struct, gc=False):
    """One aspect: `Ready`, `PodScheduled`, `Progressing`."""

    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""
    changed: str | None = msgspec.field(default=None, name="lastTransitionTime")


def condition(conditions: Iterable[Condition] | None, kind: str) -> Condition | None:
    """That aspect, if it is there."""
    for one in conditions or ():
        if one.type == kind:
            return one
    return None


class Needs(NamedTuple):
    """What containers ask for and must not exceed, in cores and bytes; None where none says."""

    cpu_request: float | None = None
    cpu_limit: float | None = None
    memory_request: float | None = None
    memory_limit: float | None = None


class Family(NamedTuple):
    """To whom an object belongs."""

    labels: Clean
    kind: Clean
    """Of what manages it: the deployment for what its replica set does."""
    name: Clean


class _Resources(msgspec.Struct, gc=False):
    requests: dict[str, str | float] | None = None
    limits: dict[str, str | float] | None = None


_CONDITIONS = msgspec.json.Decoder(list[Condition] | None)
_RESOURCES = msgspec.json.Decoder(_Resources | None)
_LABELS = msgspec.json.Decoder(dict[str, str] | None)
_OWNERS = msgspec.json.Decoder(list[Owner] | None)


def conditions(said: msgspec.Raw) -> list[Condition]:
    """Empty for what is none."""
    return _read(_CONDITIONS, bytes(said)) or []


def family(labels: msgspec.Raw, owners: msgspec.Raw) -> Family:
    """What the metadata of an object say of its place."""
    words = b",".join((labels, owners))
    found = _FAMILIES.get(words)
    return found or _kept(_FAMILIES, words, _family(bytes(labels), bytes(owners)))


def needs(containers: Sequence[msgspec.Raw]) -> Needs:
    """The sum over the resources of containers: of limits none where one has no limit at all."""
    words = b",".join(containers)
    found = _NEEDS.get(words)
    return found or _kept(_NEEDS, words, _needs(tuple([bytes(one) for one in containers])))


_FAMILIES: dict[bytes, Family] = {}
_NEEDS: dict[bytes, Needs] = {}
"""By what was said. A hit costs a third of one of `lru_cache`, which puts it in order, too."""


def _kept(known: dict[bytes, Found], words: bytes, found: Found) -> Found:
    """Know it the next time, unless it is long."""
    if len(words) <= LONGEST:
        if len(known) >= KEPT:
            known.clear()
        known[words] = found
    return found


def _family(labels: bytes, owners: bytes) -> Family:
    found = _read(_LABELS, labels)
    named: dict[str, str] = {} if found is None else found
    kind, name = belongs(_read(_OWNERS, owners) or (), named)
    told = values.word(values.pairs(named), 400)
    return Family(told, values.word(kind, 60), values.word(name))


def belongs(owners: Iterable[Owner], labels: dict[str, str]) -> tuple[str, str]:
    """Kind and name of what manages an object; empty when nothing does."""
    one = next((one for one in owners if one.controller), None)
    if one is None:
        return "", ""
    mark = labels.get("pod-template-hash")
    if one.kind == "ReplicaSet" and mark and one.name.endswith(f"-{mark}"):
        return "Deployment", one.name.removesuffix(f"-{mark}")
    return one.kind, one.name


def _needs(containers: tuple[bytes, ...]) -> Needs:
    said = [_read(_RESOURCES, one) or _Resources() for one in containers]
    requests, limits = [one.requests for one in said], [one.limits for one in said]
    return Needs(
        _total(requests, "cpu", every=False),
        _total(limits, "cpu", every=True),
        _total(requests, "memory", every=False),
        _total(limits, "memory", every=True),
    )


def _total(
    given: Sequence[dict[str, str | float] | None], what: str, *, every: bool
) -> float | None:
    """The sum of what is said; with `every` None unless all say it."""
    amounts = [values.quantity((one or {}).get(what)) for one in given]
    said = [amount for amount in amounts if amount is not None]
    return sum(said) if said and (len(said) == len(amounts) or not every) else None


def _read(decoder: msgspec.json.Decoder[Shape], said: bytes) -> Shape | None:
    """None for what a server would not say: the rest of the object is worth more than none."""
    try:
        return decoder.decode(said)
    except _WRONG:
        return None
