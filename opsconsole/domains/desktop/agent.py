"""One answer of an SNMP agent as values: single objects, tables, texts in any character set."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from opsconsole.clean import Clean, clean
from opsconsole.errors import Malformed
from opsconsole.question import Part
from opsconsole.varbind import Value, rows, values

Entries = Mapping[str, Mapping[int, Value]]
"""Rows of a table: by index, then by column."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All that an agent said at one moment."""

    scalars: Mapping[str, Value]
    tables: Mapping[str, Entries]
    """By the OID of the entry."""
    charset: str = "utf-8"
    """Of texts in the device's own language."""

    def table(self, oid: str) -> Entries:
        """One table; empty where the device has none."""
        return self.tables.get(oid, {})

    def number(self, oid: str) -> int | None:
        """A whole number; None for anything else."""
        return number(self.scalars.get(oid))

    def said(self, *oids: str) -> Clean:
        """The first of these that has a text."""
        for oid in oids:
            if text := self.text(self.scalars.get(oid)):
                return text
        return Clean("")

    def text(self, value: Value, limit: int = 200) -> Clean:
        """Octets in the device's own character set, harmless; empty for what is none."""
        if isinstance(value, int | None):
            return Clean("")
        if isinstance(value, str):
            return clean(value, limit)
        return clean(" ".join(decoded(value[: 4 * limit], self.charset).split()), limit)


_HP_CHARSET = b"\x01\x15"
"""HP puts the number of its character set before some texts."""


def decoded(raw: bytes, charset: str) -> str:
    """Text of octets: UTF-8 where it is some, else in this character set, else Latin-1."""
    raw = raw.removeprefix(_HP_CHARSET).strip(b"\0 ")
    for name in ("utf-8", charset):
        try:
            return raw.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("latin-1")


def number(value: Value) -> int | None:
    """A whole number; None for anything else."""
    return value if isinstance(value, int) else None


class Reader:
    """Reads the parts of an answer; what an agent refuses is empty, and told if it is all of it.

    Firmware that fails at one table answers the others all the same.
    """

    def __init__(self) -> None:
        self._refusals: list[Malformed] = []
        self._read = 0

    def tables(self, named: Iterable[tuple[str, Part]]) -> dict[str, Entries]:
        """Tables by the OID of their entry."""
        found: dict[str, Entries] = {}
        for oid, part in named:
            try:
                found[oid] = rows(part, oid)
            except (Malformed, ValueError) as error:
                self._refused(error)
            else:
                self._read += 1
        return found

    def objects(self, parts: Iterable[Part]) -> dict[str, Value]:
        """Objects by their names."""
        found: dict[str, Value] = {}
        for part in parts:
            try:
                found |= values(part)
            except Malformed as error:
                self._refused(error)
            else:
                self._read += 1
        return found

    def _refused(self, error: Malformed | ValueError) -> None:
        self._refusals.append(
            error if isinstance(error, Malformed) else Malformed("a table of none")
        )

    def end(self) -> None:
        """Raises `Malformed` when the agent refused everything."""
        if self._refusals and not self._read:
            raise self._refusals[0]
