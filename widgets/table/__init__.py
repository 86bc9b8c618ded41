"""The live table: objects by id, drawn by lines, under a cursor that stays with its object."""

from widgets.table.keys import LiveTable
from widgets.table.layout import Head, SparkColumn
from widgets.table.paint import Trend
from widgets.table.rows import WORST

__all__ = ["WORST", "Head", "LiveTable", "SparkColumn", "Trend"]
