"""What can be done to a port: switch it off and on, never the one that more than one hangs on."""

from collections.abc import Callable

from opsconsole.clean import clean
from opsconsole.domains.system.network import interface, mib, neighbour, path
from opsconsole.domains.system.network.neighbour import Named, Neighbour
from opsconsole.errors import Gone, Refused, Unsupported
from opsconsole.plan import Step, Thing, Undo
from opsconsole.question import Part
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

ADMIN, LINK = f"{mib.IF_ENTRY}.7", f"{mib.IF_ENTRY}.8"

_LOOKED = (
    *(f"{mib.IF_ENTRY}.{column}" for column in (2, 3, 6, 7, 8)),
    *(f"{mib.IFX_ENTRY}.{column}" for column in (1, 18)),
    *(f"{neighbour.REMOTE}.{column}" for column in (4, 5, 6, 7, 8, 9, 12)),
    *(f"{neighbour.LOCAL}.{column}" for column in (2, 3, 4)),
    *(f"{neighbour.CDP}.{column}" for column in (6, 7, 9)),
    f"{mib.BASE_PORT}.2",
)

SECONDS = 15.0
"""For one call."""

NOBODY_TELLS = "nobody tells"

_UPLINK = "a bridge or a router"


def _named(answer: Part) -> dict[int, Named]:
    extended = mib.table(answer, mib.IFX_ENTRY)
    return {
        int(index): Named(
            mib.words(extended.get(index, mib.NOTHING).get(1), 60),
            mib.words(row.get(2)),
            mib.words(extended.get(index, mib.NOTHING).get(18)),
            mib.mac(row.get(6)),
        )
        for index, row in mib.table(answer, mib.IF_ENTRY).items()
        if index.isdigit()
    }


def _labels(named: dict[int, Named]) -> dict[int, str]:
    """As the list of ports calls them: no two the same."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for index, one in named.items():
        label = one.name or clean(one.description, 60) or f"interface {index}"
        found[index] = label = clean(f"{label} #{index}") if label in taken else clean(label)
        taken.add(label)
    return found


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of the port; raises `Gone` when there is none of that name and number."""
    if status:
        raise Unsupported(f"{thing.target}: refuses to be looked at: status {status}")
    answer = path.part(out)
    pins, named = dict(thing.pins), _named(answer)
    labels = _labels(named)
    wanted = pins.get("interface", "")
    indexes = [index for index, label in labels.items() if label == wanted]
    index = indexes[0] if len(indexes) == 1 else -1
    if pins.get("index", str(index)) != str(index):
        raise Gone(f"{thing.target}: {wanted} is another port by now, or gone")
    if index < 0:
        raise Gone(f"{thing.target}: there is no port {clean(wanted, 60)!r}")
    row = mib.table(answer, mib.IF_ENTRY)[str(index)]
    found = neighbour.read([answer] * 5, named)
    return {
        "interface": labels[index],
        "index": str(index),
        "admin": interface.word(row.get(7), 4),
        "link": interface.word(row.get(8), len(interface.STATES)),
        "alias": named[index].alias,
        "neighbour": _beside(answer, [one for one in found if one.interface == index]),
        "path": path.UNKNOWN,
    }


def _beside(answer: Part, beside: list[Neighbour]) -> str:
    """Who is at the other end, and whether that may be said at all."""
    if beside:
        kinds = {kind for one in beside for kind in one.kinds}
        said = neighbour.told(beside)
        if not kinds:
            return clean(f"{said}, {NOBODY_TELLS} of what kind")
        return clean(f"{said}, {_UPLINK}" if kinds & neighbour.UPLINKS else f"{said}, a station")
    tells = any(
        mib.table(answer, oid) for oid in (neighbour.REMOTE, neighbour.LOCAL, neighbour.CDP)
    )
    return "" if tells else NOBODY_TELLS


def _then(_thing: Thing, facts: Facts) -> tuple[Look, ...]:
    """A port without a link carries nobody; of one with a link the way to us is sought."""
    return (path.start(facts["index"]),) if _carries(facts) else ()


def _carries(facts: Facts) -> bool:
    return facts["admin"] != "down" and facts["link"] not in {"down", "notPresent"}


LOOK = Look(lambda _thing: ("WALK", *_LOOKED), read, then=_then, most=8 << 20)
"""Before it is switched off."""

GLANCE = Look(lambda _thing: ("WALK", *_LOOKED), read, most=8 << 20)
"""Before it is switched on: nobody's way leads through it."""


def _set(thing: Thing, facts: Facts, value: int) -> tuple[Step, ...]:
    if not facts["index"].isdigit():
        raise Refused(f"{thing.target}: no number of a port", "argument")
    return (Step(("SET", f"{ADMIN}.{facts['index']}", "i", str(value)), SECONDS, root=False),)


def _never(facts: Facts) -> str:
    """Why it must not be switched off, whoever says yes."""
    if facts["admin"] == "down":
        return "it is switched off already"
    if _UPLINK in facts["neighbour"]:
        return f"it is an uplink to {facts['neighbour']}: more than this port would be cut off"
    if facts["path"] == path.THIS:
        return "this console reaches the device through it: nothing could switch it on again"
    return ""


def doubts(facts: Facts) -> list[str]:
    """What nobody tells of a port that has a link."""
    if not _carries(facts):
        return []
    found: list[str] = []
    if NOBODY_TELLS in facts["neighbour"]:
        found.append("whether it is an uplink: the device, or its neighbour, tells nothing by LLDP")
    if facts["path"] == path.UNKNOWN:
        found.append("whether this console's own path leads through it")
    return found


def _bars_sure(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    never = _never(facts)
    unknown = doubts(facts)
    if never or not unknown:
        return never
    return f"nobody can tell {'; nor '.join(unknown)}. network.port-down-blind asks for two people"


def _bars_blind(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    never = _never(facts)
    if never or doubts(facts):
        return never
    return "all is known of it: take network.port-down, which one person may"


def _bars_up(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return "" if facts["admin"] == "down" else "it is not switched off"


def _effect_down(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    who = facts["neighbour"] if facts["neighbour"] not in {"", NOBODY_TELLS} else ""
    what = facts["alias"] or who or "what hangs on it"
    return f"{facts['interface']} loses its link: {what} is cut off until it is switched on again"


def _effect_blind(thing: Thing, facts: Facts, arguments: Arguments) -> str:
    unknown = "; nor ".join(doubts(facts))
    return f"{_effect_down(thing, facts, arguments)}. Nobody can tell {unknown}"


def _is_down(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and now["admin"] == "down" and not now["link"].startswith("up")


def _is_up(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and now["admin"] == "up" and now["link"] in {"up", "dormant"}


def _back(action: str) -> Callable[[Thing, Facts, Arguments], Undo]:
    return lambda thing, _facts, _arguments: Undo(action, (thing,))


_PROBES, _PINS = ("network.interface",), ("interface", "index")

DOWN = Action(
    id="network.port-down",
    title="Switch this port off",
    letter="d",
    about="Takes the link from what hangs on a port; never an uplink, or the port of our own path.",
    probes=_PROBES,
    pins=_PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=lambda thing, facts, _arguments: _set(thing, facts, 2),
    effect=_effect_down,
    verify=Verify("its link is down: ifOperStatus", _is_down, 20.0),
    timeout=SECONDS,
    expected_s=5.0,
    bars=_bars_sure,
    undo=_back("network.port-up"),
)

BLIND = Action(
    id="network.port-down-blind",
    title="Switch off unseen",
    letter="D",
    about="The same where nobody can tell whether it is an uplink, or our own path.",
    probes=_PROBES,
    pins=_PINS,
    weight=Weight.LOSING,
    look=LOOK,
    steps=lambda thing, facts, _arguments: _set(thing, facts, 2),
    effect=_effect_blind,
    verify=Verify("its link is down: ifOperStatus", _is_down, 20.0),
    timeout=SECONDS,
    expected_s=5.0,
    bars=_bars_blind,
    undo=_back("network.port-up"),
)

UP = Action(
    id="network.port-up",
    title="Switch this port on",
    letter="e",
    about="Lets a port have a link again.",
    probes=_PROBES,
    pins=_PINS,
    weight=Weight.REVERSIBLE,
    look=GLANCE,
    steps=lambda thing, facts, _arguments: _set(thing, facts, 1),
    effect=lambda _thing, facts, _arguments: (
        f"{facts['interface']} has a link again, if something is there at its other end"
    ),
    verify=Verify("it has a link: ifOperStatus", _is_up, 45.0),
    timeout=SECONDS,
    expected_s=10.0,
    bars=_bars_up,
    undo=_back("network.port-down"),
)

ACTIONS = (DOWN, BLIND, UP)
