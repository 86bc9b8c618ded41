"""Commands that take text away, and that suit the console to its terminal."""

from screens.shell.command import Command

TAKING: tuple[Command, ...] = (
    Command(
        "yank",
        "Yank",
        "Copy to the clipboard, through the terminal over SSH",
        "yank",
        keys=("y",),
        takes="[cell|row|id|pane]",
        completes="cell|row|id|pane",
        rank=55,
    ),
    Command(
        "dump",
        "Plain text",
        "Print the pane as plain text, to select with the terminal",
        "dump",
        keys=("T",),
    ),
    Command(
        "mouse",
        "Mouse",
        "Let go of the mouse, or take it",
        "mouse",
        keys=("M",),
        takes="[on|off]",
        completes="on|off",
    ),
    Command("cost", "Cost", "What watching each target costs", "show_cost"),
    Command(
        "theme", "Theme", "Change the palette", "choose_theme", takes="NAME", completes="themes"
    ),
    Command(
        "link",
        "Link",
        "Set the link profile",
        "choose_link",
        takes="lan|wan|thin|auto",
        completes="lan|wan|thin|auto",
    ),
)
