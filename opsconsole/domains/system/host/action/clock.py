"""The clock: measure it anew at once, or set it right in one step."""

from opsconsole.clean import clean_bytes
from opsconsole.domains.system.host.action import asking
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

GOOD_MS = 50.0
"""A clock this near is right; Netdata's timex alerts say the same."""

_LOOK = (
    "command -v chronyc >/dev/null || exit 127; "
    'chronyc -c -n tracking && echo "boot:$(cat /proc/sys/kernel/random/boot_id)"'
)
_NOBODY = {"", "7F7F0101"}
"""Names of the source of a chronyd that follows none, or itself."""

_PREVIEW = ("chronyc", "-n", "sources", "-v")


def _look(_thing: Thing) -> tuple[str, ...]:
    return asking.script(_LOOK)


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of the clock; `missing` says why chrony cannot be asked. Raises `Malformed`."""
    if status:
        said = clean_bytes(b" ".join(out.split()), 100)
        gone = "chronyc is not there: something else keeps this host's clock"
        return {"missing": gone if status == 127 else f"chronyd does not answer: {said}"}
    fields = out.split(b"\n", 1)[0].split(b",")
    try:
        offset = 1000 * float(fields[4])
        measured = float(fields[3])
    except (IndexError, ValueError):
        raise asking.strange(thing, "chronyc", out) from None
    return {
        "missing": "",
        "reference": clean_bytes(fields[1], 64),
        "stratum": clean_bytes(fields[2], 4),
        "offset_ms": f"{offset:.3f}",
        "measured_at": f"{measured:.3f}",
        "leap": clean_bytes(fields[-1], 24),
        "boot": clean_bytes(asking.one(out, b"boot"), 36),
    }


LOOK = Look(_look, read)


def _burst(_thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return (Step(("chronyc", "burst", "4/4"), 10.0),)


def _step(_thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return (Step(("chronyc", "makestep"), 10.0),)


def _burst_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return facts["missing"]


def _step_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["missing"]:
        return facts["missing"]
    if facts["reference"] in _NOBODY or facts["leap"] == "Not synchronised":
        return "chronyd follows no source: there is no time to step to"
    if abs(float(facts["offset_ms"])) < GOOD_MS:
        return f"it is off by {facts['offset_ms']} ms only: chronyd corrects that without a step"
    return ""


def _burst_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    off = f"off by {facts['offset_ms']} ms"
    return f"chronyd asks each of its sources four times now ({off}); the clock is not stepped"


def _step_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return f"the clock jumps by {facts['offset_ms']} ms to the time of {facts['reference']}"


def _near(now: Facts | None) -> bool:
    if now is None or now["missing"] or now["reference"] in _NOBODY:
        return False
    return abs(float(now["offset_ms"])) < GOOD_MS


def _measured(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    if now is None or not _near(now):
        return False
    return float(now["measured_at"]) > float(before["measured_at"])


def _stepped(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return _near(now)


def _preview(_thing: Thing, _arguments: Arguments) -> tuple[str, ...]:
    return _PREVIEW


BURST = Action(
    id="host.burst-clock",
    title="Measure clock now",
    letter="m",
    about="Has chronyd ask its time sources at once, in place of in some minutes.",
    probes=(),
    pins=("boot",),
    weight=Weight.REVERSIBLE,
    look=LOOK,
    steps=_burst,
    effect=_burst_effect,
    verify=Verify(f"measured anew, and off by less than {GOOD_MS:g} ms", _measured, within_s=45.0),
    timeout=10.0,
    expected_s=10.0,
    bars=_burst_bars,
    preview=_preview,
    rights=(("chronyc", "burst", "4/4"),),
)

STEP = Action(
    id="host.step-clock",
    title="Step clock",
    letter="p",
    about="Sets the clock right in one jump; databases and Kerberos may take offence.",
    probes=(),
    pins=("boot",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_step,
    effect=_step_effect,
    verify=Verify(f"off by less than {GOOD_MS:g} ms", _stepped, within_s=15.0, hold_s=3.0),
    timeout=10.0,
    expected_s=5.0,
    bars=_step_bars,
    preview=_preview,
    rights=(("chronyc", "makestep"),),
)

ACTIONS = (BURST, STEP)
