"""An inventory in memory: groups, hosts, and the variables that decide how a host is reached."""

import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from opsconsole.clean import clean
from opsconsole.errors import Problem
from opsconsole.estate.finding import Finding, Findings
from opsconsole.estate.layer import GROUP
from opsconsole.estate.table import shown

Vars = dict[str, object]

MOST_HOSTS = 100_000
"""Hosts one range may expand to."""

_RANGE = re.compile(r"\[([^\[\]:]*):([^\[\]:]+)(?::(\d+))?\]")
_PORT = re.compile(r"((?:\[[^\]]*\]|[^\[\]:])+):(\d+)")
_DIGITS = re.compile(r"[0-9]{1,18}")
_TEMPLATE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_JUMP = re.compile(r"""(?:^|\s)(?:-J\s*|-o\s*['"]?(?i:ProxyJump)[=\s]\s*)([^\s'"]+)""")
_SSH = frozenset({"ssh", "smart", "paramiko", "paramiko_ssh"})
_NO_GROUPS = frozenset({"all", "ungrouped"})
_PASSWORDS = ("ansible_password", "ansible_ssh_pass", "ansible_ssh_password")


@dataclass(slots=True)
class Group:
    """One group as its places say; a group may be said in several."""

    hosts: dict[str, None] = field(default_factory=dict[str, None])
    children: dict[str, None] = field(default_factory=dict[str, None])
    vars: Vars = field(default_factory=dict[str, object])
    more: Vars = field(default_factory=dict[str, object])
    """From `group_vars`, which weigh more than what stands in the inventory."""


class Inventory:
    """Everything read so far; order is the order of first mention."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.name = name
        """The inventory as messages show it."""
        self.problems = problems
        self.groups: dict[str, Group] = {"all": Group(), "ungrouped": Group()}
        self.hosts: dict[str, Vars] = {}
        self.notes: list[str] = []

    def group(self, name: str) -> Group:
        """Return a group, a new one when it is not known yet."""
        return self.groups.setdefault(name, Group())

    def add_hosts(self, group: str, pattern: str, said: Mapping[str, object], where: str) -> None:
        """Add the hosts of a pattern (`web[01:20].example:2222`) to a group."""
        text, port = split_port(pattern)
        names = expand(text)
        if isinstance(names, str):
            self.problems.append(Problem(where, shown(pattern), names))
            return
        members = self.group(group).hosts
        for name in names:
            members[name] = None
            known = self.hosts.setdefault(name, {})
            if port is not None:
                known["ansible_port"] = port
            known.update(said)

    def findings(self) -> Findings:
        """Judge every host: what reaches it, which groups it is in, what is left out."""
        above = self._ancestors()
        if above is None:
            return Findings(())
        member_of: dict[str, set[str]] = {name: {"all"} for name in self.hosts}
        for name, group in self.groups.items():
            for host in group.hosts:
                member_of[host] |= above[name]
        weights = self._weights(above)
        named = tuple(self._named())
        hosts = [
            finding
            for host, groups in member_of.items()
            if (finding := self._finding(host, groups, weights, named)) is not None
        ]
        return Findings(tuple(hosts), named, tuple(dict.fromkeys(self.notes)))

    def _named(self) -> Iterable[str]:
        """Return the groups an operator can name; Ansible allows more than a shell would."""
        for name in self.groups:
            if GROUP.pattern.fullmatch(name) and clean(name) == name:
                if name not in _NO_GROUPS:
                    yield name
            else:
                self.notes.append(f"{self.name}: group {shown(name)}: a name that cannot be typed")

    def _parents(self) -> dict[str, list[str]]:
        parents: dict[str, list[str]] = {name: [] for name in self.groups}
        for name, group in self.groups.items():
            for child in group.children:
                parents[child].append(name)
        return parents

    def _ancestors(self) -> dict[str, set[str]] | None:
        """Return each group with all groups that contain it; None when one contains itself."""
        parents = self._parents()
        above: dict[str, set[str]] = {}
        for name in self.groups:
            seen, waiting = {name, "all"}, list(parents[name])
            while waiting:
                parent = waiting.pop()
                if parent == name:
                    found = f"group {shown(name)} within itself"
                    self.problems.append(Problem(self.name, found, "groups without a circle"))
                    return None
                if parent not in seen:
                    seen.add(parent)
                    waiting.extend(parents[parent])
            above[name] = seen
        return above

    def _weights(self, above: Mapping[str, set[str]]) -> dict[str, tuple[int, int, str]]:
        """Order groups as Ansible does: those deeper in the tree weigh more, then priority."""
        parents = self._parents()
        depth: dict[str, int] = {}
        # Whoever has fewer ancestors comes first, so a group's parents are known before it.
        for name in sorted(self.groups, key=lambda name: len(above[name])):
            depth[name] = (
                0
                if name == "all"
                else 1 + max((depth[parent] for parent in parents[name]), default=0)
            )
        return {
            name: (depth[name], _number(group.vars.get("ansible_group_priority")) or 1, name)
            for name, group in self.groups.items()
        }

    def _finding(
        self,
        host: str,
        groups: set[str],
        weights: Mapping[str, tuple[int, int, str]],
        named: tuple[str, ...],
    ) -> Finding | None:
        ordered = sorted(groups, key=weights.__getitem__)
        merged: Vars = {}
        for more in (False, True):
            for name in ordered:
                group = self.groups[name]
                merged.update(group.more if more else group.vars)
        merged.update(self.hosts[host])
        how = _Reached(self, host, merged)
        connection = how.text("ansible_connection").rpartition(".")[2] or "ssh"
        items: Vars = {"transport": "local"} if connection == "local" else how.items()
        if connection not in _SSH | {"local"}:
            self.notes.append(f"{how.where}: reached by {clean(connection)}, not by ssh")
            return None
        items["groups"] = [name for name in named if name in groups]
        return Finding(host, how.where, items)


class _Reached:
    """How one host is reached, from its merged variables."""

    def __init__(self, inventory: Inventory, host: str, merged: Vars) -> None:
        self.where = f"{inventory.name}: {clean(host)}"
        self._notes = inventory.notes
        self._vars: Vars = {
            **merged,
            "inventory_hostname": host,
            "inventory_hostname_short": host.partition(".")[0],
        }
        if any(name in merged for name in _PASSWORDS):
            self._notes.append(
                f"{inventory.name}: passwords are not taken from an inventory; "
                "write password = { … } in the estate"
            )

    def items(self) -> Vars:
        """Return the keys of a target that the variables speak of."""
        items: Vars = {}
        for key, names in (
            ("address", ("ansible_host", "ansible_ssh_host")),
            ("user", ("ansible_user", "ansible_ssh_user")),
            ("identity", ("ansible_ssh_private_key_file", "ansible_private_key_file")),
        ):
            if text := self.text(*names):
                items[key] = text
        if port := self.text("ansible_port", "ansible_ssh_port"):
            items["port"] = _number(port) or port
        if jump := self._jump():
            items["jump"] = jump
        return items

    def text(self, *names: str) -> str:
        """Return the first variable that is there, templates of plain names filled in."""
        for name in names:
            value = self._vars.get(name)
            if value is None or value == "":
                continue
            text = self._filled(value) if isinstance(value, str | int) else None
            if text is not None:
                return text
            self._notes.append(f"{self.where}: {name} is no plain text, left out")
        return ""

    def _filled(self, value: object) -> str | None:
        text = str(value)
        for _ in range(8):  # a variable may name another; one that names itself must end
            if "{{" not in text:
                break
            text = _TEMPLATE.sub(lambda found: str(self._vars.get(found[1], found[0])), text)
        return None if "{{" in text or "{%" in text or text.startswith("$ANSIBLE_VAULT") else text

    def _jump(self) -> str:
        """Find a jump host in ssh arguments: `-J host`, `-o ProxyJump=host`."""
        for name in ("ansible_ssh_common_args", "ansible_ssh_extra_args"):
            if found := _JUMP.search(self.text(name)):
                return found[1]
        return ""


def split_port(pattern: str) -> tuple[str, str | None]:
    """Split `host:port`; ranges and IPv6 addresses keep their colons."""
    if _is_ipv6(pattern):
        return pattern[1:-1], None
    found = _PORT.fullmatch(pattern)
    if found is None:
        return pattern, None
    host = found[1]
    return (host[1:-1] if _is_ipv6(host) else host), found[2]


def expand(pattern: str) -> Iterable[str] | str:
    """Expand ranges in a host name, or say what is allowed when that cannot be done."""
    ranges = list(_RANGE.finditer(pattern))
    if not ranges:
        allowed = 'a name, or one with ranges like "web[01:20]" or "db-[a:c]"'
        return allowed if set("[]") & set(pattern) else (pattern,)
    first = ranges[0]
    steps = _steps(first[1], first[2], _number(first[3] or "1") or 0)
    rest = expand(pattern[first.end() :])
    if isinstance(steps, str):
        return steps
    if isinstance(rest, str):
        return rest
    tails = tuple(rest)
    if len(steps) * len(tails) > MOST_HOSTS:
        return f"at most {MOST_HOSTS} hosts of one pattern"
    head = pattern[: first.start()]
    return [head + step + tail for step in steps for tail in tails]


def _steps(low: str, high: str, step: int) -> list[str] | str:
    low = low or "0"
    letters = string.ascii_letters
    if step < 1:
        return "a step of 1 or more"
    if _DIGITS.fullmatch(low) and _DIGITS.fullmatch(high):
        padded = low.startswith("0") and len(low) > 1
        if padded and len(low) != len(high):
            return "a range with ends of equal width"
        if int(low) > int(high):
            return "a range that does not run backwards"
        if int(high) - int(low) > MOST_HOSTS * step:
            return f"at most {MOST_HOSTS} hosts of one pattern"
        width = len(low) if padded else 0
        return [str(number).zfill(width) for number in range(int(low), int(high) + 1, step)]
    if len(low) == len(high) == 1 and low in letters and high in letters:
        if letters.index(low) > letters.index(high):
            return "a range that does not run backwards"
        return list(letters[letters.index(low) : letters.index(high) + 1 : step])
    return "a range of numbers or of letters"


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if _DIGITS.fullmatch(text) else None


def _is_ipv6(text: str) -> bool:
    if not (text.startswith("[") and text.endswith("]") and text.count(":") > 1):
        return False
    import ipaddress  # rare enough not to be paid for by everybody

    try:
        ipaddress.IPv6Address(text[1:-1])
    except ValueError:
        return False
    return True
