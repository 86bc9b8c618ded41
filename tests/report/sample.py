"""A document with one of each noun, every text in it given by the test."""

import math
from collections.abc import Callable

from opsconsole.clean import clean
from opsconsole.document import (
    Chart,
    Checks,
    Document,
    Facts,
    Field,
    Finding,
    Line,
    Mark,
    Paragraph,
    Section,
    Table,
)
from opsconsole.model import Level, Quantity

HOUR = 3600.0


def document(text: Callable[[], str] = lambda: "plain") -> Document:
    """All that a renderer can meet; `text` is called for each text."""
    finding = Finding(
        *("host.space", text(), text(), text(), Level.WARN, 93.25, Quantity.PERCENT),
        *(text(), text(), text(), (1.0, math.nan, 3.0)),
    )
    table = Table(
        (
            Field("state", text(), Quantity.STATE),
            Field("name", text()),
            Field("used_percent", text(), Quantity.PERCENT),
            Field("course", text()),
        ),
        (
            (Level.CRIT, clean(text()), 12.5, (1.0, 2.0)),
            (Level.OK, clean(text()), None, ()),
        ),
        text(),
    )
    line = Line(text(), ((0.0, 1.0), (HOUR, math.nan), (2 * HOUR, 3.0), (3 * HOUR, 2.0)))
    chart = Chart(
        *(text(), Quantity.PERCENT, 0.0, 4 * HOUR, (line, Line(text(), ()))),
        (Mark(text(), 80.0),),
    )
    inner = Section(text(), (Checks((finding,), text()), chart, Chart(text(), *chart_less())))
    return Document(
        *("test.all", text(), 4 * HOUR, 0.0, 4 * HOUR),
        (
            Paragraph(text()),
            Section(text(), (table, Table(table.fields, (), text(), text())), Level.CRIT),
            Section(text(), (inner, Paragraph(text(), Level.WARN)), Level.WARN),
            Section(text(), (Facts(((text(), text()),), text()),)),
        ),
        Level.CRIT,
    )


def chart_less() -> tuple[Quantity, float, float, tuple[Line, ...]]:
    """What a chart without any line is made of."""
    return Quantity.COUNT, 0.0, HOUR, ()
