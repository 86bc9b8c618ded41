"""Programs of ours that take the terminal for a while: a shell in a container, an editor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from opsconsole.model import Value
from opsconsole.plan import Thing


@dataclass(frozen=True, slots=True)
class Visit:
    """A command of the front door on one object; the console stands aside until it ends.

    The command itself asks the policy, writes to the audit log and says what went wrong.
    """

    id: str
    """`kubernetes.shell`: integration and noun."""
    title: str
    letter: str
    """Its key in the menu of texts, in which it stands."""
    about: str
    """What it does, one sentence."""
    probes: tuple[str, ...]
    """Whose rows it is about."""
    pins: tuple[str, ...]
    """As of an action: columns that tell the object from all others."""
    argv: Callable[[Thing], tuple[str, ...]]
    """Words after `opsconsole`; `--estate` is added."""
    fits: Callable[[Mapping[str, Value]], bool] = lambda _: True
    audited: str = ""
    """What is to be known of it, in the menu."""
