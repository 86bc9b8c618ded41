"""Answers by the names of their columns, and tables of some of them over all servers."""

from collections.abc import Callable
from typing import Any

from opsconsole.clean import Clean, clean
from opsconsole.document import Cell, Field, Paragraph, Table
from opsconsole.evidence import Evidence
from opsconsole.model import Quantity, Value
from opsconsole.spec import Probe
from opsconsole.spelling import counted

Said = dict[str, Value]

MOST = 100
"""Rows of one table; what is left out is counted."""

LONG = 300
"""Characters of a text in a table."""

TARGET = Field("target", "Server")


def said(
    evidence: Evidence,
    probe: Probe[Any],  # Any: each probe has a reading type of its own
    target: str,
) -> list[Said]:
    """Rows of the newest answer; none where there is a fault or nothing."""
    keys = [column.key for column in probe.columns]
    return [dict(zip(keys, row, strict=True)) for row in evidence.rows(probe.id, target)]


def kind_of(probe: Probe[Any]) -> str:  # Any: as above
    """Kind of the targets that are asked for it."""
    return probe.id.partition(".")[0]


def reached(evidence: Evidence, *kinds: str) -> list[str]:
    """Targets of these kinds that answered, in the estate's order."""
    return [one.id for one in evidence.targets if one.kind in kinds and not evidence.why(one.id)]


def silence(evidence: Evidence, probe: Probe[Any], target: str) -> Clean:  # Any: as above
    """Why a server that answered says nothing of this; empty where it does."""
    sample = evidence.samples.get((probe.id, target))
    if sample is not None and sample.rows is not None:
        return Clean("")
    if sample is None or sample.fault is None:
        return Clean("no answer in time")
    remedy = f" ({sample.fault.remedy})" if sample.fault.remedy else ""
    return clean(f"{sample.fault.message}{remedy}", 600)


def size(value: Value) -> float:
    """A number to sort by; what is none is 0."""
    return float(value) if isinstance(value, int | float) and value == value else 0.0


def words(value: Value, length: int = LONG) -> Clean | None:
    """A text on one line, cut where it is long; None where nobody knows it."""
    if not isinstance(value, str):
        return None
    short = clean(" ".join(value[: 4 * length].split()), length + 1)
    return Clean(f"{short[:length]}…") if len(short) > length else short


def fields(probe: Probe[Any], *keys: str) -> tuple[Field, ...]:  # Any: as above
    """The server, then columns of a probe."""
    columns = {column.key: column for column in probe.columns}
    found = (columns[key] for key in keys)
    return (
        TARGET,
        *(
            Field(one.key, _titled(one.title), Quantity.TEXT if _stated(one.quantity)
                  else one.quantity)
            for one in found
        ),
    )  # fmt: skip


_SHORT = frozenset({"WAL", "IO", "SQL", "XID", "AOF", "RSS"})


def _titled(title: str) -> str:
    """A heading of a pane, as a document writes it."""
    found = " ".join(word if word in _SHORT else word.lower() for word in title.split())
    return found[:1].upper() + found[1:]


def _stated(quantity: Quantity) -> bool:
    """States of a server are words of its own, none of ours."""
    return quantity is Quantity.STATE


def listed(
    evidence: Evidence,
    probe: Probe[Any],  # Any: as above
    *keys: str,
    title: str = "",
    wanted: Callable[[Said], bool] = lambda _row: True,
    order: str = "",
) -> list[Table | Paragraph]:
    """Those columns of every server's rows, largest `order` first; nothing where no row is."""
    found = [
        (target, row)
        for target in reached(evidence, kind_of(probe))
        for row in said(evidence, probe, target)
        if wanted(row)
    ]
    if order:
        found.sort(key=lambda one: -size(one[1][order]))
    if not found:
        return []
    rows = tuple((clean(target), *(cell(row[key]) for key in keys)) for target, row in found[:MOST])
    left = len(found) - len(rows)
    more = [Paragraph(f"{counted(left, 'more row')} not listed.")] if left else []
    return [Table(fields(probe, *keys), rows, title), *more]


def cell(value: Value) -> Cell:
    """A value for a table."""
    return words(value) if isinstance(value, str) else value


def unsaid(evidence: Evidence, *probes: Probe[Any]) -> list[Paragraph]:  # Any: as above
    """A sentence for each server that answers, but not to these."""
    return [
        Paragraph(f"Not known of {target}: {probe.title.lower()}: {why}")
        for probe in probes
        for target in reached(evidence, kind_of(probe))
        if (why := silence(evidence, probe, target))
    ]
