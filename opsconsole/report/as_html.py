"""A document as one HTML file: no script, nothing fetched, fit for screen, paper and a reader."""

from collections.abc import Iterator, Mapping
from importlib import resources

from opsconsole.document import (
    WORDS,
    Block,
    Cell,
    Chart,
    Checks,
    Document,
    Facts,
    Field,
    Paragraph,
    Section,
    Table,
)
from opsconsole.model import Level
from opsconsole.report.layout import NUMBERS, headlines, tabled, told
from opsconsole.report.svg import figure, quoted, sparkline

_SIGNS = {Level.OK: "✓", Level.UNKNOWN: "?", Level.WARN: "▲", Level.CRIT: "✗"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may do with it: draw. Whatever slipped in could fetch and run nothing."""


def as_html(document: Document) -> str:
    """The whole document."""
    title = quoted(document.title)
    style = resources.files(__name__.rpartition(".")[0]).joinpath("report.css").read_text("utf-8")
    facts = "".join(
        _fact(name, _worst(document) if name == "Worst" else quoted(text))
        for name, text in headlines(document)
    )
    body = "".join(
        part
        for place, block in enumerate(document.blocks)
        for part in _block(block, 2, f' id="s{place}"')
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>\n{style}</style></head>\n"
        f'<body><main><header><h1>{title}</h1><dl class="head">{facts}</dl></header>\n'
        f"{_contents(document)}{body}</main></body></html>\n"
    )


def _fact(name: str, text: str) -> str:
    """Name and text, both harmless by now."""
    return f"<div><dt>{name}</dt><dd>{text}</dd></div>"


def _worst(document: Document) -> str:
    return "" if document.level is None else _badge(document.level)


def _contents(document: Document) -> str:
    """Links to the sections, where there are enough to lose oneself."""
    titles = [
        (place, block.title)
        for place, block in enumerate(document.blocks)
        if isinstance(block, Section)
    ]
    if len(titles) < 3:
        return ""
    links = "".join(f'<li><a href="#s{place}">{quoted(title)}</a></li>' for place, title in titles)
    return f'<nav aria-label="Contents"><ol>{links}</ol></nav>\n'


def _badge(level: Level, words: Mapping[Level, str] = WORDS) -> str:
    """A level as a sign and a word: its colour says nothing that they do not."""
    sign = f'<span aria-hidden="true">{_SIGNS[level]}</span>'
    return f'<span class="badge {WORDS[level]}">{sign} {quoted(words[level])}</span>'


def _block(block: Block, depth: int, anchor: str = "") -> Iterator[str]:
    match block:
        case Section():
            rank = min(depth, 6)
            level = "" if block.level is None else " " + _badge(block.level)
            yield f"<section{anchor}><h{rank}>{quoted(block.title)}{level}</h{rank}>\n"
            for part in block.blocks:
                yield from _block(part, depth + 1)
            yield "</section>\n"
        case Paragraph():
            mark = "" if block.level is None else _badge(block.level) + " "
            yield f"<p>{mark}{quoted(block.text)}</p>\n"
        case Table():
            yield _table(block)
        case Chart():
            yield figure(block) + "\n"
        case Checks():
            yield _table(tabled(block))
        case Facts():
            yield _facts(block)


def _facts(facts: Facts) -> str:
    title = f"<p><strong>{quoted(facts.title)}</strong></p>" if facts.title else ""
    items = "".join(_fact(quoted(name), quoted(text)) for name, text in facts.items)
    return f"{title}<dl>{items}</dl>\n"


def _table(table: Table) -> str:
    caption = f"<caption>{quoted(table.title)}</caption>" if table.title else ""
    if not table.rows:
        title = f"<strong>{quoted(table.title)}</strong>: " if table.title else ""
        return f'<p class="none">{title}{quoted(table.empty)}</p>\n'
    name = table.title or ", ".join(field.title for field in table.fields)
    head = "".join(
        f'<th scope="col"{_side(field)}>{quoted(field.title)}</th>' for field in table.fields
    )
    rows = "".join(
        f"<tr>{''.join(_cell(f, c) for f, c in zip(table.fields, row, strict=True))}</tr>\n"
        for row in table.rows
    )
    return (
        f'<div class="wide" role="region" aria-label="{quoted(name)}" tabindex="0"><table>{caption}'
        f"<thead><tr>{head}</tr></thead>\n"
        f"<tbody>{rows}</tbody></table></div>\n"
    )


def _side(field: Field) -> str:
    return ' class="n"' if field.quantity in NUMBERS else ""


def _cell(field: Field, cell: Cell) -> str:
    if isinstance(cell, Level):
        return f"<td>{_badge(cell, field.words)}</td>"
    if isinstance(cell, tuple):
        return f"<td>{sparkline(cell)}</td>"
    return f"<td{_side(field)}>{quoted(told(field, cell))}</td>"
