"""Network UPS Tools: the UPS of a server, what they measure, what can be set and done."""

from opsconsole.spec import Board, Drill, Face, Pane, Series, View

FACE = Face(
    kind="nut",
    overview=Pane(
        id="lowvoltage.nut",
        title="UPS servers",
        probes=("nut.power", "nut.summary"),
        view=View.FLEET,
        columns=("state", "mode", "charge_percent", "runtime_s", "load_percent", "why",
                 "since", "critical", "warning", "worst", "hottest_c", "devices"),
        trends=("charge_percent", "load_percent"),
    ),
    detail=(
        Pane(
            id="lowvoltage.nut-vitals",
            title="Battery and load",
            probes=("nut.power",),
            view=View.GAUGES,
            series=(
                Series("Charge", "nut.power", ("charge_percent",)),
                Series("Load", "nut.power", ("load_percent",)),
            ),
        ),
        Pane(
            id="lowvoltage.nut-course",
            title="Course",
            probes=("nut.power",),
            view=View.PLOTS,
            series=(
                Series("Charge and load", "nut.power", ("charge_percent", "load_percent"), 100.0),
                Series("Runtime", "nut.power", ("runtime_s",)),
            ),
        ),
        Pane(
            id="lowvoltage.nut-ups",
            title="UPS",
            probes=("nut.ups",),
            columns=("ups", "mode", "status", "charge_percent", "runtime_s", "load_percent",
                     "temperature_c", "input_v", "output_v", "battery", "tested", "since",
                     "battery_date", "model"),
            sort="charge_percent",
        ),
        Pane(
            id="lowvoltage.nut-readings",
            title="Readings",
            probes=("nut.reading",),
            columns=("judged", "name", "physical", "value", "unit", "word", "low_crit",
                     "high_crit"),
            sort="-judged",
        ),
        Pane(
            id="lowvoltage.nut-variables",
            title="Variables",
            probes=("nut.variable",),
            sort="variable",
        ),
        Pane(
            id="lowvoltage.nut-commands",
            title="Commands",
            probes=("nut.command",),
            sort="command",
        ),
        Pane(
            id="lowvoltage.nut-clients",
            title="Logged in",
            probes=("nut.client",),
            sort="client",
        ),
        Pane(
            id="lowvoltage.nut-facts",
            title="UPS in short",
            probes=("nut.power",),
            view=View.FACTS,
        ),
    ),
    headline=(("nut.power", "mode"), ("nut.power", "version")),
    boards=(
        Board(0, 0, (("4", "nut-vitals"), ("1fr", "nut-ups"), ("1fr", "*"))),
        Board(
            120,
            34,
            (
                ("9", "nut-vitals nut-course nut-course"),
                ("1fr", "nut-ups nut-ups nut-ups"),
                ("1fr", "nut-readings nut-readings *"),
            ),
        ),
        Board(
            200,
            60,
            (
                ("12", "nut-vitals nut-course nut-facts"),
                ("1fr", "nut-ups nut-ups nut-ups"),
                ("2fr", "nut-readings nut-readings *"),
            ),
        ),
    ),
    drills=(
        Drill("nut.ups", "nut-variables", lambda row: f"ups:{row.get('ups', '')}"),
    ),
)  # fmt: skip
