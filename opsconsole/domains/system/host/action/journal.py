"""The journal: give the space of its oldest files back."""

from opsconsole.clean import clean_bytes
from opsconsole.domains.system.host.action import asking
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Argument, Arguments, Facts, Look, Verify, Weight

KEEP = ("100M", "250M", "500M", "1G", "2G", "4G", "2d", "7d", "14d", "30d", "90d")
"""What may be kept: a size, or an age. A fixed list, so that sudo can permit exactly these: with a
wildcard it would permit other options of journalctl as well."""

_WHERE = "/var/log/journal /run/log/journal"
# Sizes of its files are known to everybody; what stands in them is not.
_LOOK = (
    'echo "boot:$(cat /proc/sys/kernel/random/boot_id)"; '
    f"find {_WHERE} -name '*.journal*' -type f -exec du -k {{}} + 2>/dev/null | "
    'awk \'{ all += $1; if (/@/) old += $1 } END { print "all:" all+0; print "old:" old+0 }\''
)
_PREVIEW = ("find", *_WHERE.split(), "-name", "*@*.journal*", "-exec", "ls", "-ln", "{}", "+")


def _look(_thing: Thing) -> tuple[str, ...]:
    return asking.script(_LOOK)


def read(thing: Thing, _status: int, out: bytes) -> Facts:
    """Kilobytes of the journal, and of its archived files; raises `Malformed`."""
    sizes = {name: asking.one(out, name.encode()) for name in ("all", "old")}
    if not all(size.isdigit() for size in sizes.values()):
        raise asking.strange(thing, "the journal's folder", out)
    return {
        "used_kb": sizes["all"].decode(),
        "archived_kb": sizes["old"].decode(),
        "boot": clean_bytes(asking.one(out, b"boot"), 36),
    }


def _vacuum(_thing: Thing, _facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    # Only archived files are given back: the one that is written to becomes one first.
    return (
        Step(("journalctl", "--rotate"), 30.0),
        Step(("journalctl", _option(arguments["keep"])), 120.0),
    )


def _option(keep: str) -> str:
    return f"--vacuum-time={keep}" if keep.endswith("d") else f"--vacuum-size={keep}"


def _bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return "" if int(facts["used_kb"]) else "no journal is kept on this host"


def _effect(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    used = int(facts["used_kb"]) / 1024
    return f"all of the journal ({used:.0f} MiB) but the newest {arguments['keep']} is deleted"


def _smaller(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and int(now["used_kb"]) < int(before["used_kb"])


def _preview(_thing: Thing, _arguments: Arguments) -> tuple[str, ...]:
    return _PREVIEW


VACUUM = Action(
    id="host.vacuum-journal",
    title="Vacuum journal",
    letter="v",
    about="Deletes the oldest part of the journal, to give its space back.",
    probes=(),
    pins=("boot",),
    weight=Weight.LOSING,
    look=Look(_look, read),
    steps=_vacuum,
    effect=_effect,
    verify=Verify("the journal uses less space than before", _smaller, within_s=10.0),
    timeout=150.0,
    expected_s=5.0,
    bars=_bars,
    preview=_preview,
    arguments=(Argument("keep", "What to keep: a size or an age", KEEP, "500M"),),
    rights=(
        ("journalctl", "--rotate"),
        *(("journalctl", _option(keep)) for keep in KEEP),
    ),
)

ACTIONS = (VACUUM,)
