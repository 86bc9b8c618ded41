"""The estate itself: all targets, and how a few of them are named."""

import fnmatch
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from opsconsole.channel import Channel
from opsconsole.check import Check, Mute
from opsconsole.clean import clean
from opsconsole.errors import UsageError
from opsconsole.estate.layer import ID
from opsconsole.estate.recording import Keeping
from opsconsole.estate.table import a_list, nearest
from opsconsole.model import Target
from opsconsole.policy import Policy
from opsconsole.rulebook import Rulebook
from opsconsole.runbook import Runbook
from opsconsole.spec import Action


@dataclass(frozen=True, slots=True)
class Estate:
    """Everything watched, in the operator's order."""

    targets: tuple[Target, ...]
    source: tuple[Path, ...] = ()
    """Files it was read from; empty for the built-in one, which is this machine."""
    skipped: tuple[str, ...] = ()
    """What an importer left out and why, a sentence each."""
    policy: Policy = field(default_factory=Policy)
    """What may be done to them."""
    actions: Mapping[str, Mapping[str, Action]] = field(
        default_factory=dict[str, Mapping[str, Action]]
    )
    """The team's own actions, by kind of target and id."""
    runbooks: tuple[Runbook, ...] = ()
    """The team's own procedures."""
    rulebook: Rulebook = field(default_factory=Rulebook)
    """The team's own rules, changes to those of integrations, and standing silences."""
    recording: Keeping = field(default_factory=Keeping)
    """What the flight recorder keeps of them."""
    channels: tuple[Channel, ...] = ()
    """Whom to tell of alerts."""
    checks: tuple[Check, ...] = ()
    """The team's own part of the daily inspection."""
    mutes: tuple[Mute, ...] = ()
    """Checks of reports that somebody answers for."""
    by_id: Mapping[str, Target] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = {target.id: target for target in self.targets}
        object.__setattr__(self, "by_id", MappingProxyType(by_id))

    def kinds(self) -> tuple[str, ...]:
        """Kinds that have a target, sorted."""
        return tuple(sorted({target.kind for target in self.targets}))

    def groups(self) -> tuple[str, ...]:
        """Groups that have a target, sorted."""
        return tuple(sorted({group for target in self.targets for group in target.groups}))

    def select(self, pattern: str) -> tuple[Target, ...]:
        """Return targets by id, glob (`web*`), `group:NAME` or `label:key=value`, in order.

        Group names and label values may be globs. Raises `UsageError` when nothing matches.
        """
        if pattern in self.by_id:
            return (self.by_id[pattern],)
        match pattern.partition(":"):
            case "group", ":", group:
                found = [target for target in self.targets if fnmatch.filter(target.groups, group)]
            case "label", ":", label:
                found = self._labelled(label)
            case _:
                found = [
                    target for target in self.targets if fnmatch.fnmatchcase(target.id, pattern)
                ]
        if not found:
            raise UsageError(self._no_match(pattern))
        return tuple(found)

    def _labelled(self, label: str) -> list[Target]:
        key, equals, value = label.partition("=")
        if not equals:
            raise UsageError(f"{clean(f'label:{label}')!r} has no value: write label:key=value")
        return [
            target
            for target in self.targets
            if key in target.labels and fnmatch.fnmatchcase(target.labels[key], value)
        ]

    def _no_match(self, pattern: str) -> str:
        names = self._names_like(pattern)
        near = nearest(pattern, names, 3)
        if near:
            hint = "did you mean " + ", ".join(repr(name) for name in near) + "?"
        else:
            hint = f"there are {a_list(names)}" if names else "there are none"
        return f"no target matches {str(clean(pattern))!r}: {hint}"

    def _names_like(self, pattern: str) -> Iterable[str]:
        if pattern.startswith("group:"):
            return [f"group:{group}" for group in self.groups()]
        if pattern.startswith("label:"):
            return sorted(
                {
                    f"label:{key}={value}"
                    for target in self.targets
                    for key, value in target.labels.items()
                }
            )
        return list(self.by_id)


def built_in() -> Estate:
    """Return the estate without a file: this machine, by its short name."""
    name = os.uname().nodename.partition(".")[0]
    known = name if ID.pattern.fullmatch(name) and clean(name) == name else "localhost"
    return Estate((Target(id=known, kind="host", transport="local"),))
