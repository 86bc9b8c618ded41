"""Draws of the widgets on a screen only those that changed, and of these only the lines that did.

Textual draws all that stands within the rectangle around everything that changed: one figure at the
top and one at the bottom cost the whole screen, with every container behind it.
"""

from collections.abc import Iterable

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip


class FrugalCompositor(Compositor):
    """For a screen whose widgets fill all cells they stand on, as Textual's do."""

    def __init__(self) -> None:
        super().__init__()
        self._changed: list[Region] = []
        """What a partial update is about, while it is made."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """What changed since the last update; None when nothing did."""
        self._changed = [*self._dirty_regions]
        try:
            return super().render_partial_update()
        finally:
            self._changed = []

    def _get_renders(
        self, crop: Region | None = None
    ) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Region, clip and lines of each widget that has to be drawn, the foremost first."""
        if not self._changed or crop is None:
            yield from super()._get_renders(crop)
            return
        open_ = self._changed
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            hit = [one for one in open_ if seen.overlaps(one)]
            if not hit:
                continue
            top = max(seen.y, min(one.y for one in hit))
            bottom = min(seen.bottom, max(one.bottom for one in hit))
            part = Region(seen.x, top, seen.width, bottom - top)
            yield region, part, widget.render_lines(part.translate(-region.offset))
            # Whoever stands before it hides all that is behind.
            open_ = [one for one in open_ if not seen.contains_region(one)]
            if not open_:
                return
