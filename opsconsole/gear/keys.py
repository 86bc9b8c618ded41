"""Takes keys out of a profile's tables, and notes what is wrong with them."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import cast

from opsconsole.clean import clean
from opsconsole.errors import Problem

_OID = re.compile(r"[012](\.\d{1,10}){1,127}")


class Keys:
    """One table of a profile: what is not taken by the end is a key that nobody knows."""

    def __init__(self, data: Mapping[str, object], where: str, problems: list[Problem]) -> None:
        """`where` names file and table in messages."""
        self._data = dict(data)
        self.where = where
        self.problems = problems
        self._asked: set[str] = set()

    def wrong(self, key: str, found: object, allowed: str, near: Collection[str] = ()) -> None:
        """Note a problem."""
        said = found if isinstance(found, str) else repr(found)
        nearest = get_close_matches(str(found), list(near), 1) if near else []
        where = f"{self.where}.{key}" if key else self.where
        self.problems.append(Problem(where, clean(said, 200), allowed, "".join(nearest)))

    def has(self, key: str) -> bool:
        """Whether it is there."""
        self._asked.add(key)
        return key in self._data

    def raw(self, key: str) -> object:
        """Whatever stands there; None for nothing."""
        self._asked.add(key)
        return self._data.get(key)

    def text(self, key: str, default: str = "", among: Collection[str] = ()) -> str:
        """A text, one of these if any are given."""
        found = self.raw(key)
        if found is None:
            return default
        if not isinstance(found, str) or (among and found not in among):
            allowed = ", ".join(among) if among else "a text"
            self.wrong(key, found, allowed, among)
            return default
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """A text, or a list of them."""
        found = self.raw(key)
        if found is None:
            return ()
        items = listed(found)
        if not all(isinstance(item, str) for item in items):
            self.wrong(key, items, "a text, or a list of texts")
            return ()
        return tuple(cast("list[str]", items))

    def oids(self, key: str) -> tuple[str, ...]:
        """Names of objects in dots."""
        found = self.texts(key)
        for one in found:
            if not is_oid(one):
                self.wrong(key, one, "a numeric OID without a dot at its beginning")
        return tuple(one for one in found if is_oid(one))

    def number(self, key: str, default: float) -> float:
        """A number."""
        found = self.raw(key)
        if found is None:
            return default
        if not isinstance(found, int | float) or isinstance(found, bool):
            self.wrong(key, found, "a number")
            return default
        return float(found)

    def flag(self, key: str) -> bool:
        """True or false; false unless it is there."""
        found = self.raw(key)
        if found is not None and not isinstance(found, bool):
            self.wrong(key, found, "true or false")
        return found is True

    def pattern(self, key: str, groups: int = 0) -> re.Pattern[str] | None:
        """A regular expression with that many groups at least."""
        found = self.text(key)
        return self.compiled(key, found, groups) if found else None

    def compiled(self, key: str, said: str, groups: int = 0) -> re.Pattern[str] | None:
        """A regular expression, or None with a problem."""
        try:
            pattern = re.compile(said)
        except re.error as error:
            self.wrong(key, said, f"a regular expression of Python ({error})")
            return None
        if pattern.groups < groups:
            self.wrong(key, said, "a regular expression with a group in brackets")
            return None
        return pattern

    def table(self, key: str) -> "Keys | None":
        """A table; None where it is not there."""
        found = self.raw(key)
        if found is None:
            return None
        if not isinstance(found, dict):
            self.wrong(key, found, "a table")
            return None
        return Keys(cast("dict[str, object]", found), f"{self.where}.{key}", self.problems)

    def tables(self, key: str) -> list["Keys"]:
        """A list of tables, `[[key]]`."""
        found = self.raw(key)
        if found is None:
            return []
        items = listed(found)
        made: list[Keys] = []
        for at, item in enumerate(items, 1):
            if isinstance(item, dict):
                place = f"{self.where}.{key}[{at}]"
                made.append(Keys(cast("dict[str, object]", item), place, self.problems))
            else:
                self.wrong(key, item, f"tables, [[{key}]]")
        return made

    def items(self) -> dict[str, object]:
        """All keys and what stands there, where the keys are free."""
        self._asked.update(self._data)
        return self._data

    def done(self) -> None:
        """Note keys that nobody asked for."""
        for key in self._data:
            if key not in self._asked:
                self.wrong(key, key, ", ".join(sorted(self._asked)), self._asked)


def is_oid(said: str) -> bool:
    """Whether it is the name of an object in dots."""
    return _OID.fullmatch(said) is not None


def listed(said: object) -> list[object]:
    """A list as it is, anything else as the only one of a list."""
    return cast("list[object]", said) if isinstance(said, list) else [said]
