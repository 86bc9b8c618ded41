"""Traps and informs that come by SNMP, and who sends them."""

from opsconsole.spec import Board, Face, Pane, View

_SUMMARY = "traps.summary"

FACE = Face(
    kind="traps",
    overview=Pane(
        id="system.traps",
        title="Receivers of traps",
        probes=(_SUMMARY,),
        view=View.FLEET,
        columns=(
            "state",
            "recent",
            "why",
            "traps",
            "informs",
            "last_trap",
            "last",
            "refused",
            "why_refused",
            "senders",
            "flooded",
            "since",
        ),
        trends=("recent",),
    ),
    detail=(
        Pane(
            id="system.traps-traps",
            title="Traps",
            probes=("traps.trap",),
            columns=(
                "at",
                "source",
                "target",
                "trap",
                "judged",
                "object",
                "said",
                "kind",
                "version",
                "user",
                "uptime_s",
            ),
        ),
        Pane(
            id="system.traps-senders",
            title="Senders",
            probes=("traps.sender",),
            columns=("source", "target", "believed", "refused", "at", "why"),
        ),
        Pane(
            id="system.traps-counts",
            title="In numbers",
            probes=(_SUMMARY,),
            view=View.FACTS,
        ),
    ),
    headline=((_SUMMARY, "last_trap"),),
    boards=(
        Board(0, 0, (("2fr", "traps-traps"), ("1fr", "*"))),
        Board(100, 30, (("3fr", "traps-traps traps-traps"), ("1fr", "traps-senders traps-counts"))),
    ),
)
