"""A document as Markdown: readable as it stands, and whatever text is in it stays text."""

import math
import re
from collections.abc import Iterator

from opsconsole.document import (
    WORDS,
    Block,
    Chart,
    Checks,
    Document,
    Facts,
    Field,
    Line,
    Paragraph,
    Section,
    Table,
)
from opsconsole.report.layout import NUMBERS, harmless, headlines, spark, tabled, told
from opsconsole.spelling import spelled, when

_SPECIAL = re.compile(r"[\\`*\[\]|~$]|<")
_ENTITY = re.compile(r"&(?=#?[a-zA-Z0-9]+;)")
_EMPHASIS = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_LINK = re.compile(
    r"(?<=[a-zA-Z]):(?=//)|(?<=www)\.(?=\S)|@|(?<=mailto):|(?<=xmpp):", re.IGNORECASE
)
_LEADING = re.compile(r"^(\s*)([-+>#=]|\d+(?=[.)]))")
_NAME_WIDTH = 24


def as_markdown(document: Document) -> str:
    """The whole document; tables as GitHub and most others read them, charts as lines of blocks."""
    lines = [f"# {_line(document.title)}", ""]
    lines += [f"- {name}: {_text(text)}" for name, text in headlines(document)]
    lines.append("")
    for block in document.blocks:
        lines += _block(block, 2)
    return "\n".join(lines).rstrip("\n") + "\n"


def _block(block: Block, depth: int) -> Iterator[str]:
    match block:
        case Section():
            level = "" if block.level is None else f" ({WORDS[block.level]})"
            yield from (f"{'#' * min(depth, 6)} {_line(block.title)}{level}", "")
            for part in block.blocks:
                yield from _block(part, depth + 1)
        case Paragraph():
            mark = "" if block.level is None else f"**{WORDS[block.level]}**: "
            yield from (mark + (_text if mark else _line)(block.text), "")
        case Table():
            yield from _table(block)
        case Chart():
            yield from _chart(block)
        case Checks():
            yield from _table(tabled(block))
        case Facts():
            yield from _title(block.title)
            yield from (f"- {_line(name)}: {_text(text)}" for name, text in block.items)
            yield ""


def _table(table: Table) -> Iterator[str]:
    yield from _title(table.title)
    if not table.rows:
        yield from (_line(table.empty), "")
        return
    yield _row([_text(field.title) for field in table.fields])
    yield _row(["---:" if field.quantity in NUMBERS else "---" for field in table.fields])
    for row in table.rows:
        yield _row([_cell(field, cell) for field, cell in zip(table.fields, row, strict=True)])
    yield ""


def _cell(field: Field, cell: object) -> str:
    return _text(told(field, cell))  # type: ignore[arg-type]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _title(title: str) -> Iterator[str]:
    if title:
        yield from (f"**{_text(title)}**" if _text(title) else "", "")


def _chart(chart: Chart) -> Iterator[str]:
    yield from _title(chart.title)
    if not chart.lines:
        yield from ("No data.", "")
        return
    yield "```text"
    width = min(_NAME_WIDTH, max(len(harmless(line.name)) for line in chart.lines))
    for line in chart.lines:
        yield _drawn(chart, line, width)
    marks = ", ".join(f"{m.name} {spelled(chart.quantity, m.value)}" for m in chart.marks)
    yield _fenced(f"{when(chart.since)} to {when(chart.until)}" + (f"; {marks}" if marks else ""))
    yield from ("```", "")


def _drawn(chart: Chart, line: Line, width: int) -> str:
    values = [value for _, value in line.points]
    known = [value for value in values if math.isfinite(value)]
    name = f"{_fenced(line.name)[:width]:{width}}"
    if not known:
        return f"{name}  no data"
    low, high, last = (spelled(chart.quantity, one) for one in (min(known), max(known), known[-1]))
    return f"{name}  {spark(values, 56)}  {low} to {high}, last {last}"


def _fenced(text: str) -> str:
    """Text inside a fence: nothing in it can close the fence."""
    return harmless(text).replace("`", "'").replace("~~~", "---")


def _text(text: str) -> str:
    """Text as text: no markup, no HTML, no link, no end of a cell."""
    safe = _ENTITY.sub("&amp;", harmless(text))
    safe = _SPECIAL.sub(lambda found: "&lt;" if found[0] == "<" else f"\\{found[0]}", safe)
    safe = _EMPHASIS.sub(r"\\_", safe)
    return _LINK.sub(lambda found: f"\\{found[0]}", safe).strip()


def _line(text: str) -> str:
    """The same at the beginning of a line, where more characters mean something."""
    safe = _text(text)
    found = _LEADING.match(safe)
    if found is None:
        return safe
    if found[2].isdigit():
        return f"{safe[: found.end()]}\\{safe[found.end() :]}"
    return f"\\{safe}"
