"""Commands that look back, and from an object to its relatives."""

from screens.shell.command import Command, Need

RECALLING: tuple[Command, ...] = (
    Command(
        "timeline",
        "Timeline",
        "What happened, on one axis, and what probably came first: of the target shown, or of all",
        "show_timeline",
        keys=("i",),
        takes="[TARGET|all] [30m|02:13]",
        completes="timelines",
        rank=45,
    ),
    Command(
        "pivot",
        "Relatives",
        "What the object stands on, what stands on it, its neighbours; Enter goes there",
        "show_relatives",
        keys=("p",),
        takes="[TARGET]",
        completes="everyone",
    ),
    Command(
        "dark",
        "Dark",
        "What goes dark, in order and when, without the UPS shown or named; in a list, without all",
        "show_dark",
        takes="[TARGET]",
        completes="everyone",
    ),
    Command(
        "changes",
        "Changes",
        "What changed: packages, kernel parameters, files, accounts, listeners, deployments, deeds",
        "show_changes",
        keys=("D",),
        takes="[TARGET] [24h|02:13]",
        completes="everyone",
    ),
    Command(
        "growth",
        "Growth",
        "How much each row of the list grew a day since it was recorded first",
        "show_growth",
        need=Need.TABLE,
        takes="[COLUMN]",
        completes="columns",
    ),
)
