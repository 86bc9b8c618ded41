"""Trials of rules: a row is right for a while, wrong for a while, right again."""

import json
from pathlib import Path
from typing import Any

from opsconsole import registry
from opsconsole.cli.command import parse_and_run
from opsconsole.rule import Measure, Rule
from opsconsole.rules.wording import object_of

Cells = dict[str, Any]
Case = tuple[str, Cells, Cells, str]
"""A rule, a row that is right, what is wrong in it, and the level that raises; empty for none."""


def rules(*kinds: str) -> dict[str, Rule]:
    return {rule.id: rule for kind in kinds for rule in registry.integrations()[kind].rules}


def trial(rule: Rule, good: Cells, bad: Cells, level: str) -> str:
    """What must be open at the end of each stretch, as `opsconsole rules test` reads it."""
    kind = rule.id.partition(".")[0]
    first = rule.window_s + 60
    over_itself = rule.measure in {Measure.RATIO, Measure.RISE}
    second = first + rule.for_s + (60 if over_itself else rule.window_s + 120)
    third = second + rule.window_s + rule.clear_for_s + 120
    said = {"probe": rule.probe, "target": "kv"}
    probe = registry.probes()[rule.probe]
    keys = [object_of(tuple(good[key] for key in probe.key))] if probe.key else []
    alert = {"id": ":".join((rule.id, "kv", *keys)), "level": level}
    lines: list[Cells] = [{"target": {"id": "kv", "kind": kind}}]
    for since, until, cells in (
        (0, first, good),
        (first, second, good | bad),
        (second, third, good),
    ):
        rows = [{key: cell for key, cell in cells.items() if cell is not None}]
        lines.append({"sample": {"at": since, "until": until - 30, "rows": rows, **said}})
        expected = [alert] if since == first and level else []
        lines.append({"expect": {"at": until - 1, "alerts": expected}})
    return "\n".join(map(json.dumps, lines))


def tried(folder: Path, rule: Rule, good: Cells, bad: Cells, level: str) -> int:
    """What the command says: 0 when all is as expected."""
    path = folder / "trial.jsonl"
    path.write_text(trial(rule, good, bad, level))
    return parse_and_run(["rules", "test", str(path)])
