"""Any kind of object as the server itself prints it: custom ones, too."""

import re
from collections.abc import Sequence
from urllib.parse import quote

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes.place import (
    Json,
    is_list,
    many,
    text,
    whole,
    with_query,
    within,
)
from opsconsole.domains.cloud.kubernetes.text.kinds import Answers, aligned, answered
from opsconsole.errors import Malformed, Refused
from opsconsole.plan import Thing
from opsconsole.spec import Arguments, Facts, Inquiry
from opsconsole.spec.inquiry import Reading

ROWS, CELL = 500, 200

_WORD = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


def _calls(thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Reading, ...]:
    pins = dict(thing.pins)
    resource, group, version = (pins.get(key, "") for key in ("resource", "group", "version"))
    words = [resource, version or "v1", *([group] if group else [])]
    if not all(_WORD.fullmatch(word) for word in words):
        raise Refused(f"{thing.target}: {thing.name} is no kind that can be listed", "unknown")
    head = f"/apis/{quote(group, safe='')}" if group else "/api"
    path = with_query(f"{head}/{words[1]}/{resource}", limit=ROWS)
    return (Reading(("GET", path, "", "table")),)


def _page(thing: Thing, answers: Answers) -> Sequence[Clean]:
    found = answered(thing, answers[0])
    if found.get("kind") != "Table":
        raise Malformed(f"{thing.target}: {thing.name}: the server prints no table of it")
    heads = many(found, "columnDefinitions")
    shown = [at for at, one in enumerate(heads) if not whole(one, "priority")]
    rows = many(found, "rows")[:ROWS]
    spaces = [text(within(one, "object", "metadata"), "namespace") for one in rows]
    titles = [text(heads[at], "name").upper() for at in shown]
    lines = [titles, *([_cell(one, at) for at in shown] for one in rows)]
    if any(spaces):
        lines = [[space, *line] for space, line in zip(["NAMESPACE", *spaces], lines, strict=True)]
    said = [clean(line, 4000) for line in aligned(lines)]
    return [*said, *_rest(found, len(rows))]


def _cell(row: Json, at: int) -> str:
    cells = row.get("cells")
    value = cells[at] if is_list(cells) and at < len(cells) else None
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else clean(str(value), CELL)


def _rest(found: Json, count: int) -> list[Clean]:
    meta = within(found, "metadata")
    if not count:
        return [Clean("there are none")]
    if not meta.get("continue"):
        return []
    left = whole(meta, "remainingItemCount")
    return [Clean(f"and {left or 'some'} more: the first {count} are shown")]


TABLE = Inquiry(
    id="kubernetes.table",
    title="Table",
    letter="t",
    about="All objects of a kind in all namespaces, as the server prints them: at most 500.",
    probes=("kubernetes.kind",),
    pins=("resource", "group", "version"),
    calls=_calls,
    page=_page,
)
