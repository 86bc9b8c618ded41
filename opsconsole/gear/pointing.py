"""References, conditions, states and choices, as profiles write them."""

import re
from collections.abc import Mapping
from typing import cast

from opsconsole.clean import clean
from opsconsole.gear.form import Condition, Pick, Piece, Ref, State, States, Template
from opsconsole.gear.keys import Keys, is_oid, listed
from opsconsole.model import Level

_REF = re.compile(r"(index|[0-9][0-9.]*)(?:\[([^\]]*)\])?")
_PIECE = re.compile(r"(\d+)(?:-(\d+))?|=([0-9.]+)|@([0-9.]+)")
_COMPARISON = re.compile(r"(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

LEVELS: Mapping[str, Level | None] = {
    "ok": Level.OK, "unknown": Level.UNKNOWN, "warn": Level.WARN, "crit": Level.CRIT, "none": None,
}  # fmt: skip
"""How bad a state is, as profiles say it before its word: `crit: low battery`."""

REF = (
    "the number of a column, an OID, either with [pieces of the index], or index: "
    '4, "1.3.6.1.2.1.47.1.1.1.1.7", "7[1]", "index[2]"'
)
STATE = '"LEVEL: word" with ok, warn, crit, unknown or none (not fitted) as LEVEL'


class Pointer:
    """Reads what points at objects, for a scalar or for a row of a table."""

    def __init__(self, keys: Keys, entry: str | None, shared: Mapping[str, States]) -> None:
        """`entry` is the OID of the table's entry, empty for none; None for scalars."""
        self._keys = keys
        self._entry = entry
        self._shared = shared

    def among(self, keys: Keys) -> "Pointer":
        """The same for the keys of another table."""
        return Pointer(keys, self._entry, self._shared)

    def ref(self, key: str, said: object) -> Ref | None:
        """One reference; None with a problem."""
        found = _REF.fullmatch(str(said)) if isinstance(said, int | str) else None
        if found is None:
            self._keys.wrong(key, said, REF)
            return None
        name, inside = found[1], found[2]
        pieces = None if inside is None else self._pieces(key, inside)
        if name == "index":
            return Ref("", pieces)
        root = self._root(key, name)
        if root is None:
            return None
        return Ref(root, pieces or None, whole=self._entry is None or inside == "")

    def given(self, key: str) -> Ref | None:
        """The reference of a key; None where it is not there, too."""
        return self.ref(key, self._keys.raw(key)) if self._keys.has(key) else None

    def _root(self, key: str, name: str) -> str | None:
        if "." in name:
            if is_oid(name):
                return name
        elif self._entry:
            return f"{self._entry}.{name}"
        allowed = REF if self._entry else "an OID: there is no `entry` whose column it could be"
        self._keys.wrong(key, name, allowed)
        return None

    def _pieces(self, key: str, inside: str) -> tuple[Piece, ...]:
        found: list[Piece] = []
        for said in inside.split(",") if inside else ():
            one = _PIECE.fullmatch(said.strip())
            if one is None:
                self._keys.wrong(key, said, "1, 1-2, =5 (fixed) or @3 (what column 3 says)")
                continue
            if one[1]:
                found.append(Piece(int(one[1]), int(one[2] or one[1])))
            elif one[3]:
                found.append(Piece(fixed=one[3]))
            else:
                found.append(Piece(column=self._root(key, one[4]) or ""))
        return tuple(found)

    def pick(self, key: str) -> Pick:
        """A fixed word or number, or `{ of = REF, map = { … } }`."""
        said = self._keys.raw(key)
        if said is None:
            return Pick()
        if not isinstance(said, dict):
            return Pick(str(said))
        table = self._keys.table(key)
        assert table is not None
        found = Pick(of=self.ref(f"{key}.of", table.raw("of")), map=_mapping(table))
        table.done()
        return found

    def conditions(self, key: str) -> tuple[Condition, ...]:
        """`{ REF = condition, … }`."""
        table = self._keys.table(key)
        if table is None:
            return ()
        found: list[Condition] = []
        for name, said in table.items().items():
            ref = self.ref(key, name)
            one = ref and self.condition(key, ref, said)
            if one:
                found.append(one)
        return tuple(found)

    def on_value(self, key: str, ref: Ref) -> tuple[Condition, ...]:
        """Conditions on one object, any of which does: a value, or a list of them."""
        said = self._keys.raw(key)
        if said is None:
            return ()
        items = listed(said)
        made = (self.condition(key, ref, item) for item in items)
        return tuple(one for one in made if one)

    def condition(self, key: str, ref: Ref, said: object) -> Condition | None:
        """A value, a list of values, or a comparison in a text."""
        items = listed(said)
        if isinstance(said, str):
            compared = _COMPARISON.fullmatch(said)
            if compared:
                return Condition(ref, compared[1], number=float(compared[2]))
            for operator in ("!~", "~"):
                if said.startswith(operator):
                    pattern = self._keys.compiled(key, said.removeprefix(operator).strip())
                    return pattern and Condition(ref, operator, pattern=pattern)
            if said.startswith("!="):
                words = said.removeprefix("!=").split("|")
                return Condition(ref, "not in", frozenset(word.strip().lower() for word in words))
        if not all(isinstance(item, int | float | str) for item in items):
            allowed = 'a value, a list of values, "!= 0", "> 0", "~ pattern" or "!~ pattern"'
            self._keys.wrong(key, items, allowed)
            return None
        return Condition(ref, "in", frozenset(str(item).lower() for item in items))

    def template(self, key: str, said: str) -> Template:
        """A text with `{REF}` in it."""
        parts: list[str | Ref] = []
        at = 0
        for found in _PLACEHOLDER.finditer(said):
            parts.append(said[at : found.start()])
            ref = self.ref(key, found[1])
            if ref:
                parts.append(ref)
            at = found.end()
        parts.append(said[at:])
        return tuple(part for part in parts if part)

    def states(self, key: str) -> States | None:
        """The name of a `[states.NAME]`, or such a table itself."""
        said = self._keys.raw(key)
        return None if said is None else self.named(key, said)

    def named(self, key: str, said: object) -> States:
        """The states of that name, or those of a table."""
        if isinstance(said, str):
            if said not in self._shared:
                self._keys.wrong(key, said, f"a table of states, or {_names(self._shared)}",
                                 list(self._shared))  # fmt: skip
            return self._shared.get(said, {})
        if not isinstance(said, dict):
            self._keys.wrong(key, said, "a table of states, or the name of one")
            return {}
        return states(Keys(cast("dict[str, object]", said), f"{self._keys.where}.{key}",
                           self._keys.problems))  # fmt: skip


def _names(shared: Mapping[str, States]) -> str:
    return ", ".join(shared) or "the name of a [states.NAME], of which there are none"


def _mapping(table: Keys) -> Mapping[str, str]:
    inner = table.table("map")
    if inner is None:
        return {}
    return {key.lower(): str(said) for key, said in inner.items().items()}


def states(keys: Keys) -> States:
    """A table of states: by number or text, `"LEVEL: word"`."""
    found: dict[str, State] = {}
    for key, said in keys.items().items():
        level, colon, word = said.partition(":") if isinstance(said, str) else ("", "", "")
        level = level.strip() if colon else "ok"
        if not isinstance(said, str) or level not in LEVELS:
            keys.wrong(key, said, STATE)
            continue
        found[key.lower()] = State(clean((word if colon else said).strip(), 80), LEVELS[level])
    return found
