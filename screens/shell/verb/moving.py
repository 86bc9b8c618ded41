"""Verbs that move: between tabs, panes, targets, and out."""

from textual.events import Key

from opsconsole.clean import Clean, clean
from opsconsole.errors import UsageError
from screens.shell.ask import Ask
from screens.shell.tab import FLEET
from screens.shell.verb.base import Base

OVERLAY_S = 0.3
"""Seconds after `g` until the letters are shown."""


class Moving(Base):
    """Where one is."""

    awaiting_go = False
    """Whether the next key is the letter after `g`."""
    _cancelled_on_root = False

    def go_tab(self, argument: str) -> None:
        """Show the tab with that id, title or number; `+1` and `-1` step."""
        ids = [domain.id for domain in self.screen.scene.domains]
        if argument in ("+1", "-1"):
            wanted = ids[(ids.index(self.tab.domain.id) + int(argument)) % len(ids)]
        elif argument.isdigit() and 0 < int(argument) <= len(ids):
            wanted = ids[int(argument) - 1]
        elif argument.lower() in ids:
            wanted = argument.lower()
        else:
            raise UsageError(f"no tab {argument!r}; there are {', '.join(ids)}")
        if wanted == self.tab.domain.id:
            self.say(f"{self.tab.domain.title} is the tab shown")
        self.screen.show_tab(wanted)

    def go_pane(self, argument: str) -> None:
        """Focus the pane with that name; `+1` and `-1` step; among lists, show one of them."""
        detail = self.tab.detail
        if not self.tab.target:
            self._go_list(argument)
            return
        if argument in ("+1", "-1"):
            detail.step(int(argument))
        elif argument in detail.panes:
            detail.focus_pane(argument)
        else:
            raise UsageError(f"no pane {argument!r}; there are {', '.join(detail.panes)}")

    def _go_list(self, argument: str) -> None:
        lists = self.tab.lists
        if len(lists) == 1:
            raise UsageError("panes belong to one target: open one with Enter or :target NAME")
        if argument in ("+1", "-1"):
            self.tab.step_list(int(argument))
        else:
            self.go_list(argument)

    def go_list(self, argument: str) -> None:
        """Show the list of targets, or that of the rows of all of them; empty shows the next."""
        lists = self.tab.lists
        if not argument:
            self.tab.step_list(1)
        elif argument in lists:
            self.tab.list_rows(argument)
        else:
            raise UsageError(f"no list {argument!r}; there are {', '.join(lists)}")

    def go_target(self, argument: str) -> None:
        """Open one target's panes; a pattern narrows the list instead."""
        if not argument:
            self.tab.open(FLEET)
            return
        known = self.tab.targets
        chosen = [target for target in self.console.select(argument) if target.id in known]
        if not chosen:
            raise UsageError(f"{argument!r} names no target of this tab")
        if len(chosen) == 1:
            self.tab.open(chosen[0].id)
            return
        self.tab.open(FLEET)
        self.tab.fleet.narrow({target.id for target in chosen}, clean(argument))

    def go_back(self, argument: str) -> None:
        """Close what is open: filter, zoom, target. Never quits."""
        del argument
        if not self.tab.back():
            self.say("nothing to go back to; q or :quit leaves the console")

    def go_owner(self, argument: str) -> None:
        """Go to what the row under the cursor belongs to."""
        del argument
        if not self.tab.target:
            raise UsageError("that is for rows of one target: Enter opens it")
        if not self.tab.drills.go(self.tab.detail, up=True):
            raise UsageError("nothing is known that this belongs to")

    def go_history(self, argument: str) -> None:
        """Step through what was looked at."""
        if not self.tab.step(int(argument)):
            self.say(f"nothing was looked at {'earlier' if argument == '-1' else 'later'}")

    def close(self, argument: str) -> None:
        """As back; on the root it asks whether to quit."""
        if not self.tab.back():
            self.quit(argument)

    def quit(self, argument: str) -> None:
        """Ask whether to quit; `now` does not ask."""
        if argument == "now":
            self.app.exit()
            return
        question = Ask(
            _leaving(self.feed.runs.under_way),
            yes=Clean("leave"),
            no=Clean("stay"),
        )
        self.app.push_screen(question, lambda leave: self.app.exit() if leave else None)

    def cancel(self, argument: str) -> None:
        """Cancel what runs; twice on the root asks whether to quit."""
        if self.tab.back():
            self._cancelled_on_root = False
        elif (running := self.feed.runs.newest_under_way) and self.console.flow:
            self.console.flow.watch(running)
        elif self._cancelled_on_root:
            self._cancelled_on_root = False
            self.quit(argument)
        else:
            self._cancelled_on_root = True
            self.say("nothing runs; once more asks whether to quit")

    def ask_go(self, argument: str) -> None:
        """Wait for the letter of a tab; show the letters when it does not come."""
        del argument
        self.awaiting_go = True
        self.screen.set_timer(OVERLAY_S, self._show_letters)

    def _show_letters(self) -> None:
        if self.awaiting_go:
            letters = [f"{domain.key} {domain.title}" for domain in self.screen.scene.domains]
            self.say("g: " + "   ".join(["g top of the list", *letters]))

    def go_letter(self, event: Key) -> None:
        """The key after `g`."""
        self.awaiting_go = False
        self.say("")
        for domain in self.screen.scene.domains:
            if domain.key == event.key:
                self.screen.show_tab(domain.id)
                return
        if event.key == "g" and self.tab.table is not None:
            self.tab.table.action_top()
        elif event.key not in ("g", "escape"):
            self.say(f"no tab on {clean(event.character or event.key)}")


def _leaving(running: int) -> Clean:
    if not running:
        return Clean("Leave the console? Nothing is left running on any target.")
    what = "1 action runs; it goes on and is"
    if running > 1:
        what = f"{running} actions run; they go on and are"
    return Clean(f"Leave the console? {what} written down.")
