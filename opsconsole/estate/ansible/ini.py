"""Ansible's INI inventories: sections of hosts, of groups within a group, of variables."""

import ast
import re
import shlex

from opsconsole.errors import Problem
from opsconsole.estate.ansible.inventory import Inventory
from opsconsole.estate.table import nearest, shown

_SECTION = re.compile(r"\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?")
_CHILD = re.compile(r"([^:\]\s]+)\s*(?:#.*)?")
_PARTS = ("hosts", "children", "vars")


def read_ini(inventory: Inventory, text: str, name: str) -> None:
    """Add what an INI inventory says."""
    reader = _Reader(inventory, name)
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if stripped and stripped[0] not in "#;":
            reader.line(stripped, f"{name}:{number}")
    reader.finish()


class _Reader:
    """The state of one file: which section a line stands in, and which groups were promised."""

    def __init__(self, inventory: Inventory, name: str) -> None:
        self._inventory = inventory
        self._name = name
        self._group = "ungrouped"
        self._part = "hosts"
        self._known = set(inventory.groups)
        self._promised: dict[str, str] = {}
        """Groups named before their section, with the place."""

    def line(self, line: str, where: str) -> None:
        if section := _SECTION.fullmatch(line):
            self._section(section[1], section[2] or "hosts", where)
        elif line.startswith("[") and line.endswith("]"):
            self._wrong(where, shown(line), "[group], [group:children] or [group:vars]")
        elif self._part == "hosts":
            self._host(line, where)
        elif self._part == "children":
            self._child(line, where)
        elif self._part == "vars":
            self._variable(line, where)

    def finish(self) -> None:
        """Note groups that were named and never came."""
        for group, where in self._promised.items():
            if group not in self._known:
                near = nearest(group, self._known)
                allowed = "a group with a section of its own"
                self._inventory.problems.append(Problem(where, shown(group), allowed, *near))

    def _wrong(self, where: str, found: str, allowed: str) -> None:
        self._inventory.problems.append(Problem(where, found, allowed))

    def _section(self, group: str, part: str, where: str) -> None:
        self._group, self._part = group, part
        if part not in _PARTS:
            near = nearest(part, _PARTS)
            allowed = "[group], [group:children] or [group:vars]"
            self._inventory.problems.append(Problem(where, shown(part), allowed, *near))
        elif part == "vars":
            self._promised.setdefault(group, where)
        else:
            self._known.add(group)
        self._inventory.group(group)

    def _host(self, line: str, where: str) -> None:
        try:
            plain = not set("\"'\\#") & set(line)
            pattern, *words = line.split() if plain else shlex.split(line, comments=True)
        except ValueError:
            self._wrong(where, "a quote that does not end", "quotes in pairs")
            return
        said: dict[str, object] = {}
        for word in words:
            key, equals, value = word.partition("=")
            if equals:
                said[key] = _plain(value)
            else:
                self._wrong(where, shown(word), "variable=value after a host")
        self._inventory.add_hosts(self._group, pattern, said, where)

    def _child(self, line: str, where: str) -> None:
        child = _CHILD.fullmatch(line)
        if child is None:
            self._wrong(where, shown(line), "one group name per line")
            return
        self._promised.setdefault(child[1], where)
        self._inventory.group(child[1])
        self._inventory.group(self._group).children[child[1]] = None

    def _variable(self, line: str, where: str) -> None:
        key, equals, value = line.partition("=")
        if not equals:
            self._wrong(where, shown(line), "variable=value")
            return
        self._inventory.group(self._group).vars[key.strip()] = _plain(value.strip())


def _plain(value: str) -> str:
    """Read a value as Ansible does, as a Python literal where it is one; others stay text."""
    if not set("\"'#") & set(value):
        return value
    try:
        literal: object = ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value
    return str(literal)
