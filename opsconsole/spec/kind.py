"""What a transport and an integration say besides probes, actions and rules."""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from opsconsole.alert import Alert, Occurrence, Silence
from opsconsole.model import Row
from opsconsole.relation import Footing


class Kind(enum.StrEnum):
    """What the value of a setting is."""

    TEXT = "text"
    PATH = "path"
    SECRET = "secret"  # noqa: S105 - the word, not one
    FLAG = "flag"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of a target in the estate that a transport reads.

    A module of a transport binds a tuple of them to `SETTINGS`; it must be cheap to import. The
    loader checks them, and the transport finds them in `Target.settings`; `user` and `port` in
    the target itself. A key that several transports know means the same to all of them.
    """

    key: str
    kind: Kind
    about: str
    """What it does, for the reference."""
    allowed: str = ""
    """How a text must look, in words."""
    pattern: str = ".+"
    """The same as a regular expression for all of it."""
    low: int = 0
    high: int = 2**31
    """Of a whole number, ends included."""
    required: bool = False

    def agrees(self, other: "Setting") -> bool:
        """Whether both mean the same, perhaps in other words; one transport may do without it."""
        mine, theirs = (replace(one, about="", required=False) for one in (self, other))
        return mine == theirs


@dataclass(frozen=True, slots=True)
class Found:
    """An alert that somebody else found, with all it was labelled with there."""

    alert: Alert
    """Its target is where it was found, until its labels name another one of the estate."""
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a target alerts of by itself, for the one list of alerts. Pure functions."""

    probes: tuple[str, ...]
    """Probes it is read from; none of them on demand."""
    alerts: Callable[[str, Mapping[str, Sequence[Row]]], list[Found]]
    """From the target's id and the newest rows of each of these probes."""
    silences: Callable[[str, Mapping[str, Sequence[Row]]], list[Silence]] = lambda _id, _rows: []


@dataclass(frozen=True, slots=True)
class News:
    """What two answers of a probe in a row say happened between them."""

    probe: str
    tell: Callable[[str, float, Sequence[Row], Sequence[Row]], list[Occurrence]]
    """Pure: target, Unix time of the later answer, rows before, rows now."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an answer of a probe says its target stands on."""

    probe: str
    footings: Callable[[str, Sequence[Row]], list[Footing]]
    """Pure: target, rows."""
