"""Start, stop and reboot an instance."""

from opsconsole.domains.cloud.aws.action import look
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Arguments, Facts, Verify, Weight

CHECKS = 600.0
"""Seconds for both status checks to pass after a start."""

PINS = ("instance", "region")


def tried(operation: str, thing: Thing) -> tuple[str, ...]:
    """The call as EC2 tries it without doing it: whether our role may."""
    region = look.pin(thing, "region")
    ids = [look.pin(thing, "instance")]
    return look.call("ec2", operation, region, InstanceIds=ids, DryRun=True)


def _steps(operation: str, facts: Facts) -> tuple[Step, ...]:
    return look.step("ec2", operation, facts["region"], InstanceIds=[facts["instance"]])


def _back(action: str, thing: Thing, facts: Facts) -> Undo:
    pins = (("instance", facts["instance"]), ("region", facts["region"]))
    return Undo(action, (Thing(thing.target, pins, thing.name),))


def called(facts: Facts) -> str:
    """Its id and name, as a sentence has it."""
    return f"{facts['instance']} ({facts['name']})" if facts["name"] else facts["instance"]


def _start_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if why := look.protected(facts):
        return why
    return "" if facts["state"] == "stopped" else f"it is {facts['state']}"


def _stop_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if why := look.protected(facts):
        return why
    if facts["state"] != "running":
        return f"it is {facts['state']}"
    if facts["root"] == "instance-store":
        return "its root disk is in the machine: it cannot be stopped, only terminated"
    if facts["autoscaling"]:
        return f"{facts['autoscaling']} would terminate it and start another: suspend that first"
    return look.needed(facts)


def _reboot_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if why := look.protected(facts):
        return why
    return look.needed(facts) if facts["state"] == "running" else f"it is {facts['state']}"


def _cut(facts: Facts) -> str:
    return f"; {facts['behind']} goes on without it" if facts["behind"] else ""


def _well(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and now["state"] == "running" and now["health"] == "ok"


START = Action(
    id="aws.start",
    title="Start",
    letter="s",
    about="Starts an instance that is stopped; it is paid for from then on.",
    probes=("aws.instance",),
    pins=PINS,
    weight=Weight.REVERSIBLE,
    look=look.INSTANCE,
    steps=lambda _thing, facts, _arguments: _steps("start_instances", facts),
    effect=lambda _thing, facts, _arguments: (
        f"{called(facts)} starts, with another public address unless it has an elastic one"
    ),
    verify=Verify("it runs, and its status checks pass", _well, CHECKS),
    timeout=look.SECONDS,
    expected_s=120.0,
    fits=lambda row: row.get("state") == "stopped",
    bars=_start_bars,
    undo=lambda thing, facts, _arguments: _back("aws.stop", thing, facts),
    preview=lambda thing, _arguments: tried("start_instances", thing),
)

STOP = Action(
    id="aws.stop",
    title="Stop",
    letter="o",
    about="Shuts an instance down; its disks stay, what is in memory and on instance store goes.",
    probes=("aws.instance",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=look.INSTANCE,
    steps=lambda _thing, facts, _arguments: _steps("stop_instances", facts),
    effect=lambda _thing, facts, _arguments: (
        f"{called(facts)} shuts down and loses its public address unless it is an elastic one"
        f"{_cut(facts)}"
    ),
    verify=Verify(
        "it is stopped",
        lambda _before, now, _arguments: now is not None and now["state"] == "stopped",
        300.0,
    ),
    timeout=look.SECONDS,
    expected_s=60.0,
    fits=lambda row: row.get("state") == "running",
    bars=_stop_bars,
    undo=lambda thing, facts, _arguments: _back("aws.start", thing, facts),
    preview=lambda thing, _arguments: tried("stop_instances", thing),
)

REBOOT = Action(
    id="aws.reboot",
    title="Reboot",
    letter="r",
    about="Restarts the system of an instance, by force where it does not obey in four minutes.",
    probes=("aws.instance",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=look.INSTANCE,
    steps=lambda _thing, facts, _arguments: _steps("reboot_instances", facts),
    effect=lambda _thing, facts, _arguments: (
        f"{called(facts)} restarts: what it serves is away for a minute or more{_cut(facts)}"
    ),
    verify=Verify("it runs, and its status checks pass for 30 s", _well, CHECKS, hold_s=30.0),
    timeout=look.SECONDS,
    expected_s=90.0,
    fits=lambda row: row.get("state") == "running",
    bars=_reboot_bars,
    preview=lambda thing, _arguments: tried("reboot_instances", thing),
)
