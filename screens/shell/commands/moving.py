"""Commands that move: through tabs, panes and targets, and out again."""

from screens.shell.command import Command

MOVING: tuple[Command, ...] = (
    Command(
        "help",
        "Help",
        "Keys and commands",
        "show_help",
        keys=("question_mark",),
        takes="[WORD]",
        rank=90,
    ),
    Command(
        "command",
        "Command",
        "Command line, with completion and history",
        "ask_command",
        keys=("colon",),
        rank=80,
    ),
    Command("tab", "Tab", "Show a tab", "go_tab", takes="NAME", completes="tabs"),
    Command("next-tab", "Next tab", "Next tab", "go_tab", keys=("L",), argument="+1"),
    Command("previous-tab", "Previous tab", "Previous tab", "go_tab", keys=("H",), argument="-1"),
    Command("go", "Go to", "g and a letter: to a tab; gg: top of the list", "ask_go", keys=("g",)),
    Command("pane", "Pane", "Focus a pane", "go_pane", takes="NAME", completes="panes"),
    Command(
        "next-pane", "Next pane", "Next pane", "go_pane", keys=("tab",), argument="+1", rank=30
    ),
    Command(
        "previous-pane",
        "Previous pane",
        "Previous pane",
        "go_pane",
        keys=("shift+tab",),
        argument="-1",
    ),
    Command(
        "target",
        "Target",
        "Open one target, or narrow the list to a pattern, group:NAME or label:key=value",
        "go_target",
        takes="PATTERN",
        completes="targets",
    ),
    Command(
        "host",
        "Host",
        "Open one host, or narrow the list: the same as :target",
        "go_target",
        takes="PATTERN",
        completes="targets",
    ),
    Command(
        "back",
        "Back",
        "Close menu, filter, zoom, then the target; never quits",
        "go_back",
        keys=("escape", "backspace", "ctrl+g"),
        rank=20,
    ),
    Command(
        "earlier",
        "Earlier view",
        "Back in what was looked at",
        "go_history",
        keys=("left_square_bracket", "alt+left"),
        argument="-1",
    ),
    Command(
        "later",
        "Later view",
        "Forward in what was looked at",
        "go_history",
        keys=("right_square_bracket", "alt+right"),
        argument="+1",
    ),
    Command(
        "close", "Close", "Close the pane; on the root asks whether to quit", "close", keys=("q",)
    ),
    Command(
        "quit",
        "Quit",
        "Ask whether to quit; `:quit now` does not ask",
        "quit",
        takes="[now]",
        completes="now|",
    ),
    Command(
        "cancel",
        "Cancel",
        "Cancel what runs; twice on the root asks whether to quit",
        "cancel",
        keys=("ctrl+c",),
    ),
)
