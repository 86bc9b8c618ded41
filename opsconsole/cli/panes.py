"""`opsconsole panes`: what can be shown, in which units, and where it comes from."""

import sys

import msgspec

from opsconsole.cli.asking import known
from opsconsole.cli.domains import Shown, find
from opsconsole.cli.result import aligned


def run_panes(pane: str | None, output: str) -> int:
    """Print one pane's columns, or all panes."""
    shown = known()
    some = list(shown.values()) if pane is None else [find(pane, shown)]
    if output == "json":
        encoded = msgspec.json.encode([_described(one) for one in some])
        sys.stdout.write(msgspec.json.format(encoded, indent=2).decode() + "\n")
    elif pane is None:
        sys.stdout.write(_listed(some))
    else:
        sys.stdout.write(_columns(some[0]))
    return 0


def _listed(panes: list[Shown]) -> str:
    lines = [["PANE", "TITLE", "PROBES", "COLUMNS"]]
    for one in panes:
        probes = ", ".join(probe.id for probe in one.probes)
        lines.append([one.pane.id, one.pane.title, probes, str(len(one.columns()))])
    return aligned(lines, [False, False, False, True])


def _columns(shown: Shown) -> str:
    first = set(shown.chosen())
    lines = [["COLUMN", "TITLE", "UNIT", "AT FIRST", "SOURCE"]]
    for column in shown.columns():
        mark = "yes" if column in first else ""
        lines.append([column.key, column.title, column.quantity.value, mark, column.source])
    return aligned(lines, [False] * 5)


def _described(shown: Shown) -> dict[str, object]:
    return {
        "pane": shown.pane.id,
        "title": shown.pane.title,
        "kinds": shown.kinds,
        "probes": [probe.id for probe in shown.probes],
        "columns": [
            {
                "key": column.key,
                "title": column.title,
                "unit": column.quantity.value,
                "source": column.source,
            }
            for column in shown.columns()
        ],
    }
