"""The device itself: what it is, and how far its clock is from ours."""

from urllib.parse import unquote

from opsconsole.clean import Clean, clean
from opsconsole.domains.lowvoltage.onvif.wire import ABSENT, Said, ahead, every, first, read, text
from opsconsole.model import Column, Limits, Quantity, Row
from opsconsole.question import SoapCall
from opsconsole.spec import Probe

CLOCK = SoapCall("device", "GetSystemDateAndTime")

OFTEN = (CLOCK,)
"""What is cheap, and so tells soon that a device is away."""

QUESTIONS = (
    SoapCall("device", "GetDeviceInformation"),
    SoapCall("device", "GetHostname"),
    SoapCall("device", "GetScopes"),
    SoapCall("device", "GetNTP"),
)

_SCOPE = "onvif://www.onvif.org/"

Answers = tuple[Said, ...]


def _read(payload: bytes) -> Answers:
    return read(payload, len(QUESTIONS))


def scope(tree: object, name: str) -> Clean:
    """What stands behind a scope of ONVIF: `name`, `location`."""
    start = f"{_SCOPE}{name}/"
    found = [
        unquote(one.removeprefix(start))
        for one in every(tree, "Scopes.ScopeItem")
        if isinstance(one, str) and one.startswith(start)
    ]
    return clean(", ".join(found), 120)


def drift(said: Said) -> float | None:
    """Seconds between its clock and ours, without a sign."""
    seconds = ahead(said)
    return None if seconds is None else abs(seconds)


def clock(said: Said) -> Clean:
    """`NTP` or `manual`: who sets its clock."""
    word = text(first(said), "SystemDateAndTime.DateTimeType", 20)
    return Clean({"NTP": "NTP", "Manual": "manual"}.get(word, ""))


def _servers(tree: object) -> Clean:
    kinds = ("NTPManual", "NTPFromDHCP")
    names = ("IPv4Address", "IPv6Address", "DNSname")
    found = [text(one, name) for kind in kinds for one in every(tree, f"NTPInformation.{kind}")
             for name in names]  # fmt: skip
    return clean(", ".join(dict.fromkeys(one for one in found if one)), 120)


def _clock(payload: bytes) -> Said:
    return read(payload, len(OFTEN))[0]


def _drifts(said: Said, _before: Said | None) -> list[Row]:
    return [(clock(said), drift(said), ahead(said))]


def _rows(answers: Answers, _before: Answers | None) -> list[Row]:
    what, host, scopes, ntp = answers
    one, errors = first(what), [all_[0].error for all_ in answers if all_]
    refused = [error for error in errors if error not in {"", ABSENT}]
    return [
        (
            text(one, "Manufacturer"),
            text(one, "Model"),
            text(one, "FirmwareVersion"),
            text(one, "SerialNumber"),
            text(one, "HardwareId"),
            text(first(host), "HostnameInformation.Name"),
            scope(first(scopes), "name"),
            scope(first(scopes), "location"),
            _servers(first(ntp)),
            clean(", ".join(dict.fromkeys(refused)), 120),
        )
    ]


_INFO = "ONVIF GetDeviceInformation"
_TIME = "ONVIF GetSystemDateAndTime"

CLOCKS = Probe(
    "onvif.clock",
    "Clock",
    "clock",
    (
        Column("clock", "CLOCK", Quantity.TEXT, f"{_TIME}: DateTimeType"),
        Column("drift_s", "CLOCK OFF", Quantity.SECONDS,
               f"{_TIME}: seconds between its UTC and ours, to half a second",
               Limits(60, 600, "shared with the rule onvif.clock-drift"), history=True),
        Column("ahead_s", "AHEAD", Quantity.NUMBER,
               f"{_TIME}: seconds by which it is ahead of us, less than 0 behind"),
    ),
    (),
    _clock,
    _drifts,
    on_demand=False,
)  # fmt: skip

DEVICE = Probe(
    "onvif.device",
    "Device",
    "device",
    (
        Column("vendor", "VENDOR", Quantity.TEXT, f"{_INFO}: Manufacturer"),
        Column("model", "MODEL", Quantity.TEXT, f"{_INFO}: Model"),
        Column("firmware", "FIRMWARE", Quantity.TEXT, f"{_INFO}: FirmwareVersion"),
        Column("serial", "SERIAL", Quantity.TEXT, f"{_INFO}: SerialNumber"),
        Column("hardware", "HARDWARE", Quantity.TEXT, f"{_INFO}: HardwareId"),
        Column("host", "HOST", Quantity.TEXT, "ONVIF GetHostname: Name"),
        Column("name", "NAME", Quantity.TEXT, "ONVIF GetScopes: name"),
        Column("location", "LOCATION", Quantity.TEXT, "ONVIF GetScopes: location"),
        Column("ntp", "NTP", Quantity.TEXT, "ONVIF GetNTP: servers, its own or by DHCP"),
        Column("refused", "REFUSED", Quantity.TEXT, "what it did not answer, and why"),
    ),
    (),
    _read,
    _rows,
    on_demand=False,
)  # fmt: skip
