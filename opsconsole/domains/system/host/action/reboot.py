"""The host itself: restart it, and wait until it is back."""

from opsconsole.clean import clean_bytes
from opsconsole.domains.system.host.action import asking
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

BACK_S = 600.0
"""Seconds a host has to come back: servers test their memory at first."""

_LOOK = (
    'echo "boot:$(cat /proc/sys/kernel/random/boot_id)"; '
    '[ -d /run/systemd/system ] && echo "state:$(systemctl is-system-running 2>/dev/null)"; '
    "systemd-inhibit --list --no-legend --no-pager 2>/dev/null | sed 's/^/lock:/'; "
    "who 2>/dev/null | sed 's/^/user:/'"
)
_PREVIEW = (
    "echo 'Logged in:'; who; echo 'Asked to be waited for:'; "
    "systemd-inhibit --list --no-legend --no-pager; "
    "echo 'Under way:'; systemctl list-jobs --no-pager --no-legend"
)
_UP = {"running", "degraded"}


def _look(_thing: Thing) -> tuple[str, ...]:
    return asking.script(_LOOK)


def read(thing: Thing, _status: int, out: bytes) -> Facts:
    """Which boot it is, whether it has finished starting, who is there; raises `Malformed`."""
    boot = asking.one(out, b"boot")
    if not boot:
        raise asking.strange(thing, "the host", out)
    locks = [clean_bytes(line, 200) for line in asking.tagged(out, b"lock")]
    blocks = [line for line in locks if "shutdown" in line and line.split()[-1:] == ["block"]]
    return {
        "boot": clean_bytes(boot, 36),
        "state": clean_bytes(asking.one(out, b"state"), 20),
        "users": str(len(asking.tagged(out, b"user"))),
        "blocked_by": "; ".join(blocks),
    }


def _bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if not facts["state"]:
        return "systemd does not run there: how it restarts is not known here"
    if facts["blocked_by"]:
        return f"a program asked not to be interrupted: {facts['blocked_by']}"
    return ""


def _reboot(_thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return (Step(("systemctl", "reboot"), 60.0),)


def _effect(thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    others = f"; {facts['users']} logged in there" if facts["users"] != "0" else ""
    return f"{thing.target} goes down with all it does, and comes back{others}"


def _back(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and now["boot"] != before["boot"] and now["state"] in _UP


def _preview(_thing: Thing, _arguments: Arguments) -> tuple[str, ...]:
    return asking.script(_PREVIEW)


REBOOT = Action(
    id="host.reboot",
    title="Reboot host",
    letter="B",
    about="Restarts the whole host and waits until it has started.",
    probes=(),
    pins=("boot",),
    weight=Weight.LOSING,
    look=Look(_look, read),
    steps=_reboot,
    effect=_effect,
    verify=Verify("back with another boot, and all of it started", _back, BACK_S, away=True),
    timeout=60.0,
    expected_s=120.0,
    bars=_bars,
    preview=_preview,
    rights=(("systemctl", "reboot"),),
)

ACTIONS = (REBOOT,)
