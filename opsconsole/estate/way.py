"""Which transports reach a kind of target, and what a target has to say for each of them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from opsconsole.estate.table import Form, Table, a_list, nearest, shown
from opsconsole.model import Target
from opsconsole.spec import Kind, Setting

PATHS = ("identity", "certificate", "known_hosts", "ssh_config")
"""Settings of SSH that are paths."""

CONNECTION = ("port", "user", "jump", "password", *PATHS)
"""Keys of a target reached over SSH. They stand here and not at the transport because importers
write them, and because a target of no other kind is usual."""

FIELDS = ("address", "port", "user", "password")
"""Keys of more than one transport, which are read whether or not it declares them."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What the transports of this run want to know of a target."""

    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Transports that reach a target of a kind, the usual one first; any when not said."""
    settings: Mapping[str, tuple[Setting, ...]] = field(
        default_factory=dict[str, tuple[Setting, ...]]
    )
    """What a transport reads of a target, by its name."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys that only such a transport knows."""
        return tuple(self._own())

    def usual(self, kind: str) -> str:
        """The transport of a target that names none."""
        return next(iter(self.kinds.get(kind, ())), "ssh")

    def takes(self, transport: str) -> Collection[str] | None:
        """Keys a transport makes use of; None when it did not declare any, and gets all."""
        if transport in self.settings:
            return tuple(setting.key for setting in self.settings[transport])
        return ("address", *CONNECTION) if transport == "ssh" else None

    def read(self, table: Table) -> dict[str, object]:
        """Read all such keys of a table; problems go to the table's list."""
        read = {key: _read(table, setting) for key, setting in self._own().items()}
        return {key: value for key, value in read.items() if value is not None}

    def check(self, table: Table, target: Target) -> None:
        """Note what does not go with the target's kind and transport, and what is missing."""
        reach = self.kinds.get(target.kind)
        if reach and target.transport not in reach:
            found = f"{shown(target.transport)}, which reaches no {target.kind}"
            near = nearest(target.transport, reach)
            table.wrong("transport", found, a_list(reach), near)
            return
        takes = self.takes(target.transport)
        if takes is None:
            return
        for key in ("address", *CONNECTION, *self.keys):
            if key in table.items and key not in takes:
                found = f"a {key}, of which transport {target.transport!r} makes no use"
                table.wrong(key, found, a_list(takes), nearest(key, takes))
        for setting in self.settings.get(target.transport, ()):
            there = setting.key in target.settings or setting.key in table.items
            if setting.required and not there:
                table.wrong(setting.key, "none", setting.allowed or setting.about)

    def _own(self) -> dict[str, Setting]:
        return {
            setting.key: setting
            for declared in self.settings.values()
            for setting in declared
            if setting.key not in FIELDS
        }


def _read(table: Table, setting: Setting) -> object:
    match setting.kind:
        case Kind.TEXT:
            form = Form(re.compile(setting.pattern), setting.allowed or "text in quotes")
            return table.text(setting.key, form)
        case Kind.PATH:
            return table.path(setting.key)
        case Kind.SECRET:
            return table.secret(setting.key)
        case Kind.FLAG:
            return table.flag(setting.key)
        case Kind.WHOLE:
            return table.whole(setting.key, setting.low, setting.high)
