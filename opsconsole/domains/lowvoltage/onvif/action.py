"""What can be done to a device: restart it, set its clock where nobody else does."""

import json
from typing import Any

import msgspec

from opsconsole.clean import clean, clean_bytes
from opsconsole.domains.lowvoltage.onvif.wire import given, text
from opsconsole.errors import Malformed, Unsupported
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

SECONDS = 20.0
"""For one call."""

GOES = 90.0
"""Seconds for the call that restarts it: it ends when the device is away."""

NEAR = 2.0
"""Seconds of drift with which a clock is right."""


def said(status: int, out: bytes) -> str:
    """What an answer means: the device's own words on a refusal."""
    return str(clean_bytes(b" ".join(out.split()), 300)) if status else "done"


def _tree(thing: Thing, status: int, out: bytes) -> dict[str, Any]:
    if status:
        raise Unsupported(f"{thing.target}: {said(status, out)}")
    try:
        return msgspec.json.decode(out, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"{thing.target}: {clean(str(error))}") from None


def _clock(thing: Thing, status: int, out: bytes) -> Facts:
    tree = _tree(thing, status, out)
    seconds = given(tree, "ahead_s")
    return {
        "clock": text(tree, "SystemDateAndTime.DateTimeType", 20),
        "ahead_s": "" if seconds is None else f"{seconds:.1f}",
        "_zone": text(tree, "SystemDateAndTime.TimeZone.TZ", 80),
        "_summer": text(tree, "SystemDateAndTime.DaylightSavings", 8),
    }


def _device(thing: Thing, status: int, out: bytes) -> Facts:
    tree = _tree(thing, status, out)
    names = {"vendor": "Manufacturer", "model": "Model", "firmware": "FirmwareVersion",
             "serial": "SerialNumber"}  # fmt: skip
    return {name: text(tree, path) for name, path in names.items()}


_TIME = Look(lambda _thing: ("device", "GetSystemDateAndTime"), _clock)

LOOK = Look(
    lambda _thing: ("device", "GetDeviceInformation"),
    _device,
    then=lambda _thing, _facts: (_TIME,),
)


def _restart(_thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return (Step(("device", "SystemReboot", "{}", "away"), GOES, root=False),)


def _back(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and now["serial"] == before["serial"]


REBOOT = Action(
    id="onvif.reboot",
    title="Restart the device",
    letter="r",
    about="Restarts it: for a minute or more it shows and records nothing.",
    probes=(),
    pins=("serial",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_restart,
    effect=lambda thing, facts, _arguments: (
        f"{facts['vendor']} {facts['model']} ({thing.target}) is away for a minute or more:"
        " nobody can watch it, and nothing is recorded"
    ),
    # ONVIF has no time of the last start: that it went away is seen by the call itself.
    verify=Verify("it was away, and answers again as the same device", _back, 300.0,
                  hold_s=2.0, away=True),
    timeout=GOES,
    expected_s=90.0,
    says=said,
)  # fmt: skip


def _set(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    body: dict[str, object] = {
        "DateTimeType": "Manual",
        "DaylightSavings": facts["_summer"] == "true",
    }
    if facts["_zone"]:
        body["TimeZone"] = {"TZ": facts["_zone"]}
    body["UTCDateTime"] = "@now"  # the transport writes it when it sends it
    return (Step(("device", "SetSystemDateAndTime", json.dumps(body)), SECONDS, root=False),)


def _barred(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["clock"] != "Manual":
        return "it does not take its time by hand: mend the NTP server it asks, or its own settings"
    if not facts["ahead_s"]:
        return "it does not tell its time"
    return "its clock is right" if abs(float(facts["ahead_s"])) < NEAR else ""


def _right(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and bool(now["ahead_s"]) and abs(float(now["ahead_s"])) < NEAR


SET_CLOCK = Action(
    id="onvif.set-clock",
    title="Set its clock",
    letter="m",
    about="Sets a clock that is kept by hand to our time; its zone stays.",
    probes=(),
    pins=("serial",),
    weight=Weight.REVERSIBLE,
    look=LOOK,
    steps=_set,
    effect=lambda thing, facts, _arguments: (
        f"the clock of {thing.target} moves by {-float(facts['ahead_s'] or 0):.1f} s; recordings of"
        " before keep the time they bear"
    ),
    verify=Verify(f"its clock is less than {NEAR:g} s from ours", _right, 30.0),
    timeout=SECONDS,
    expected_s=3.0,
    bars=_barred,
    says=said,
)

ACTIONS = (REBOOT, SET_CLOCK)
