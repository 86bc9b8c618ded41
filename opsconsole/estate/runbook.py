"""`[runbook.NAME]`: ordered steps with guards, read and checked."""

from collections.abc import Collection
from typing import cast

from opsconsole.clean import Clean, clean
from opsconsole.errors import Problem
from opsconsole.estate.custom import LINE, NAME
from opsconsole.estate.table import Table, items_of, nearest, shown
from opsconsole.runbook import GUARD_FORM, Guard, Runbook, RunbookStep, guard

KEYS = ("title", "about", "step")
STEP_KEYS = (
    "title",
    "action",
    "target",
    "object",
    "arguments",
    "guard",
    "guard_target",
)


def read_runbook(name: str, table: Table, targets: Collection[str]) -> Runbook | None:
    """Read one table; None when there is a problem, which goes to its list.

    Actions and probes are looked up when the runbook is opened: they belong to integrations.
    """
    before = len(table.problems)
    table.only(KEYS)
    if not NAME.pattern.fullmatch(name):
        table.problems.append(Problem(table.where, shown(name), NAME.allowed))
    title = table.text("title", LINE)
    about = table.text("about", LINE) or ""
    value = table.items.get("step")
    entries = cast("list[object]", value) if isinstance(value, list) else list[object]()
    if not entries:
        table.wrong(
            "step",
            "none" if value is None else "no list",
            "[[runbook.NAME.step]] tables, at least one",
        )
    steps = [_step(table, number, entry, targets) for number, entry in enumerate(entries, 1)]
    if len(table.problems) > before:
        return None
    return Runbook(name, clean(title or name), clean(about), tuple(filter(None, steps)))


def _step(table: Table, number: int, entry: object, targets: Collection[str]) -> RunbookStep | None:
    items = items_of(entry)
    if items is None:
        table.wrong("step", shown(entry), "[[runbook.NAME.step]] tables")
        return None
    step = Table(f"{table.where}.step[{number}]", items, table.base, table.problems)
    step.only(STEP_KEYS)
    title = step.text("title", LINE)
    if title is None and "title" not in items:
        step.wrong("title", "nothing", "what is done, in a line")
    for key in ("target", "guard_target"):
        said = items.get(key)
        if said is not None and said not in targets:
            near = nearest(str(said), targets)
            step.wrong(key, shown(said), "a target of the estate", near)
    if "action" not in items:
        for key in ("object", "arguments"):
            if key in items:
                step.wrong(key, f"{key} without an action", "an action, or a step by hand")
    return RunbookStep(
        clean(title or "") or Clean("?"),
        step.text("action", LINE) or "",
        str(items.get("target", "")),
        step.text("object", LINE) or "",
        step.labels("arguments"),
        _guard(step),
        str(items.get("guard_target", "")),
    )


def _guard(step: Table) -> Guard | None:
    text = step.text("guard", LINE)
    if text is None:
        return None
    found = guard(text)
    if found is None:
        step.wrong("guard", shown(text), GUARD_FORM)
    return found
