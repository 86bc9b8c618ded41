"""Real servers of LVS: drain one, and give it its share back."""

import re
from collections.abc import Mapping

from opsconsole.domains.system.host import lvs
from opsconsole.domains.system.host.action import asking
from opsconsole.errors import Gone, Unsupported
from opsconsole.model import Value
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Hole, Look, Verify, Weight, Words

PROBES = ("host.lvs",)

DRAINED_S = 300.0
"""Seconds in which connections under way should have ended."""

_SERVICE = {"tcp": "-t", "udp": "-u", "fwm": "-f"}
_FORWARD = {"Masq": "-m", "Route": "-g", "Tunnel": "-i"}


def _look(_thing: Thing) -> tuple[str, ...]:
    return ("cat", "/proc/net/ip_vs")


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of a real server; raises `Gone`, `Unsupported` or `Malformed`."""
    if status:
        raise Unsupported(f"{thing.target} is no LVS director", "its kernel has no /proc/net/ip_vs")
    route = asking.pin(thing, "route")
    try:
        table = lvs.parse(out.split(b"\n"))
    except (ValueError, IndexError):
        raise asking.strange(thing, "/proc/net/ip_vs", out) from None
    for one in table:
        if one.route == route:
            beside = [other for other in table if _same_service(one, other) and other != one]
            return {
                "route": route,
                "protocol": one.protocol,
                "service": one.service,
                "server": one.address,
                "forward": one.forward,
                "flags": one.flags,
                "weight": str(one.weight),
                "active": str(one.active),
                "others": str(sum(other.weight > 0 for other in beside)),
            }
    raise Gone(f"{thing.target} has no real server {route}")


def _same_service(one: lvs.Server, other: lvs.Server) -> bool:
    return (one.protocol, one.service) == (other.protocol, other.service)


LOOK = Look(_look, read)


def _bars(facts: Facts) -> str:
    if facts["protocol"] not in _SERVICE or facts["forward"] not in _FORWARD:
        return f"{facts['protocol']} by {facts['forward']} is not known here"
    return ""


def _drain_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["weight"] == "0":
        return "it gets no new connection already"
    if facts["others"] == "0":
        return f"no other server of {facts['service']} has any weight: nobody would be served"
    return _bars(facts)


def _restore_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["weight"] == arguments["weight"]:
        return f"its weight is {facts['weight']} already"
    return _bars(facts)


def _edit(facts: Facts, weight: str) -> tuple[Step, ...]:
    # What no plan gets past the bars with is only drawn in a menu.
    protocol, forward = _SERVICE.get(facts["protocol"], "-t"), _FORWARD.get(facts["forward"], "-m")
    where = (protocol, facts["service"], "-r", facts["server"])
    return (Step(("ipvsadm", "-e", *where, forward, "-w", weight), 10.0),)


def _drain(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return _edit(facts, "0")


def _restore(_thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    return _edit(facts, arguments["weight"])


def _drained(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and now["weight"] == now["active"] == "0"


def _restored(_before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    return now is not None and now["weight"] == arguments["weight"]


def _undo(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo:
    if facts["weight"] == "0":
        return Undo("host.drain-server", (thing,))
    return Undo("host.restore-server", (thing,), {"weight": facts["weight"]})


def _drain_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    sticky = "; who is bound to it by persistence still comes" if facts["flags"] else ""
    return (
        f"{facts['server']} gets no new connection of {facts['service']}; its {facts['active']} "
        f"active ones may end; {facts['others']} others take over{sticky}"
    )


def _restore_effect(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    return f"{facts['server']} goes from weight {facts['weight']} to {arguments['weight']}"


def _weight(value: str) -> str:
    good = re.fullmatch(r"[1-9]\d{0,4}", value, re.ASCII) and int(value) <= 65535
    return "" if good else "a whole number from 1 to 65535"


def _preview(_thing: Thing, _arguments: Arguments) -> tuple[str, ...]:
    return ("cat", "/proc/net/ip_vs")


def _has_weight(row: Mapping[str, Value]) -> bool:
    return row.get("weight") != 0


def _rights(weight: str | Hole) -> tuple[Words, ...]:
    service, server = Hole("service address"), Hole("server address")
    return tuple(
        ("ipvsadm", "-e", protocol, service, "-r", server, forward, "-w", weight)
        for protocol in _SERVICE.values()
        for forward in _FORWARD.values()
    )


DRAIN = Action(
    id="host.drain-server",
    title="Drain real server",
    letter="d",
    about="Gives the real server no new connection, and waits until its last one has ended.",
    probes=PROBES,
    pins=("route",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_drain,
    effect=_drain_effect,
    verify=Verify("weight 0, and no active connection", _drained, within_s=DRAINED_S),
    timeout=10.0,
    expected_s=60.0,
    fits=_has_weight,
    bars=_drain_bars,
    undo=_undo,
    preview=_preview,
    rights=_rights("0"),
)

RESTORE = Action(
    id="host.restore-server",
    title="Give weight to server",
    letter="w",
    about="Gives the real server its share of new connections (back).",
    probes=PROBES,
    pins=("route",),
    weight=Weight.REVERSIBLE,
    look=LOOK,
    steps=_restore,
    effect=_restore_effect,
    verify=Verify("it has the weight asked for", _restored, within_s=5.0),
    timeout=10.0,
    expected_s=1.0,
    bars=_restore_bars,
    undo=_undo,
    preview=_preview,
    arguments=(Argument("weight", "Weight", (), "1", _weight),),
    rights=_rights(Hole("weight", "[1-9]*")),
)

ACTIONS = (DRAIN, RESTORE)
