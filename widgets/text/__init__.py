"""A long text to read: a log that grows, a definition; searched, filtered, followed."""

from widgets.text.dress import Dress
from widgets.text.lines import Lines, TextLine
from widgets.text.view import TextView

__all__ = ["Dress", "Lines", "TextLine", "TextView"]
"""The widget, what it holds, and how a line looks."""
