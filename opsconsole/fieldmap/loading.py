"""Reads a map: a TOML file with one table per entry, in which everything wrong is told at once."""

import asyncio
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Generic, TypeVar, cast

import msgspec

from opsconsole.clean import clean
from opsconsole.errors import Unsupported
from opsconsole.model import Target

LARGEST = 1 << 20
"""Bytes of a map."""

MOST = 2000
"""Entries of a map."""

TOLD = 3
"""Problems that are told one by one; of more only how many there are."""

_FIELD = re.compile(r"(.*) - at `\$\.?(.*)`", re.DOTALL)

Shape = TypeVar("Shape", bound=msgspec.Struct)
Kind = TypeVar("Kind")


def load(
    path: str,
    target: str,
    tables: Mapping[str, type[Shape]],
    hints: Mapping[str, str],
    across: Callable[[dict[str, dict[str, Shape]]], Sequence[str]] = lambda _: (),
) -> dict[str, dict[str, Shape]]:
    """Entries by the name of their kind of table and their own: `[point.supply]`.

    `hints` say what a key may be, by its name; `across` what is wrong between entries that are
    right by themselves. Raises `Unsupported` with all that is wrong.
    """
    name = clean(Path(path).name)
    items = _parsed(path, f"{target}: map {name}")
    problems = [
        f"unknown table {clean(key, 40)!r}; allowed: {', '.join(f'[{one}.NAME]' for one in tables)}"
        for key in items
        if key not in tables
    ]
    found: dict[str, dict[str, Shape]] = {}
    for kind, shape in tables.items():
        entries = items.get(kind, {})
        found[kind] = {}
        if not isinstance(entries, dict):
            problems.append(f"{kind}: no table; write [{kind}.NAME]")
            continue
        for key, entry in cast("dict[str, object]", entries).items():
            try:
                found[kind][key] = msgspec.convert(entry, shape)
            except (msgspec.ValidationError, OverflowError) as error:
                problems.append(_told(f"{kind} {clean(key, 60)}", str(error), shape, hints))
    problems = problems or [*_number(found), *across(found)]
    if problems:
        more = f"; and {len(problems) - TOLD} more" if len(problems) > TOLD else ""
        what = f"{target}: map {name}: {'; '.join(problems[:TOLD])}{more}"
        raise Unsupported(what, f"mend {name}: it is read again by itself")
    return found


def _number(found: Mapping[str, Mapping[str, object]]) -> list[str]:
    count = sum(map(len, found.values()))
    if not count:
        return [f"nothing in it; write {' or '.join(f'[{one}.NAME]' for one in found)}"]
    return [f"{count} entries; at most {MOST}"] if count > MOST else []


def _parsed(path: str, where: str) -> dict[str, object]:
    try:
        with Path(path).open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        what = f"{where} cannot be read: {error.strerror or error}"
        raise Unsupported(what, "name a file in `map`, beside the estate") from None
    if len(raw) > LARGEST:
        raise Unsupported(f"{where} is larger than {LARGEST >> 20} MiB", "split it over targets")
    try:
        return tomllib.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        what = f"{where} is no TOML: {clean(str(error), 120)}"
        raise Unsupported(what, "mend that line; https://toml.io says how it is written") from None


def _told(where: str, error: str, shape: type[msgspec.Struct], hints: Mapping[str, str]) -> str:
    """The words of msgspec, with the key before them and what is allowed behind."""
    match = _FIELD.fullmatch(error)
    said, key = (match[1], match[2]) if match else (error, "")
    top = key.partition(".")[0].partition("[")[0]
    unknown = re.search(r"unknown field `([^`]*)`", said)
    if unknown:
        names = _fields(shape, top)
        near = get_close_matches(unknown[1], names, 1)
        hint = f" (did you mean {near[0]!r}?)" if near else f"; allowed: {', '.join(names)}"
        return clean(f"{where}: unknown key {clean(unknown[1], 40)!r}{hint}", 400)
    hint = f"; allowed: {hints[key]}" if key in hints else ""
    hint = hint or (f"; allowed: {hints[top]}" if top in hints else "")
    return clean(f"{where}{f', {key}' if key else ''}: {said}{hint}", 400)


def _fields(shape: type[msgspec.Struct], key: str) -> tuple[str, ...]:
    """Names that a table may have, or a table within it."""
    for one in msgspec.structs.fields(shape) if key else ():
        for kind in getattr(one.type, "__args__", (one.type,)):
            if one.name == key and isinstance(kind, type) and issubclass(kind, msgspec.Struct):
                return kind.__struct_fields__
    return shape.__struct_fields__


class Kept(Generic[Kind]):
    """What is made of a map's file, made anew when the file changes."""

    def __init__(self, path: str, target: str, make: Callable[[str, str], Kind]) -> None:
        """`make` reads it, given its path and the target; raises `Unsupported`."""
        self.name = clean(Path(path).name)
        self._path = path
        self._target = target
        self._make = make
        self._made: Kind | None = None
        self._stamp: tuple[int, ...] = ()

    async def now(self) -> Kind:
        """Return it as the file says now; raises `Unsupported`."""
        stamp = await asyncio.to_thread(self._look)
        if self._made is None or stamp != self._stamp:
            self._made = await asyncio.to_thread(self._make, self._path, self._target)
            self._stamp = stamp
        return self._made

    def _look(self) -> tuple[int, ...]:
        try:
            found = Path(self._path).stat()
        except OSError:
            return ()
        return found.st_mtime_ns, found.st_size, found.st_ino


def map_of(target: Target, make: Callable[[str, str], Kind]) -> Kept[Kind]:
    """The map that a target names; raises `Unsupported` for one that names none."""
    path = str(target.settings.get("map") or "")
    if not path:
        raise Unsupported(f"{target.id}: it has no map", "name a file in `map`, beside the estate")
    return Kept(path, target.id, make)
