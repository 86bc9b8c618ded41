"""Commands that change how the screen shows what is there."""

from screens.shell.command import Command

SHOWING: tuple[Command, ...] = (
    Command(
        "pause",
        "Pause",
        "Freeze the screen; data is still collected",
        "pause",
        keys=("P",),
        takes="[on|off]",
        completes="on|off",
        rank=60,
    ),
    Command(
        "refresh",
        "Refresh",
        "Ask the targets on screen again now",
        "refresh_now",
        keys=("r",),
        rank=65,
    ),
    Command("repaint", "Repaint", "Send the whole screen again", "repaint", keys=("ctrl+l",)),
    Command("zoom", "Zoom", "Give the focused pane the whole room", "zoom", keys=("z",), rank=40),
)
