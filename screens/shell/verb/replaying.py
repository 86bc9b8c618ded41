"""Verbs of replay: go to a moment, step, play, and back to what is live."""

from opsconsole.errors import UsageError
from opsconsole.moment import duration
from screens.shell.replay.scrub import STEP_S
from screens.shell.verb.moving import Moving


class Replaying(Moving):
    """What one does in time; some keys mean it only while the console shows what is over."""

    def go_at(self, argument: str) -> None:
        """Show the console as it was at a moment."""
        if not argument:
            raise UsageError("at which time? :at 02:13, :at yesterday 02:13, :at -15m, :at now")
        self.console.replay.go_to(argument)

    def toggle_replay(self, argument: str) -> None:
        """Replay on or off."""
        del argument
        self.console.replay.toggle()

    def step_replay(self, argument: str) -> None:
        """Back or on by a time."""
        words = argument.removeprefix("+") or f"{STEP_S:g}s"
        back = words.startswith("-")
        seconds = duration(words.removeprefix("-"))
        self.console.replay.step(-seconds if back else seconds)

    def play_replay(self, argument: str) -> None:
        """Let time pass; without a speed at its own pace."""
        try:
            speed = float(argument.removeprefix("x") or "1")
        except ValueError:
            raise UsageError(f"{argument!r} is no speed; :play 10 is ten times as fast") from None
        self.console.replay.play(speed)

    def go_back(self, argument: str) -> None:
        """To what is live, when that is not what is shown; then as ever."""
        replay = self.console.replay
        if replay.on and not replay.alone:
            replay.leave()
        else:
            super().go_back(argument)

    def go_history(self, argument: str) -> None:
        """In a replay, step in time; otherwise through what was looked at."""
        replay = self.console.replay
        if replay.on:
            replay.step(-STEP_S if argument.startswith("-") else STEP_S)
        else:
            super().go_history(argument)

    def cancel(self, argument: str) -> None:
        """To what is live first: what runs is cancelled there."""
        replay = self.console.replay
        if replay.on and not replay.alone:
            replay.leave()
        else:
            super().cancel(argument)
