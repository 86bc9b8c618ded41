"""Commands that lead to alerts, and that say who takes care of them."""

from screens.shell.command import Command

ALARM: tuple[Command, ...] = (
    Command(
        "worst",
        "Worst",
        "Go to the worst alert, where it is; again: to the next",
        "go_worst",
        keys=("exclamation_mark",),
        rank=14,
    ),
    Command(
        "alerts",
        "Alerts",
        "All alerts, worst first: Enter goes there, x acts, A acknowledges, S silences",
        "show_alerts",
        keys=("a",),
        takes="[FILTER]",
    ),
    Command(
        "ack",
        "Ack",
        "Take on the alerts of the marked or current objects; without words it asks",
        "acknowledge",
        keys=("A",),
        takes="[10m|8h] [NOTE]",
    ),
    Command("unack", "Unack", "Take acknowledgements back: it calls again", "unacknowledge"),
    Command(
        "silence",
        "Silence",
        "Call nobody for a while: target:web*, rule:host.disk-full, label:env=dev",
        "silence",
        takes="MATCH 2h REASON",
        completes="silence-matches",
    ),
    Command(
        "unsilence",
        "Unsilence",
        "End a silence; without an id it lists them",
        "unsilence",
        takes="[ID]",
        completes="silences",
    ),
)
