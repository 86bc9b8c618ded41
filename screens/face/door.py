"""Access controllers: each in one line, its doors, the end of its log."""

from opsconsole.spec import Board, Face, Pane, View

FACE = Face(
    kind="door",
    overview=Pane(
        id="lowvoltage.door",
        title="Access controllers",
        probes=("door.health",),
        view=View.FLEET,
        columns=("state", "worst_state", "where", "why", "doors", "open", "forced", "held",
                 "tampers", "offline", "drift_s", "power"),
    ),
    detail=(
        Pane(
            id="lowvoltage.door-doors",
            title="Doors",
            probes=("door.door",),
            columns=("name", "door", "state", "open_s", "lock", "contact", "mode", "reader",
                     "readers", "tamper", "since", "forced_at", "held_at"),
            sort="-open_s",
        ),
        Pane(
            id="lowvoltage.door-log",
            title="Log",
            probes=("door.event",),
            columns=("at", "level", "event", "door", "who", "card", "reader", "code"),
            sort="-at",
        ),
        Pane(
            id="lowvoltage.door-facts",
            title="Controller",
            probes=("door.health",),
            view=View.FACTS,
        ),
    ),
    headline=(("door.health", "worst_state"), ("door.health", "model")),
    boards=(
        Board(0, 0, (("1fr", "door-doors"), ("1fr", "*"))),
        Board(120, 34, (("1fr", "door-doors door-doors door-facts"), ("1fr", "*"))),
    ),
)  # fmt: skip
