"""The keys that are valid now, on one line; Textual's own footer leaks with every change."""

from collections.abc import Sequence
from typing import ClassVar, cast

from rich.cells import cell_len
from textual.app import App
from textual.events import Click, Resize
from textual.screen import Screen
from textual.signal import Signal

from widgets.oneline import OneLine, Part


class KeyBar(OneLine):
    """Reads the screen's active bindings whenever they change; a click presses the key.

    `order` names binding ids, the most important first; others follow as they are found. What
    does not fit is left out from the end, `keep` last of all.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--off"}
    DEFAULT_CSS = """
    KeyBar {
        & > .keys--key { text-style: bold; color: $primary; background: $panel; }
        & > .keys--off { text-style: dim; }
    }
    """

    def __init__(
        self,
        order: Sequence[str] = (),
        *,
        keep: str = "app.help",
        id: str | None = None,  # noqa: A002 - Textual's name for it
    ) -> None:
        super().__init__(id=id)
        self._rank = {binding_id: rank for rank, binding_id in enumerate(order)}
        self._keep = keep
        self._hints: list[tuple[str, list[Part]]] = []

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        # The signal's own type leaves the screen's result open.
        signal = cast("Signal[Screen[object]]", self.screen.bindings_updated_signal)  # pyright: ignore[reportUnknownMemberType]
        signal.subscribe(self, lambda _screen: self.sync())

    def on_resize(self, event: Resize) -> None:
        """Another width has room for more or fewer keys."""
        del event
        self.sync()

    def sync(self) -> None:
        """Read what is bound now and show as much of it as fits."""
        if not self.is_attached:
            return
        hints: dict[str, tuple[str, list[Part]]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            name = binding.id or binding.action
            if not binding.show or name in hints:
                continue
            look = "keys--key" if active.enabled else "keys--off"
            key = self._host.get_key_display(binding)
            parts = [
                Part(f" {key}", look, binding.key),
                Part(f" {binding.description} ", "" if active.enabled else look, binding.key),
            ]
            hints[name] = name, parts
        last = len(self._rank)
        ordered = sorted(hints.values(), key=lambda hint: self._rank.get(hint[0], last))
        self.show([part for _, parts in self._fitting(ordered) for part in parts])

    def _fitting(self, hints: list[tuple[str, list[Part]]]) -> list[tuple[str, list[Part]]]:
        room = self.size.width
        kept = list(hints)
        while kept and sum(_width(parts) for _, parts in kept) > room:
            dropped = next(
                (at for at in reversed(range(len(kept))) if kept[at][0] != self._keep), None
            )
            if dropped is None:
                break
            del kept[dropped]
        return kept

    @property
    def _host(self) -> App[object]:
        return cast("App[object]", self.app)  # pyright: ignore[reportUnknownMemberType]

    def on_click(self, event: Click) -> None:
        """Press the key that stands there."""
        if key := self.target_at(event.x):
            self._host.simulate_key(key)


def _width(parts: list[Part]) -> int:
    return sum(cell_len(part.text) for part in parts)
