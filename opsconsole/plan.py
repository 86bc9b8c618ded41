"""The nouns of remediation, as they cross the bus: objects, plans, progress, outcomes."""

import enum
import hashlib

import msgspec

from opsconsole.clean import Clean

Pins = tuple[tuple[str, str], ...]
"""Names and values that tell an object from all others, and from its successor: `(("pid", "44"),
("start_ticks", "8123"), ("boot", "…"))`. Empty for the target itself."""


class Tier(enum.IntEnum):
    """What it takes to approve a plan; computed from the action and the targets, never chosen."""

    YES = 1
    """One object, reversible, not production: `y`."""
    NAME = 2
    """Production, or others notice: the object's name, and why."""
    WITNESS = 3
    """In bulk, losing data, power: the name, why, and a second person."""


class Ended(enum.StrEnum):
    """How a remediation ended, best first."""

    VERIFIED = "verified"
    """It was done, and the object was asked again: the expected condition held."""
    NOT_STARTED = "not started"
    """Something before it went wrong."""
    NO_EFFECT = "no effect"
    """It was done, and the expected condition did not hold in time."""
    CANCELLED = "cancelled"
    REFUSED = "refused"
    """A rule of the executor said no; the message names it."""
    FAILED = "failed"
    """The program said so, or could not be run."""
    UNKNOWN = "unknown"
    """The way to the target was lost, or time was up: it may have been done."""


class Thing(msgspec.Struct, frozen=True):
    """One object to act on, as it was when the key was pressed."""

    target: str
    pins: Pins
    name: Clean
    """What an operator calls it, and types to confirm."""
    hidden: bool = False
    """Marked, but hidden by a filter when the key was pressed."""


class Request(msgspec.Struct, frozen=True):
    """What a console asks a plan for; nothing runs by it."""

    action: str
    things: tuple[Thing, ...]
    arguments: dict[str, str] = {}


class Step(msgspec.Struct, frozen=True):
    """One call, exactly as it will be made."""

    argv: tuple[str, ...]
    timeout: float
    """Seconds after which it is given up."""
    root: bool = True
    """Whether it needs the rights of root; the plan's `argv` begins with sudo then, if it must."""
    where: str = "target"
    """`target`, or `console`: on the machine of the collector."""
    fine: tuple[int, ...] = ()
    """Statuses besides 0 after which it goes on: what was to go has gone already."""


class Item(msgspec.Struct, frozen=True):
    """What a plan does to one object."""

    thing: Thing
    """By identity: the pins are those that were found when the plan was made."""
    steps: tuple[Step, ...]
    facts: dict[str, str]
    """What the object looked like, for the reader and to tell whether anything changed."""
    effect: str
    """What is expected to happen."""
    undo: str
    """What would take it back; empty when nothing does."""
    preview: str = ""
    """What the target itself says would happen, where it can be asked."""


class Plan(msgspec.Struct, frozen=True):
    """Exactly what would be done; its name is the hash of its msgpack."""

    number: str
    """Makes each plan another one: an approval is good for one run."""
    action: str
    title: str
    arguments: dict[str, str]
    items: tuple[Item, ...]
    tier: Tier
    why: tuple[str, ...]
    """Why it has that tier."""
    confirm: str
    """What must be typed."""
    note: bool
    """Whether a reason must be given."""
    limits: tuple[str, ...]
    """Limits it was held against, as sentences with numbers."""
    expected_s: float
    cancellable: bool
    made_at: float
    """Unix time, seconds."""


class Approval(msgspec.Struct, frozen=True):
    """A yes to one plan."""

    plan: str
    """Its hash."""
    confirmation: str
    note: str = ""


class Note(msgspec.Struct, frozen=True):
    """What an operator did of a runbook, or wants to be remembered, for the audit log."""

    runbook: str
    """Empty: only `target` and `note` count."""
    target: str
    step: int
    """From 1; 0 is about all of it."""
    title: str
    what: str
    """`started`, `done`, `skipped`, `stopped`, `resumed`, `finished`."""
    note: str = ""


class Undo(msgspec.Struct, frozen=True):
    """A remediation that takes another one back; it is proposed, shown and approved like any."""

    action: str
    things: tuple[Thing, ...]
    arguments: dict[str, str] = {}


class Result(msgspec.Struct, frozen=True):
    """How it ended for one object."""

    thing: Thing
    ended: Ended
    message: Clean
    status: int | None = None
    """Exit status of the last step."""
    output_sha256: str = ""
    """Of all that the steps wrote."""
    seconds: float = 0.0


class Outcome(msgspec.Struct, frozen=True):
    """How a run ended."""

    plan: str
    ended: Ended
    """The worst of its results."""
    results: tuple[Result, ...]
    seconds: float
    undo: tuple[Undo, ...] = ()


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """Collector to console while a plan runs: what just happened, or what a program wrote."""

    plan: str
    item: int
    """Place in the plan; -1 is about all of it."""
    text: Clean
    output: bool = False
    """A program's words and not ours."""


class Option(msgspec.Struct, frozen=True):
    """One action as a menu shows it for some objects."""

    action: str
    title: str
    letter: str
    about: str
    tier: Tier | None
    refusal: Clean
    """Why it cannot be done now; empty when it can."""


class Waiting(msgspec.Struct, frozen=True):
    """A plan that waits for a second person."""

    plan: str
    title: Clean
    until: float
    """Unix time, seconds."""
    note: str = ""
    """Why, in the words of who asks."""


class Standing(msgspec.Struct, frozen=True, tag="standing"):
    """Collector to console, at every change: what may be done at present."""

    read_only: bool
    """No key lifts it."""
    free: bool
    """Tier 1 needs no arming."""
    armed_until: float = 0.0
    """Unix time, seconds; 0 when nobody armed."""
    armed_for: str = ""
    """Pattern of the targets it was armed for; empty is all."""
    running: tuple[str, ...] = ()
    """Titles of what runs."""
    unsettled: tuple[Clean, ...] = ()
    """What was under way when an earlier collector died, and what to check."""


def digest(plan: bytes) -> str:
    """The hash that names a plan."""
    return hashlib.sha256(plan).hexdigest()
