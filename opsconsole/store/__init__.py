"""The store: newest rows per probe and target, what is fresh, and a bounded recent history."""

from opsconsole.store.listed import Changes
from opsconsole.store.newest import Pair, Standing, Store
from opsconsole.store.tally import Course

__all__ = ["Changes", "Course", "Pair", "Standing", "Store"]
