"""A document as JSON, for programs: the schema that docs/reports.md describes, with a version."""

import json
import math
from collections.abc import Callable, Mapping

from opsconsole import __version__
from opsconsole.document import (
    WORDS,
    Block,
    Cell,
    Chart,
    Checks,
    Document,
    Facts,
    Finding,
    Paragraph,
    Section,
    Table,
)
from opsconsole.model import Level
from opsconsole.report.layout import harmless, instant

SCHEMA = "opsconsole-report/1"
"""Changes when something in the schema is taken away or means something else."""

Plain = dict[str, object]


def as_json(document: Document) -> str:
    """The whole document, in pure ASCII; numbers keep their type, unknown is null."""
    whole: Plain = {
        "schema": SCHEMA,
        "report": harmless(document.report),
        "title": harmless(document.title),
        "made": instant(document.made),
        "by": f"opsconsole {__version__}",
        "since": instant(document.since),
        "until": instant(document.until),
        "level": _level(document.level),
        "blocks": [_block(block) for block in document.blocks],
    }
    return json.dumps(whole, indent=2, allow_nan=False).replace("\x7f", "\\u007f") + "\n"


def _level(level: Level | None) -> str | None:
    return None if level is None else WORDS[level]


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _cell(cell: Cell, words: Mapping[Level, str] = WORDS) -> object:
    match cell:
        case Level():
            return words[cell]
        case tuple():
            return [_number(value) for value in cell]
        case str():
            return harmless(cell)
        case float():
            return _number(cell)
        case _:
            return cell


def _section(block: Section) -> Plain:
    return {
        "title": harmless(block.title),
        "level": _level(block.level),
        "blocks": [_block(part) for part in block.blocks],
    }


def _paragraph(block: Paragraph) -> Plain:
    return {"text": harmless(block.text), "level": _level(block.level)}


def _table(block: Table) -> Plain:
    return {
        "title": harmless(block.title),
        "fields": [
            {"key": field.key, "title": harmless(field.title), "unit": field.quantity.value}
            for field in block.fields
        ],
        "rows": [
            {
                field.key: _cell(cell, field.words)
                for field, cell in zip(block.fields, row, strict=True)
            }
            for row in block.rows
        ],
    }


def _chart(block: Chart) -> Plain:
    return {
        "title": harmless(block.title),
        "unit": block.quantity.value,
        "since": instant(block.since),
        "until": instant(block.until),
        "lines": [
            {
                "name": harmless(line.name),
                "points": [[_number(at), _number(value)] for at, value in line.points],
            }
            for line in block.lines
        ],
        "marks": [
            {"name": harmless(mark.name), "value": _number(mark.value), "level": WORDS[mark.level]}
            for mark in block.marks
        ],
    }


def _checks(block: Checks) -> Plain:
    return {
        "title": harmless(block.title),
        "counts": {word: block.count(level) for level, word in WORDS.items()},
        "findings": [_finding(finding) for finding in block.findings],
    }


def _finding(finding: Finding) -> Plain:
    return {
        "check": harmless(finding.check),
        "title": harmless(finding.title),
        "target": harmless(finding.target),
        "object": harmless(finding.object),
        "level": WORDS[finding.level],
        "value": _cell(finding.value),
        "unit": finding.quantity.value,
        "limit": harmless(finding.limit),
        "message": harmless(finding.message),
        "todo": harmless(finding.todo),
        "course": _cell(finding.course),
    }


def _facts(block: Facts) -> Plain:
    return {
        "title": harmless(block.title),
        "items": [{"name": harmless(name), "text": harmless(text)} for name, text in block.items],
    }


_MAKERS: Mapping[type, tuple[str, Callable[..., Plain]]] = {
    Section: ("section", _section),
    Paragraph: ("paragraph", _paragraph),
    Table: ("table", _table),
    Chart: ("chart", _chart),
    Checks: ("checks", _checks),
    Facts: ("facts", _facts),
}


def _block(block: Block) -> Plain:
    name, make = _MAKERS[type(block)]
    return {"type": name, **make(block)}
