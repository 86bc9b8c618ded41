"""`[[check]]`: a team's own part of the daily inspection, read and judged."""

from collections.abc import Collection, Iterator
from typing import cast

from opsconsole.check import CONDITION_FORM, LEVELS, Check, Outcome, conditions
from opsconsole.clean import clean
from opsconsole.estate.custom import LINE, NAME
from opsconsole.estate.table import Table, items_of, nearest, shown
from opsconsole.rule import Condition

KEYS = ("name", "title", "probe", "column", "todo", "needs", "targets", "outcomes")
_FORM = 'outcomes in order: { fail = "used_percent >= 98", message = "…" }, …, { pass = true }'


def read_checks(root: Table, probes: Collection[str]) -> Iterator[Check]:
    """Read all of a file; what is wrong goes to its list of problems."""
    for table in root.each("check"):
        if (check := _check(table, probes)) is not None:
            yield check


def _check(table: Table, probes: Collection[str]) -> Check | None:
    before = len(table.problems)
    table.only(KEYS)
    name, title = table.text("name", NAME), table.text("title", LINE)
    probe = table.text("probe", LINE)
    for key, value in (("name", name), ("title", title), ("probe", probe)):
        if value is None and key not in table.items:
            table.wrong(key, "nothing", "it is needed")
    if probe is not None and probes and probe not in probes:
        table.wrong("probe", shown(probe), "a probe: opsconsole panes", nearest(probe, probes))
    outcomes = tuple(_outcomes(table))
    needs = _conditions(table, "needs") if "needs" in table.items else ()
    if len(table.problems) > before:
        return None
    return Check(
        f"estate.{name}",
        clean(title or ""),
        probe or "",
        outcomes,
        table.text("column", LINE) or "",
        clean(table.text("todo", LINE) or ""),
        needs,
        table.texts("targets"),
    )


def _outcomes(table: Table) -> Iterator[Outcome]:
    value = table.items.get("outcomes")
    entries = cast("list[object]", value) if isinstance(value, list) else list[object]()
    if not entries:
        table.wrong("outcomes", "none" if value is None else "no list", _FORM)
    for number, entry in enumerate(entries, 1):
        items = items_of(entry)
        if items is None:
            table.wrong("outcomes", shown(entry), _FORM)
            continue
        where = f"{table.where}.outcomes[{number}]"
        one = Table(where, items, table.base, table.problems)
        one.only((*LEVELS, "message"))
        said = [word for word in LEVELS if word in items]
        if len(said) != 1:
            one.wrong("", f"{len(said)} of pass, warn, fail and unknown", "one of them")
            continue
        when = () if items[said[0]] is True else _conditions(one, said[0])
        message = clean(one.text("message", LINE) or "")
        yield Outcome(LEVELS[said[0]], when, message)
        if not when and number < len(entries):
            table.wrong("outcomes", f"more after {said[0]} = true", "it is the last: first wins")


def _conditions(table: Table, key: str) -> tuple[Condition, ...]:
    text = table.text(key, LINE)
    found = None if text is None else conditions(text)
    if found is None:
        if text is not None:
            table.wrong(key, shown(text), CONDITION_FORM)
        return ()
    return found
