"""UPS as rows, and a server's UPS in one line: the worst of each counts."""

from opsconsole import reading
from opsconsole.clean import Clean, clean
from opsconsole.domains.lowvoltage.nut import sensor, shape
from opsconsole.domains.lowvoltage.nut.shape import Device
from opsconsole.model import Column, Limits, Quantity, Row
from opsconsole.spec import Probe

ND = "netdata upsd"

CHARGE = Limits(75, 40, f"75, 40: {ND}")
LOAD = Limits(80, 95, f"80, 95: {ND}")

_VAR = "LIST VAR"


def battery(one: Device) -> Clean:
    """`replace` or `ok`; empty where nothing is heard of it."""
    return Clean(("replace" if "RB" in one.tokens else "ok") if one.tokens else "")


def output(one: Device) -> Clean:
    """What is wrong with what it gives."""
    found = [shape.WORDS[token] for token in ("OFF", "OVER", "TRIM", "BOOST")
             if token in one.tokens]  # fmt: skip
    return clean(", ".join(found))


def on_battery(one: Device) -> float | None:
    """Since when (Unix time) it is on battery."""
    return one.since.get("OB") if "OB" in one.tokens else None


def charge(one: Device) -> float | None:
    """Percent."""
    return one.number("battery.charge", low=0, high=200)


def runtime(one: Device) -> float | None:
    """Seconds, as the UPS says; 0 is told by those that do not know, while they are on line."""
    value = one.number("battery.runtime", low=0, high=1e7)
    return None if value == 0 and "OB" not in one.tokens else value


def load(one: Device) -> float | None:
    """Percent."""
    return one.number("ups.load", "output.power.percent", low=0, high=1000)


def ups_rows(devices: list[Device], _before: list[Device] | None) -> list[Row]:
    """One row per UPS."""
    return [
        (
            one.name,
            one.mode,
            one.error or one.status,
            charge(one),
            runtime(one),
            load(one),
            one.number("battery.temperature", "ups.temperature", low=-40, high=150),
            one.number("input.voltage", "input.L1-N.voltage", low=0, high=1e5),
            one.number("input.frequency", low=0, high=1000),
            one.number("output.voltage", "output.L1-N.voltage", low=0, high=1e5),
            one.number("output.frequency", low=0, high=1000),
            battery(one),
            output(one),
            shape.result(one.text("ups.test.result")),
            one.text("ups.test.result"),
            one.text("ups.test.date", "battery.test.date"),
            on_battery(one),
            one.text("battery.date", "battery.mfr.date"),
            one.text("ups.alarm"),
            one.number("ups.realpower", "output.realpower", low=0, high=1e8),
            clean(f"{one.text('device.mfr', 'ups.mfr')} {one.text('device.model', 'ups.model')}",
                  80),
            one.text("device.serial", "ups.serial"),
            one.about,
        )
        for one in devices
    ]  # fmt: skip


def _column(key: str, title: str, quantity: Quantity, variable: str, **more: object) -> Column:
    limits = more.get("limits")
    return Column(
        key, title, quantity, f"{_VAR} {variable}",
        limits if isinstance(limits, Limits) else None, history=bool(more.get("history")),
    )  # fmt: skip


_N, _T = Quantity.NUMBER, Quantity.TEXT

UPS = Probe(
    "nut.ups",
    "UPS",
    "ups",
    (
        Column("ups", "UPS", _T, "LIST UPS"),
        Column("mode", "MODE", Quantity.STATE, f"{_VAR} ups.status: OB with LB, FSD, OB, OFF, …",
               tallied=True),
        Column("status", "STATUS", _T, f"{_VAR} ups.status in words; ERR of upsd"),
        _column("charge_percent", "CHARGE", Quantity.PERCENT, "battery.charge", limits=CHARGE,
                history=True),
        _column("runtime_s", "RUNTIME", Quantity.SECONDS, "battery.runtime", history=True),
        _column("load_percent", "LOAD", Quantity.PERCENT, "ups.load", limits=LOAD, history=True),
        _column("temperature_c", "TEMP °C", _N, "battery.temperature, ups.temperature",
                history=True),
        _column("input_v", "IN V", _N, "input.voltage", history=True),
        _column("input_hz", "IN Hz", _N, "input.frequency"),
        _column("output_v", "OUT V", _N, "output.voltage", history=True),
        _column("output_hz", "OUT Hz", _N, "output.frequency"),
        _column("battery", "BATTERY", Quantity.STATE, "ups.status: RB"),
        _column("output", "OUTPUT", _T, "ups.status: OFF, OVER, TRIM, BOOST"),
        _column("tested", "TESTED", Quantity.STATE, "ups.test.result, in one word"),
        _column("test", "TEST", _T, "ups.test.result"),
        _column("test_date", "TEST ON", _T, "ups.test.date"),
        Column("since", "ON BATT", Quantity.SINCE, "when this console first saw OB in ups.status"),
        _column("battery_date", "BATT DATE", _T, "battery.date, battery.mfr.date"),
        _column("alarm", "ALARM", _T, "ups.alarm"),
        _column("power_w", "W", _N, "ups.realpower", history=True),
        _column("model", "MODEL", _T, "device.mfr, device.model"),
        _column("serial", "SERIAL", _T, "device.serial"),
        Column("about", "ABOUT", _T, "LIST UPS: desc of ups.conf"),
    ),
    ("ups",),
    shape.read,
    ups_rows,
    on_demand=False,
)  # fmt: skip

_WORST = ("low battery", "shutting down", "no data", "on battery", "off", "on bypass", "unknown",
          "calibrating", "on line")  # fmt: skip


def power_rows(server: shape.Server, _before: shape.Server | None) -> list[Row]:
    """The only row; none for a server without a UPS."""
    devices = server.devices
    if not devices:
        return []
    modes = [one.mode for one in devices]
    since = [at for one in devices if (at := on_battery(one)) is not None]
    return [
        (
            min(modes, key=_WORST.index),
            sum("OB" in one.tokens for one in devices),
            min((v for one in devices if (v := charge(one)) is not None), default=None),
            min((v for one in devices if (v := runtime(one)) is not None), default=None),
            max((v for one in devices if (v := load(one)) is not None), default=None),
            min(since, default=None),
            len(devices),
            server.version,
        )
    ]


POWER = Probe(
    "nut.power",
    "Power",
    "ups",
    (
        Column("mode", "MODE", Quantity.STATE, "ups.status of the worst UPS"),
        Column("on_battery", "ON BATT", Quantity.COUNT, "UPS with OB in ups.status",
               Limits(1, 1e9, "any")),
        Column("charge_percent", "CHARGE", Quantity.PERCENT, "battery.charge, the lowest", CHARGE,
               history=True),
        Column("runtime_s", "RUNTIME", Quantity.SECONDS, "battery.runtime, the shortest",
               history=True),
        Column("load_percent", "LOAD", Quantity.PERCENT, "ups.load, the highest", LOAD,
               history=True),
        Column("since", "SINCE", Quantity.SINCE, "when this console first saw OB"),
        Column("devices", "UPS", Quantity.COUNT, "LIST UPS"),
        Column("version", "VERSION", Quantity.TEXT, "VER"),
    ),
    (),
    shape.server,
    power_rows,
    on_demand=False,
)  # fmt: skip

_SOURCE = f"{_VAR} of upsd"

READING = reading.probe("nut", "ups", _SOURCE, sensor.read)
SUMMARY = reading.summary("nut", "ups", _SOURCE, sensor.read)
