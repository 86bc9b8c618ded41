"""Columns in short."""

from opsconsole.model import Column, Limits, Quantity


def column(
    key: str,
    title: str,
    source: str,
    quantity: Quantity = Quantity.TEXT,
    limits: Limits | None = None,
) -> Column:
    """A column whose recent values are not kept."""
    return Column(key, title, quantity, source, limits)


def course(
    key: str, title: str, source: str, quantity: Quantity, limits: Limits | None = None
) -> Column:
    """A column whose recent values are kept for plots."""
    return Column(key, title, quantity, source, limits, history=True)
