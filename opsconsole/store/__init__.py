"""The store: newest sample per probe and target, what is fresh, and a bounded recent history."""

from opsconsole.store.newest import Pair, Standing, Store

__all__ = ["Pair", "Standing", "Store"]
