"""What was asked and what came back, as a table, as JSON or as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from rich.cells import cell_len

from opsconsole.clean import clean
from opsconsole.model import Column, Fault, Quantity, State, Value
from widgets.format import spell

Cells = dict[str, Value]
"""One row: a value per column key."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one target said; as JSON its fields in this order."""

    target: str
    state: State
    age_s: float | None
    """Seconds since the collector had the answer; None while there is none."""
    fault: Fault | None
    rows: list[Cells]

    def plain(self) -> dict[str, object]:
        """The fields as JSON has them."""
        return {
            "target": self.target,
            "state": self.state.value,
            "age_s": None if self.age_s is None else round(self.age_s, 3),
            "fault": None if self.fault is None else msgspec.structs.asdict(self.fault),
            "rows": self.rows,
        }

    def why(self) -> str:
        """What stands between us and its data, one line; empty when nothing does."""
        if self.fault is not None:
            return f"{self.target}: {said(self.fault)}"
        if self.state is State.WAITING:
            return f"{self.target}: no answer in time"
        return ""


def fit_to_print(fault: Fault) -> Fault:
    """A fault whose texts no terminal obeys, whoever made them."""
    message, remedy = fault.message, fault.remedy
    return Fault(clean(fault.kind), clean(message, len(message)), clean(remedy, len(remedy)))


def said(fault: Fault) -> str:
    """A fault in one line: what happened, and what to do about it."""
    remedy = f" ({fault.remedy})" if fault.remedy else ""
    return f"{fault.kind}: {fault.message}{remedy}"


def as_json(pane: str, told: Iterable[Told]) -> str:
    """One object with the pane and each target; numbers keep their type, unknown is null."""
    whole = {"pane": pane, "targets": [one.plain() for one in told]}
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n"


def as_line(pane: str, at: float, told: Told) -> str:
    """One target's answer as one line of JSON; `at` is Unix time of the sample, seconds."""
    return msgspec.json.encode({"pane": pane, "at": at, **told.plain()}).decode() + "\n"


def as_csv(columns: Sequence[Column], told: Iterable[Told], *, head: bool = True) -> str:
    """Rows of all targets under one head; a column key holds its unit, unknown is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    keys = [column.key for column in columns]
    if head:
        writer.writerow(["target", *keys])
    for one in told:
        writer.writerows([one.target, *(_plain(row[key]) for key in keys)] for row in one.rows)
    return text.getvalue()


def _plain(value: Value) -> str | float | None:
    return str(value).lower() if isinstance(value, bool) else value


def as_table(columns: Sequence[Column], told: Iterable[Told]) -> str:
    """Rows of all targets as aligned text, numbers flush right, as the console spells them."""
    lines = [["TARGET", *(column.title for column in columns)]]
    for one in told:
        lines += [
            [one.target, *(spell(column, row[column.key]) for column in columns)]
            for row in one.rows
        ]
    text = (Quantity.TEXT, Quantity.STATE, Quantity.FLAG)
    return aligned(lines, [False, *(column.quantity not in text for column in columns)])


def aligned(lines: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    """Lines of cells in columns as wide as their widest cell, two blanks between."""
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    drawn: list[str] = []
    for line in lines:
        cells: list[str] = []
        for cell, width, flush_right in zip(line, widths, right, strict=True):
            blank = " " * (width - cell_len(cell))
            cells.append(blank + cell if flush_right else cell + blank)
        drawn.append("  ".join(cells).rstrip())
    return "".join(line + "\n" for line in drawn)
