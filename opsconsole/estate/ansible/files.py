"""Which files make up an inventory, which form each has, and the variables beside them."""

import re
from collections.abc import Mapping
from pathlib import Path

from opsconsole.errors import Problem
from opsconsole.estate.ansible.document import named, parse_json, parse_yaml, read_document
from opsconsole.estate.ansible.ini import read_ini
from opsconsole.estate.ansible.inventory import Inventory
from opsconsole.estate.finding import Findings
from opsconsole.estate.source import read_trusted, shown_path

_IGNORED = (
    *("~", ".pyc", ".pyo", ".swp", ".bak", ".rpm", ".md", ".txt", ".rst", ".orig", ".cfg"),
    ".retry",
)
"""Endings Ansible passes over in a folder."""

_VARS = ("group_vars", "host_vars")
_VAR_ENDINGS = ("", ".yml", ".yaml", ".json")
_YAML_START = re.compile(r"(?:---|[\w.-]+:)\s*(?:#.*)?")
_EXPORT = "what it prints: ansible-inventory -i FILE --list > hosts.json"


def find_hosts(path: Path, problems: list[Problem]) -> Findings:
    """Find the hosts of an inventory: a file (INI, YAML, `--list` JSON) or a folder of them."""
    inventory = Inventory(shown_path(path), problems)
    before = len(problems)
    _read(inventory, path)
    folder = path if path.is_dir() else path.parent
    of_groups, of_hosts = (_entries(folder / name) for name in _VARS)
    for name, group in inventory.groups.items():
        for file in _variable_files(of_groups, name):
            group.more.update(_variables(inventory, file))
    for name, said in inventory.hosts.items():
        for file in _variable_files(of_hosts, name):
            said.update(_variables(inventory, file))
    return inventory.findings() if len(problems) == before else Findings(())


def _read(inventory: Inventory, path: Path) -> None:
    if not path.is_dir():
        _read_file(inventory, path)
        return
    for inner in sorted(path.iterdir()):
        hidden = inner.name.startswith(".") or inner.name.endswith(_IGNORED)
        if not hidden and inner.name not in _VARS:
            _read(inventory, inner)


def _read_file(inventory: Inventory, path: Path) -> None:
    data = read_trusted(path, inventory.problems, owner=False)
    if data is None:
        return
    name, text = shown_path(path), data.decode("utf-8", "replace").removeprefix("\ufeff")
    if text.startswith("#!"):
        inventory.problems.append(Problem(name, "a program that prints an inventory", _EXPORT))
    elif path.suffix == ".toml":
        inventory.problems.append(Problem(name, "an inventory in TOML", f"INI, YAML or {_EXPORT}"))
    elif path.suffix == ".json" or text.lstrip().startswith("{"):
        _read_parsed(inventory, parse_json(text, name, inventory.problems), name)
    elif path.suffix in {".yml", ".yaml"} or (not path.suffix and _looks_like_yaml(text)):
        _read_parsed(inventory, parse_yaml(text, name, inventory.problems), name)
    else:
        read_ini(inventory, text, name)


def _read_parsed(inventory: Inventory, document: object, name: str) -> None:
    if document is not None:
        read_document(inventory, document, name)


def _looks_like_yaml(text: str) -> bool:
    """Tell by the first line that says something: a group and a colon, never INI's section."""
    for line in text.splitlines():
        stripped = line.strip()
        if stripped and stripped[0] not in "#;":
            return _YAML_START.fullmatch(stripped) is not None
    return False


def _entries(folder: Path) -> dict[str, Path]:
    return {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}


def _variable_files(entries: Mapping[str, Path], name: str) -> list[Path]:
    """Return the files that hold a group's or a host's variables, as Ansible looks for them."""
    for ending in _VAR_ENDINGS:
        path = entries.get(f"{name}{ending}")
        if path is not None:
            return _within(path) if path.is_dir() else [path]
    return []


def _within(folder: Path) -> list[Path]:
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith("~"):
            continue
        if path.is_dir():
            found += [] if path.suffix else _within(path)
        elif path.suffix in _VAR_ENDINGS:
            found.append(path)
    return found


def _variables(inventory: Inventory, path: Path) -> dict[str, object]:
    data = read_trusted(path, inventory.problems, owner=False)
    if data is None:
        return {}
    name, text = shown_path(path), data.decode("utf-8", "replace").removeprefix("\ufeff")
    if text.startswith("$ANSIBLE_VAULT"):
        inventory.notes.append(f"{name}: encrypted, left out")
        return {}
    document = parse_yaml(text, name, inventory.problems)
    said = named(document)
    if said is None and document is not None:
        inventory.problems.append(Problem(name, "no mapping", "variables and their values"))
    return dict(said or {})
