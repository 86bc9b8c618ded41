"""Commands that show what is over."""

from screens.shell.command import Command

REPLAYING: tuple[Command, ...] = (
    Command(
        "at",
        "At",
        "Show the whole console as it was: 02:13, yesterday 02:13, -15m; now is live again",
        "go_at",
        takes="TIME",
        completes="now|-5m|-15m|-1h|yesterday",
    ),
    Command(
        "replay",
        "Replay",
        "Replay on or off: where you were last, or this very moment",
        "toggle_replay",
        keys=("R",),
    ),
    Command(
        "step",
        "Step",
        "In a replay: back or on by a time; [ and ] step 10 s",
        "step_replay",
        takes="[-]10s",
    ),
    Command(
        "play",
        "Play",
        "In a replay: let time pass, so many times as fast; 0 or P stands still",
        "play_replay",
        takes="[SPEED]",
        completes="1|10|60|600|0",
    ),
)
