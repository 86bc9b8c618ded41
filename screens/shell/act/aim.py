"""What a key means to act on: objects by identity, taken down the moment it is pressed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from opsconsole.clean import Clean, clean
from opsconsole.errors import UsageError
from opsconsole.model import Column, Quantity, Target, Value
from opsconsole.plan import Pins, Thing
from opsconsole.spec import Action, Probe
from screens.shell.across import AcrossView
from screens.shell.tab import TabView
from widgets.filter import parse
from widgets.table import LiveTable

NAME = 100
"""Characters of an object's name."""

Actions = Mapping[str, Mapping[str, Action]]
"""By kind of target and id."""


@dataclass(frozen=True, slots=True)
class Aim:
    """The objects and what can make sense for all of them. Lists move on; this does not."""

    things: tuple[Thing, ...]
    """Those hidden by the filter first."""
    actions: tuple[Action, ...]
    what: Clean
    """`postgres 4411 on web-1`, `3 targets`."""
    apart: Mapping[str, tuple[Thing, ...]] = field(default_factory=dict[str, tuple[Thing, ...]])
    """By action: what those act on that are not meant for `things`."""
    notes: tuple[Clean, ...] = ()
    """What else helps."""

    def of(self, action: str) -> tuple[Thing, ...]:
        """What that action would act on."""
        return self.apart.get(action, self.things)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One object, and its row as it was."""

    thing: Thing
    row: Mapping[str, Value]


def take_aim(
    actions: Actions, catalog: Mapping[str, Probe[Any]], tab: TabView, name: str = ""
) -> Aim:
    """Aim at the marked rows, else at the row under the cursor, else at the target shown.

    With the `name` of an action at what that one acts on. Raises `UsageError`.
    """
    if tab.rows_listed is not None:
        offered, seen = _across(actions, tab.rows_listed)
    elif not tab.target:
        seen = _targets(tab)
        offered = [each for each in _shared(actions, tab, seen) if not each.probes]
    else:
        kind = tab.targets[tab.target].kind
        offered = list(actions.get(kind, {}).values())
        probe_id = _rows_of(tab, _named(offered, name) if name else None)
        offered = [
            each for each in offered if (probe_id in each.probes if probe_id else not each.probes)
        ]
        if probe_id and not offered:
            raise UsageError(f"there is nothing to do to rows of {tab.pane.pane.title}")
        pins = {pin for action in offered for pin in action.pins}
        seen = _rows(tab, catalog[probe_id], pins) if probe_id else [_itself(tab)]
    if name:
        offered = [_named(offered, name)]
    fitting = tuple(each for each in offered if all(each.fits(one.row) for one in seen))
    things = tuple(sorted((one.thing for one in seen), key=lambda thing: not thing.hidden))
    what = _what(things)
    if not fitting:
        raise UsageError(f"there is nothing to do to {what}" + (f" by {name}" if name else ""))
    return Aim(things, fitting, what)


def aim_at(
    actions: Actions, catalog: Mapping[str, Probe[Any]], tab: TabView, name: str, criteria: str
) -> Aim:
    """Aim at all rows of the pane that a filter lets through, whatever is marked or hidden.

    Those that the action is not meant for are left out, and noted. Raises `UsageError`.
    """
    table = tab.table
    if not tab.target or table is None:
        raise UsageError("a choice by a filter is for the rows of a list of one target")
    kind = tab.targets[tab.target].kind
    action = _named(list(actions.get(kind, {}).values()), name)
    probe_id = _rows_of(tab, action)
    if not probe_id:
        raise UsageError(f"{action.id} acts on the target itself: leave out {criteria!r}")
    ids = parse(criteria, table.data.columns).keep(table.data.rows, table.data)
    seen = _described(tab, catalog[probe_id], set(action.pins), ids)
    fitting = tuple(one.thing for one in seen if action.fits(one.row))
    where = f"of {len(table.data.rows)} rows of {tab.pane.pane.title}"
    if not fitting:
        left = f"; {len(seen)} match, and {action.id} is for none of them" if seen else ""
        raise UsageError(f"none {where} is chosen by {criteria!r}{left}")
    left = f"; {len(seen) - len(fitting)} left out: {action.id} is not for them"
    note = clean(f"{len(fitting)} {where} chosen{left if len(fitting) < len(seen) else ''}", 300)
    return Aim(fitting, (action,), _what(fitting), notes=(note,))


def _across(actions: Actions, listed: AcrossView) -> tuple[list[Action], list[_Seen]]:
    """What can be done to rows of several targets, and these: of each kind the same actions."""
    ids, hidden = _chosen(listed.table)
    places = [(listed.place_of(row_id), row_id in hidden) for row_id in ids]
    kinds = {probe.id.partition(".")[0]: probe for (_, probe, _), _ in places}
    known = [
        {each.id: each for each in actions.get(kind, {}).values() if probe.id in each.probes}
        for kind, probe in kinds.items()
    ]
    offered = [each for name, each in known[0].items() if all(name in one for one in known)]
    if not offered:
        raise UsageError(f"there is nothing to do to rows of {listed.pane.title}")
    pins = {pin for action in offered for pin in action.pins}
    seen: list[_Seen] = []
    for (target, probe, values), hides in places:
        row = values_of(probe.columns, values)
        name = called(probe, row, target)
        seen.append(_Seen(Thing(target, pins_of(probe, row, pins), name, hides), row))
    return offered, seen


def _named(offered: Sequence[Action], name: str) -> Action:
    """The action of that id, or of that verb where only one has it."""
    found = [each for each in offered if name in (each.id, each.id.partition(".")[2])]
    if len(found) == 1:
        return found[0]
    near = get_close_matches(name, [each.id for each in offered], n=1)
    hint = f"; did you mean {near[0]}?" if near else "; x lists what there is"
    raise UsageError(f"no action {name!r} here{hint}")


def _shared(actions: Actions, tab: TabView, seen: Sequence[_Seen]) -> list[Action]:
    """Actions that every kind among the targets has."""
    kinds = list(dict.fromkeys(tab.targets[one.thing.target].kind for one in seen))
    first, *others = [actions.get(kind, {}) for kind in kinds]
    return [each for each in first.values() if all(each.id in known for known in others)]


def _rows_of(tab: TabView, action: Action | None) -> str:
    """The probe whose rows are meant; empty when it is the target itself."""
    shown = tab.pane.pane.probes[0] if tab.table is not None else ""
    if action is None or shown in action.probes:
        return shown
    if not action.probes:
        return ""
    rows = " or ".join(action.probes)
    raise UsageError(f"{action.id} acts on rows of {rows}, which are not shown here")


def _selected(table: LiveTable | None) -> tuple[list[str], set[str]]:
    """Ids that are marked, in the order of the list, or that under the cursor; and the hidden."""
    if table is None:
        return [], set()
    if table.marked:
        shown = [row_id for row_id in table.data.order if row_id in table.marked]
        hidden = sorted(table.marked.difference(shown))
        return [*hidden, *shown], set(hidden)
    return ([table.cursor_id] if table.cursor_id is not None else []), set()


def _chosen(table: LiveTable | None) -> tuple[list[str], set[str]]:
    ids, hidden = _selected(table)
    if not ids:
        raise UsageError("nothing is selected: move the cursor to an object, or mark some")
    return ids, hidden


def values_of(columns: Iterable[Any], row: Sequence[Value] | None) -> dict[str, Value]:
    """A row by the keys of its columns."""
    return {head.key: value for head, value in zip(columns, row or (), strict=False)}


def _targets(tab: TabView) -> list[_Seen]:
    table = tab.fleet.table
    ids, hidden = _chosen(table)
    return [
        _Seen(Thing(each, (), _name(each, each), each in hidden), _row(table, each))
        for each in ids
        if each in tab.targets
    ]


def _row(table: LiveTable, row_id: str) -> dict[str, Value]:
    return values_of(table.data.columns, table.row(row_id))


def _itself(tab: TabView) -> _Seen:
    target: Target = tab.targets[tab.target]
    return _Seen(
        Thing(target.id, (), _name(target.id, target.id)), _row(tab.fleet.table, target.id)
    )


def _rows(tab: TabView, probe: Probe[Any], pins: set[str]) -> list[_Seen]:
    ids, hidden = _chosen(tab.table)
    return _described(tab, probe, pins, ids, hidden)


def _described(
    tab: TabView,
    probe: Probe[Any],
    pins: set[str],
    ids: Iterable[str],
    hidden: Collection[str] = frozenset(),
) -> list[_Seen]:
    """Objects as they are now, with what tells them from all others."""
    table = tab.table
    assert table is not None
    seen: list[_Seen] = []
    for row_id in ids:
        row = values_of(probe.columns, table.row(row_id))
        name = called(probe, row, tab.target)
        seen.append(
            _Seen(Thing(tab.target, pins_of(probe, row, pins), name, row_id in hidden), row)
        )
    return seen


def pins_of(probe: Probe[Any], row: Mapping[str, Value], wanted: set[str]) -> Pins:
    """What tells the row from all others: its key, and what its actions pin."""
    columns = [c.key for c in probe.columns if c.key in wanted or c.key in probe.key]
    first = [*probe.key, *(key for key in columns if key not in probe.key)]
    return tuple((key, _text(row[key])) for key in first if row.get(key) is not None)


def _text(value: Value) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def called(probe: Probe[Any], row: Mapping[str, Value], target: str) -> Clean:
    """What an operator calls a row: `nginx.service`, `postgres 4411`."""
    columns: dict[str, Column] = {column.key: column for column in probe.columns}
    if probe.named:
        parts = [_text(row.get(key)) for key in probe.named]
        return _name("/".join(part for part in parts if part), target)
    first = columns[probe.key[0]] if probe.key else None
    if first is None:
        return _name(target, target)
    value = _text(row.get(first.key))
    if first.quantity in (Quantity.TEXT, Quantity.STATE):
        return _name(value, f"{first.title} of {target}")
    said = _text(row["name"]) if row.get("name") else first.title
    return _name(f"{said} {value}", value)


def _name(text: str, fallback: str) -> Clean:
    """Something one can type: never empty, no space at its ends."""
    return clean(" ".join(text.split()) or " ".join(fallback.split()) or "unnamed", NAME)


def _what(things: Sequence[Thing]) -> Clean:
    first = things[0]
    if len(things) == 1:
        return clean(f"{first.name} on {first.target}" if first.pins else first.name, 200)
    places = {thing.target for thing in things}
    if not first.pins:
        return Clean(f"{len(things)} targets")
    where = first.target if len(places) == 1 else f"{len(places)} targets"
    return clean(f"{len(things)} objects on {where}", 200)
