"""Ansible's YAML inventories, variable files, and what `ansible-inventory --list` prints."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from opsconsole.clean import clean
from opsconsole.errors import Problem
from opsconsole.estate.ansible.inventory import Inventory
from opsconsole.estate.table import Items, shown, words_of

if TYPE_CHECKING:
    import yaml

_DEEPEST = 64
_GROUP_KEYS = frozenset({"hosts", "vars", "children"})


def parse_json(text: str, name: str, problems: list[Problem]) -> object:
    """Parse JSON; None when there is a problem."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        found = f"no JSON: {error.msg}"
        problems.append(Problem(f"{name}:{error.lineno}:{error.colno}", found, "JSON"))
    except RecursionError:
        problems.append(Problem(name, "JSON too deep to be read", "an inventory"))
    return None


def parse_yaml(text: str, name: str, problems: list[Problem]) -> object:
    """Parse YAML with every scalar as text; None when there is a problem or nothing."""
    import yaml  # only inventories in YAML pay for it

    try:
        return yaml.load(text, _loader())  # noqa: S506  (made from the safe one)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        problems.append(Problem(where, f"no YAML: {clean(error.problem or 'unreadable')}", "YAML"))
    except yaml.YAMLError as error:
        problems.append(Problem(name, f"no YAML: {clean(str(error))}", "YAML"))
    except RecursionError:
        problems.append(Problem(name, "YAML too deep to be read", "an inventory"))
    return None


def read_document(inventory: Inventory, document: object, name: str) -> None:
    """Add what a parsed inventory says, in the form of YAML files or of `--list`."""
    groups = named(document)
    if groups is None:
        inventory.problems.append(Problem(name, shown(document), "a mapping of groups"))
        return
    if "plugin" in groups:
        found = "the configuration of an inventory plug-in"
        allowed = "hosts: run ansible-inventory --list on it and import what it prints"
        inventory.problems.append(Problem(name, found, allowed))
        return
    meta = named(groups.get("_meta")) or {}
    for group, content in groups.items():
        if group != "_meta":
            _Walk(inventory, name, meta != {}).group(group, content, 0)
    for host, said in (named(meta.get("hostvars")) or {}).items():
        if host in inventory.hosts:
            inventory.hosts[host].update(named(said) or {})


def named(value: object) -> Items | None:
    """Return a mapping with its keys as text, None when the value is none."""
    if not isinstance(value, Mapping):
        return None
    return {str(key): item for key, item in cast("Mapping[object, object]", value).items()}


class _Walk:
    """One way down the groups of a document."""

    def __init__(self, inventory: Inventory, name: str, listed: bool) -> None:
        self._inventory = inventory
        self._name = name
        self._listed = listed
        """Printed by `--list`: names stand as they are, ranges were expanded before."""

    def group(self, group: str, content: object, depth: int) -> None:
        own = self._inventory.group(group)
        if content is None:
            return
        members = words_of(content)
        said = {"hosts": content} if members is not None else named(content)
        if said is None or depth > _DEEPEST:
            self._wrong(group, shown(content), "hosts, vars and children")
            return
        self._hosts(group, said.get("hosts"))
        own.vars.update(self._mapping(f"{group}.vars", said.get("vars")))
        self._children(group, said.get("children"), depth)
        for key in [key for key in said if key not in _GROUP_KEYS]:
            self._inventory.notes.append(f"{self._name}: {clean(group)}.{clean(key)}: no such key")

    def _hosts(self, group: str, hosts: object) -> None:
        where = f"{self._name}: {clean(group)}.hosts"
        names = words_of(hosts)
        if names is None and isinstance(hosts, str):
            names = (hosts,)
        if names is not None:
            said: Mapping[str, object] = dict.fromkeys(names)
        else:
            said = self._mapping(f"{group}.hosts", hosts)
        for name, own in said.items():
            items = self._mapping(f"{group}.hosts.{name}", own)
            if self._listed:
                self._inventory.group(group).hosts[name] = None
                self._inventory.hosts.setdefault(name, {}).update(items)
            else:
                self._inventory.add_hosts(group, name, items, where)

    def _children(self, group: str, children: object, depth: int) -> None:
        names = words_of(children)
        said: Mapping[str, object] = (
            dict.fromkeys(names)
            if names is not None
            else self._mapping(f"{group}.children", children)
        )
        for child, content in said.items():
            self._inventory.group(group).children[child] = None
            self.group(child, content, depth + 1)

    def _mapping(self, place: str, value: object) -> Items:
        if value is None:
            return {}
        said = named(value)
        if said is None:
            self._wrong(place, shown(value), "a mapping")
        return said or {}

    def _wrong(self, place: str, found: str, allowed: str) -> None:
        self._inventory.problems.append(Problem(f"{self._name}: {clean(place)}", found, allowed))


def _loader() -> "type[yaml.SafeLoader]":
    """Make a safe loader that reads numbers, dates and foreign tags as the text they are."""
    import yaml

    # The C loader is ten times faster and not always built; both have the same methods.
    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader = cast("type[yaml.SafeLoader]", type("_TextLoader", (base,), {}))
    for kind in ("int", "float", "bool", "timestamp", "binary"):
        loader.add_constructor(f"tag:yaml.org,2002:{kind}", _text)
    loader.add_constructor(None, _text)
    return loader


def _text(_: "yaml.SafeLoader", node: "yaml.Node") -> object:
    value: object = node.value
    return value if isinstance(value, str) else None
