"""The store: newest sample per probe and target, what is fresh, and a bounded recent history."""

from opsconsole.store.newest import Pair, Standing, Store
from opsconsole.store.tally import Course

__all__ = ["Course", "Pair", "Standing", "Store"]
