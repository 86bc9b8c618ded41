"""What can be read of an object besides its rows: its text, its definition, its log."""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from opsconsole.clean import Clean
from opsconsole.model import Value
from opsconsole.plan import Thing
from opsconsole.spec.action import Argument, Arguments, Facts, Look


class Form(enum.StrEnum):
    """How a text is shown."""

    PLAIN = "plain"
    YAML = "yaml"
    LOG = "log"
    """Lines with a time and a source, the newest last; JSON lines can be shown as columns."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One call that only reads, and what its output is."""

    argv: tuple[str, ...]
    """Words for the transport, as of a step."""
    source: str = ""
    """Name of this text where several are read: a pod and container."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A text that is read of an object, as data and pure functions; the executor makes the calls.

    Without `page` each line that the calls write is shown as it comes, merged by time where
    `dated`; with it the whole output of all calls is made into lines.
    """

    id: str
    """`kubernetes.logs`: integration and noun."""
    title: str
    letter: str
    """Its key in the menu of texts; `d`, `l` and `y` are what `d`, `l` and `:yaml` open."""
    about: str
    """What it shows, one sentence."""
    probes: tuple[str, ...]
    """Whose rows it reads of; empty reads of the target itself."""
    pins: tuple[str, ...]
    """As of an action: columns that tell the object from all others."""
    calls: Callable[[Thing, Facts, Arguments], tuple[Reading, ...]]
    """From what the look found; at most `MOST` of them are made."""
    look: Look | None = None
    """What must be known first: which pods a deployment has. Without it there are no facts."""
    form: Form = Form.PLAIN
    page: Callable[[Thing, Sequence[tuple[int, bytes]]], Sequence[Clean]] | None = None
    """Lines of the page from status and output of each call, in order; raises `Malformed`."""
    head: int = 0
    """Lines at the beginning of each call's output that are the transport's, and no text: 1 over
    HTTP, where status and date come first."""
    dated: Callable[[bytes], tuple[float | None, bytes]] | None = None
    """Unix time and text of one line that was written; None where it has no time."""
    arguments: tuple[Argument, ...] = ()
    follows: bool = False
    """Its calls go on for as long as somebody looks."""
    fits: Callable[[Mapping[str, Value]], bool] = lambda _: True
    audited: str = ""
    """Why each reading is written to the audit log and asks for a reason: it reveals secrets."""


MOST = 50
"""Calls of one inquiry at once."""
