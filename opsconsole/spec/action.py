"""What can be done to an object, as data and pure functions."""

import enum
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from opsconsole.model import Value
from opsconsole.plan import Pins, Step, Thing, Undo


class Weight(enum.Enum):
    """What an action may do to those who use the object; its tier is computed from it."""

    REVERSIBLE = "reversible"
    """Can be taken back, and only this object feels it."""
    NOTICED = "others notice"
    """Interrupts those who use it."""
    LOSING = "cannot be taken back"
    """Loses data, power, or the way in."""


class Carried(enum.Enum):
    """What an action does to the targets that stand on the one it acts on."""

    SAFE = "safe"
    AT_RISK = "at risk"
    """They may lose what they stand on: the test of a battery."""
    CUT = "cut off"
    """They do lose it: a load that is switched off. A protected one among them forbids it."""


Facts = Mapping[str, str]
"""What an object looks like now, by name; what pins it stands among them. A name that begins with
`_` is for the action's own functions: no plan shows it, none keeps it, and `undo` has it not."""

Arguments = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Argument:
    """What an action wants to know besides its object."""

    name: str
    title: str
    choices: tuple[str, ...] = ()
    """Allowed values; empty takes what `check` allows."""
    default: str = ""
    check: Callable[[str], str] = lambda _: ""
    """Says what is wrong with a value; empty when nothing is."""
    required: bool = False
    """Nothing can stand for it: an empty value, as a menu judges it by, is refused in a plan."""
    pasted: bool = False
    """Whether it may be pasted: of what decides over no deed, as it is only read."""


@dataclass(frozen=True, slots=True)
class Look:
    """How an object is looked at without touching it: before a plan, before a run, afterwards."""

    argv: Callable[[Thing], tuple[str, ...]]
    """A program that only reads."""
    read: Callable[[Thing, int, bytes], Facts]
    """Parse its exit status and output; raises `Gone` when there is no such object."""
    where: str = "target"
    """As of a step: `target`, or `console`."""
    then: Callable[[Thing, Facts], tuple["Look", ...]] = lambda _thing, _facts: ()
    """What else must be looked at, by what was found; their facts are added to these."""
    most: int = 256 << 10
    """Bytes kept of the answer; what is longer is cut, and then not understood."""


@dataclass(frozen=True, slots=True)
class Need:
    """A right that the target can be asked about: a program that only reads."""

    argv: tuple[str, ...]
    read: Callable[[int, bytes], str]
    """Why it is missing, from status and output; empty when it is there, or nobody says."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Calls that change nothing and tell what the real ones would do."""

    calls: Callable[[Thing, Facts, Arguments], tuple[tuple[str, ...], ...]]
    read: Callable[[Thing, Facts, Arguments, Sequence[tuple[int, bytes]]], Sequence[str]]
    """Lines for the plan, from status and output of each; raises `Refused` when it cannot be."""


class Liftable(str):
    """A bar that an argument lifts: the menu offers the action all the same."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Verify:
    """When it worked, in terms of the same look."""

    says: str
    """The condition in words: `active with a new main process for 10 s`."""
    held: Callable[[Facts, Facts | None, Arguments], bool]
    """Judges facts before and now; None is "the object is gone"."""
    within_s: float
    """Seconds until it must hold."""
    hold_s: float = 0.0
    """Seconds it must then go on holding: a service that crashes again is no success."""
    steady: tuple[str, ...] = ()
    """Facts that must not change while it holds: another invocation is a service that crashed."""
    away: bool = False
    """The target itself goes and returns: not reaching it is no failure until time is up."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A word of a call that is known only when the call is made."""

    name: str
    """What stands there: `service`, `pid`."""
    glob: str = "*"
    """What sudo has to permit there when nobody names the values, as sudoers writes it."""


Words = tuple[str | Hole, ...]
"""A call with holes."""

_SPECIAL = re.compile(r"([,:=#*?\[\]!])")


def escaped(word: str) -> str:
    """Return a word as sudoers writes it, where it means only itself.

    A backslash needs two: sudoers takes one level off, its pattern matching another.
    """
    return _SPECIAL.sub(r"\\\1", word.replace("\\", "\\\\\\\\"))


@dataclass(frozen=True, slots=True)
class Action:
    """A remediation as data and pure functions: the executor makes every call."""

    id: str
    """`host.restart-service`: integration and verb."""
    title: str
    letter: str
    """Its key inside the action menu."""
    about: str
    """What it does, one sentence."""
    probes: tuple[str, ...]
    """Whose rows it acts on; empty acts on the target itself. All of them have the columns that
    `pins` names, in the same sense."""
    pins: tuple[str, ...]
    """Columns of those probes and names of facts that pin an object; the first is what
    `opsconsole act --object` takes. Without probes: facts that pin the target itself."""
    weight: Weight
    look: Look
    steps: Callable[[Thing, Facts, Arguments], tuple[Step, ...]]
    """The calls, without sudo: the executor adds that where the account is not root."""
    effect: Callable[[Thing, Facts, Arguments], str]
    """What is expected to happen, one sentence."""
    verify: Verify
    timeout: float
    """Seconds all steps on one object may take."""
    expected_s: float
    """Seconds one object usually takes, verification included."""
    fits: Callable[[Mapping[str, Value]], bool] = lambda _: True
    """Whether it can make sense for a row, judged from its columns alone: the menu's choice."""
    bars: Callable[[Thing, Facts, Arguments], str] = lambda _thing, _facts, _arguments: ""
    """Why it must not be done to this object now; empty when it may."""
    undo: Callable[[Thing, Facts, Arguments], Undo | None] = lambda _thing, _facts, _arguments: None
    """What takes it back, from the facts before it."""
    preview: Callable[[Thing, Arguments], tuple[str, ...]] | Rehearsal | None = None
    """A program that only reads and tells what would be hit; its output is shown."""
    told: Callable[[Thing, Arguments, int, bytes], Sequence[str]] | None = None
    """Puts the preview's exit status and output into words; without it the output stands for
    itself. Raises a `TargetError`."""
    needs: Callable[[Thing, Facts, Arguments], tuple[Need, ...]] = lambda _thing, _facts, _args: ()
    """Rights that the target itself grants; the menu and the plan ask for them beforehand."""
    says: Callable[[int, bytes], str] | None = None
    """What a step's answer means, from status and output; shown in the place of the output."""
    named: Callable[[str], Pins] | None = None
    """Pins from what `--object` names; else it is the value of the first pin."""
    arguments: tuple[Argument, ...] = ()
    passing: bool = False
    """Whether its objects come and go by themselves. Of several, those that are gone when the plan
    is made are left out of it, and one for which its condition holds before anything is done to it
    stops none of the others."""
    widest: str = ""
    """The probe that has all objects there are, for a choice by a filter; empty is the first."""
    carried: Carried = Carried.SAFE
    """What becomes of what stands on the target, which a plan lists unless it is safe."""
    outlet: str = ""
    """The pin that names the part of the target which is acted on, as `fed_by` of the estate names
    it behind the target's id; empty when it is all of it."""
    resident: str = ""
    """Why only a console can do it: what it begins ends with the collector. Empty: anybody can."""
    cancellable: bool = False
    """Whether ending its program half way leaves nothing half done."""
    rights: tuple[Words, ...] = ()
    """Every call of its steps that needs root, as sudo has to permit it."""
