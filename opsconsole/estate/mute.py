"""`[[mute]]`: a check of reports that somebody answers for, with who, why and until when."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from opsconsole.check import Mute
from opsconsole.clean import clean
from opsconsole.estate.custom import LINE
from opsconsole.estate.table import Form, Table, shown

KEYS = ("check", "targets", "object", "who", "why", "until")
NEEDED = ("check", "who", "why", "until")
_CHECK = Form(re.compile(r"[a-z][a-z0-9.*?-]{0,79}"), "the id of a check, or a pattern of ids")
_UNTIL = "a date or a moment: 2026-12-31, 2026-12-31T18:00:00Z"


def read_mutes(root: Table) -> Iterator[Mute]:
    """Read all of a file; what is wrong goes to its list of problems."""
    for table in root.each("mute"):
        if (mute := _mute(table)) is not None:
            yield mute


def _mute(table: Table) -> Mute | None:
    before = len(table.problems)
    table.only(KEYS)
    for key in NEEDED:
        if key not in table.items:
            table.wrong(key, "nothing", "it is needed: what is muted is answered for")
    check, who, why = table.text("check", _CHECK), table.text("who", LINE), table.text("why", LINE)
    until = _moment(table)
    thing = table.text("object", LINE)
    targets = table.texts("targets")
    if len(table.problems) > before:
        return None
    return Mute(
        check or "", targets, clean(thing or "*"), clean(who or ""), clean(why or ""), until or 0.0
    )


def _moment(table: Table) -> float | None:
    """Unix time; a day is meant to its end. Without a zone it is UTC, as in reports."""
    value = table.items.get("until")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
        except ValueError:
            value = None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time.max, UTC)
    if not isinstance(value, datetime):
        if "until" in table.items:
            table.wrong("until", shown(table.items["until"]), _UNTIL)
        return None
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
