"""What can be done in any cloud: start, stop, reboot, copy a volume, have an instance gone."""

import json
import zlib

from opsconsole.clean import clean
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws.action import look
from opsconsole.domains.cloud.provider import shape
from opsconsole.plan import Step, Thing, Undo
from opsconsole.question import CloudCall
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

PINS = ("instance", "region")

SECONDS = 300.0
"""For one call: some providers are waited for until it is done."""

VOLUMES = CloudCall("compute", "list_volumes")


def _id(thing: Thing, name: str) -> str:
    return look.pin(thing, name)


def _argv(thing: Thing) -> tuple[str, ...]:
    one = CloudCall("compute", "get_node", {"id": _id(thing, "instance")})
    return look.asked(thing, one)


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of one instance."""
    (listed,) = look.readings(thing, status, out, 1)
    region, node = look.only(thing, listed, shape.Node)
    one = shape.instance(region, node)
    extra = value.mapping(node.extra)
    return {
        "instance": one.instance,
        "region": one.region,
        "name": one.name,
        "provider": one.provider,
        "state": one.state,
        "type": one.type,
        "addresses": clean(", ".join(filter(None, (one.public, one.private)))),
        "tags": value.listed(one.tags),
        "protected": "yes" if value.protected(one.tags) else "",
        "locked": "yes" if extra.get("locked") is True else "",
        "deletion protection": "yes" if extra.get("deletionProtection") is True else "",
    }


LOOK = Look(_argv, read)


def _step(verb: str, facts: Facts, **given: str) -> tuple[Step, ...]:
    return (Step(("compute", verb, facts["region"], json.dumps(given)), SECONDS, root=False),)


def _bars(facts: Facts, *states: str) -> str:
    if why := look.protected(facts):
        return why
    if facts["locked"]:
        return "it is locked at its provider: unlock it first, where that is decided"
    return "" if facts["state"] in states else f"it is {facts['state'] or 'in no known state'}"


def _gone_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["deletion protection"]:
        return "its deletion protection is on: take it off first, where that is decided"
    if facts["provider"] == "aliyun":
        return _bars(facts, "stopped") and (
            look.protected(facts) or "Alibaba lets only what is stopped go: `cloud.stop` first"
        )
    return _bars(facts, "running", "stopped", "error", "paused", "suspended")


def _undo(action: str, thing: Thing, facts: Facts) -> Undo:
    pins = (("instance", facts["instance"]), ("region", facts["region"]))
    return Undo(action, (Thing(thing.target, pins, thing.name),))


def _called(facts: Facts) -> str:
    name = f" ({facts['name']})" if facts["name"] else ""
    return f"{facts['instance']}{name} at {facts['provider']}"


def _lost(facts: Facts) -> str:
    disks = {
        "azure": "its system disk and its network interface go with it",
        "digitalocean": "its disk goes with it, attached volumes stay",
        "gce": "its system disk stays unless it says otherwise",
        "aliyun": "its system disk goes with it; other disks as they were made",
    }
    said = disks.get(facts["provider"], "disks go with it as they were made")
    return f"{_called(facts)} is gone for good; {said}"


START = Action(
    id="cloud.start",
    title="Start",
    letter="s",
    about="Starts an instance that is stopped; it may be paid for by the hour from then on.",
    probes=("cloud.instance",),
    pins=PINS,
    weight=Weight.REVERSIBLE,
    look=LOOK,
    steps=lambda _thing, facts, _arguments: _step("start_node", facts, node=facts["instance"]),
    effect=lambda _thing, facts, _arguments: f"{_called(facts)} starts",
    verify=Verify(
        "it runs, as its provider says",
        lambda _before, now, _arguments: now is not None and now["state"] == "running",
        600.0,
    ),
    timeout=SECONDS,
    expected_s=60.0,
    fits=lambda row: row.get("state") in {"stopped", "suspended", "paused"},
    bars=lambda _thing, facts, _arguments: _bars(facts, "stopped", "suspended", "paused"),
    undo=lambda thing, facts, _arguments: _undo("cloud.stop", thing, facts),
)

STOP = Action(
    id="cloud.stop",
    title="Stop",
    letter="o",
    about="Shuts an instance down; its disks stay.",
    probes=("cloud.instance",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=lambda _thing, facts, _arguments: _step("stop_node", facts, node=facts["instance"]),
    effect=lambda _thing, facts, _arguments: (
        f"{_called(facts)} shuts down, and may lose an address that is not reserved; whether others"
        " take over what it serves is not known"
    ),
    verify=Verify(
        "it is stopped, as its provider says",
        lambda _before, now, _arguments: now is not None and now["state"] == "stopped",
        600.0,
    ),
    timeout=SECONDS,
    expected_s=60.0,
    fits=lambda row: row.get("state") == "running",
    bars=lambda _thing, facts, _arguments: _bars(facts, "running"),
    undo=lambda thing, facts, _arguments: _undo("cloud.start", thing, facts),
)

REBOOT = Action(
    id="cloud.reboot",
    title="Reboot",
    letter="r",
    about="Restarts the system of an instance.",
    probes=("cloud.instance",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=lambda _thing, facts, _arguments: _step("reboot_node", facts, node=facts["instance"]),
    effect=lambda _thing, facts, _arguments: (
        f"{_called(facts)} restarts: what it serves is away for a minute or more"
    ),
    verify=Verify(
        "it runs for 30 s, as its provider says",
        lambda _before, now, _arguments: now is not None and now["state"] == "running",
        600.0,
        hold_s=30.0,
    ),
    timeout=SECONDS,
    expected_s=90.0,
    fits=lambda row: row.get("state") == "running",
    bars=lambda _thing, facts, _arguments: _bars(facts, "running", "error"),
)

TERMINATE = Action(
    id="cloud.terminate",
    title="Terminate",
    letter="D",
    about="Has an instance gone for good, with its system disk at most providers.",
    probes=("cloud.instance",),
    pins=PINS,
    weight=Weight.LOSING,
    look=LOOK,
    steps=lambda _thing, facts, _arguments: _step("destroy_node", facts, node=facts["instance"]),
    effect=lambda _thing, facts, _arguments: _lost(facts),
    verify=Verify(
        "it is not there any more, or terminated",
        lambda _before, now, _arguments: now is None or now["state"] == "terminated",
        600.0,
    ),
    timeout=SECONDS,
    expected_s=60.0,
    bars=_gone_bars,
)


def _volume_argv(thing: Thing) -> tuple[str, ...]:
    _id(thing, "volume")
    return look.asked(thing, VOLUMES, CloudCall("compute", "list_snapshots"))


def read_volume(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of one volume, and its snapshots."""
    volumes, copies = look.readings(thing, status, out, 2)
    id_ = _id(thing, "volume")
    for one in volumes.regions:  # the one that is meant, of all
        one.items = [raw for raw in one.items if _is(bytes(raw), id_)]
    region, volume = look.only(thing, volumes, shape.Volume)
    mine = [str(c.id) for _, c in copies.found(shape.Snapshot) if str(c.volume) in {"", id_}]
    return {
        "volume": value.text(volume.id, 400),
        "region": clean(region, 40),
        "name": value.text(volume.name),
        "size": f"{value.text(volume.gib, 20)} GiB",
        "attached to": clean(", ".join(shape.attached(volume))),
        "snapshots": json.dumps(sorted(clean(one, 400) for one in mine)),
    }


def _is(raw: bytes, id_: str) -> bool:
    return str(value.mapping(json.loads(raw)).get("id")) == id_


def _copied(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    if now is None:
        return False
    return bool(set(json.loads(now["snapshots"])) - set(json.loads(before["snapshots"])))


def _copy(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    # Another name whenever there is another snapshot: some providers want each name but once.
    mark = zlib.crc32(f"{facts['volume']} {facts['snapshots']}".encode())
    name = f"opsconsole-{mark:08x}"
    return _step("create_volume_snapshot", facts, volume=facts["volume"], name=name)


SNAPSHOT = Action(
    id="cloud.snapshot-volume",
    title="Snapshot",
    letter="n",
    about="Begins a snapshot of a volume.",
    probes=("cloud.volume",),
    pins=("volume", "region"),
    weight=Weight.REVERSIBLE,
    look=Look(_volume_argv, read_volume),
    steps=_copy,
    effect=lambda _thing, facts, _arguments: (
        f"{facts['size']} are copied as after a power cut, and paid for until somebody deletes the"
        " copy"
    ),
    verify=Verify("there is a snapshot of it that was not there", _copied, 300.0),
    timeout=SECONDS,
    expected_s=30.0,
)

ACTIONS = (START, STOP, REBOOT, TERMINATE, SNAPSHOT)
