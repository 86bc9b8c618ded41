"""Devices by SNMP: UPS, PDU, sensors and cooling; their readings, outlets and what they are."""

from opsconsole.spec import Board, Face, Pane, Series, View

_UPS = "device.ups"

FACE = Face(
    kind="device",
    overview=Pane(
        id="lowvoltage.device",
        title="Devices",
        probes=("device.summary", "device.identity", _UPS),
        view=View.FLEET,
        columns=(
            "state",
            "class",
            "critical",
            "warning",
            "worst",
            "why",
            "hottest_c",
            "source",
            "charge_percent",
            "load_percent",
            "runtime_s",
            "vendor",
            "model",
            "location",
        ),
        trends=("load_percent", "hottest_c"),
    ),
    detail=(
        Pane(
            id="lowvoltage.device-readings",
            title="Readings",
            probes=("device.reading",),
            columns=(
                "judged",
                "name",
                "physical",
                "value",
                "unit",
                "word",
                "high_warn",
                "high_crit",
            ),
            sort="-judged",
        ),
        Pane(
            id="lowvoltage.device-ups",
            title="UPS",
            probes=(_UPS,),
            view=View.FACTS,
        ),
        Pane(
            id="lowvoltage.device-power",
            title="Battery and load",
            probes=(_UPS,),
            view=View.PLOTS,
            series=(Series("UPS", _UPS, ("charge_percent", "load_percent"), 100),),
        ),
        Pane(
            id="lowvoltage.device-air",
            title="Air",
            probes=("device.summary",),
            view=View.PLOTS,
            series=(Series("Hottest °C", "device.summary", ("hottest_c",)),),
        ),
        Pane(
            id="lowvoltage.device-outlets",
            title="Outlets",
            probes=("device.outlet",),
            columns=("outlet", "name", "state", "current_a", "power_w", "energy_kwh"),
        ),
        Pane(
            id="lowvoltage.device-facts",
            title="Device",
            probes=("device.identity",),
            view=View.FACTS,
        ),
    ),
    headline=(("device.identity", "model"),),
    boards=(
        Board(0, 0, (("2fr", "device-readings"), ("1fr", "*"))),
        Board(
            120,
            30,
            (
                ("2fr", "device-readings device-readings"),
                ("1fr", "device-outlets *"),
            ),
        ),
        Board(
            150,
            45,
            (
                ("2fr", "device-readings device-readings"),
                ("1fr", "device-ups device-outlets"),
                ("1fr", "device-power *"),
            ),
        ),
    ),
)
