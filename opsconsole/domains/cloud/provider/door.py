"""Close a rule that lets the whole world in, and open it again, at any provider."""

import json
from typing import Any

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws.action import look
from opsconsole.errors import Refused
from opsconsole.plan import Step, Thing, Undo
from opsconsole.question import CloudCall
from opsconsole.spec import Action, Argument, Arguments, Facts, Look, Verify, Weight

PINS = ("rule", "group", "protocol", "ports", "cidr", "region")

SECONDS = 60.0

ROOM = 4000
"""Characters of a rule as its provider writes it."""


class _Found(msgspec.Struct):
    rule: Any = None
    name: Any = None
    opens: Any = None
    on: Any = None
    uses: Any = None
    tags: Any = None
    provider: Any = None
    written: Any = msgspec.field(name="is", default=None)


def _argv(thing: Thing) -> tuple[str, ...]:
    return look.asked(thing, CloudCall("compute", "get_rule", {"rule": look.pin(thing, "rule")}))


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of one rule, which may be gone; raises `Gone` where its group is."""
    (found,) = look.readings(thing, status, out, 1)
    region, one = look.only(thing, found, _Found)
    uses = value.count(one.uses)
    return {
        "rule": value.text(one.rule, 400),
        "name": value.text(one.name),
        "region": clean(region, 40),
        "provider": value.text(one.provider, 20),
        "opens": value.text(one.opens, 400),
        "open": "yes" if one.on is True else "",
        "used by": "" if uses is None else f"{uses}",
        "protected": "yes" if value.protected(value.tags(one.tags)) else "",
        "written": json.dumps(value.mapping(one.written)),
    }


def _step(verb: str, facts: Facts, written: str) -> tuple[Step, ...]:
    if not written or _wrong(written):
        raise Refused(f"{facts['rule']}: {_wrong(written) or 'say what it was'}", "argument")
    given = {"rule": facts["rule"], "is": json.loads(written)}
    argv = ("compute", verb, facts["region"], json.dumps(given))
    return (Step(argv, SECONDS, root=False),)


def _wrong(said: str) -> str:
    """Why a text is no rule; empty when it is one, or there is none yet."""
    try:
        if said and len(said) <= ROOM:
            msgspec.json.decode(said, type=dict[str, Any])
    except msgspec.DecodeError:
        return "write it as its plan did, in JSON"
    return "it is too long" if len(said) > ROOM else ""


def _close_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if not facts["open"]:
        return "it is closed already"
    if len(facts["written"]) > ROOM:
        return "it is too long to be put back from here: close it at its provider"
    return look.protected(facts)


def _open_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["open"]:
        return "it is open already"
    return _wrong(arguments.get("written", "")) or look.protected(facts)


def _undo(action: str, thing: Thing, facts: Facts, **arguments: str) -> Undo:
    pins = (("rule", facts["rule"]), ("region", facts["region"]))
    return Undo(action, (Thing(thing.target, pins, Clean(facts["rule"])),), arguments)


def _users(facts: Facts) -> str:
    return {"": "who uses it is not known", "0": "nothing uses it"}.get(
        facts["used by"], f"{facts['used by']} use it"
    )


CLOSE = Action(
    id="cloud.close-rule",
    title="Close to the world",
    letter="c",
    about="Takes the whole rule away that lets anybody in; Google keeps it, switched off.",
    probes=("cloud.opening",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=Look(_argv, read),
    steps=lambda _thing, facts, _arguments: _step("close_rule", facts, facts["written"]),
    effect=lambda _thing, facts, _arguments: (
        f"{facts['opens']} ends, all of it; {_users(facts)}; connections that stand may go on"
    ),
    verify=Verify(
        "the rule is gone, or off",
        lambda _before, now, _arguments: now is None or not now["open"],
        120.0,
    ),
    timeout=SECONDS,
    expected_s=10.0,
    fits=lambda row: bool(row.get("rule")),
    bars=_close_bars,
    undo=lambda thing, facts, _arguments: _undo(
        "cloud.reopen", thing, facts, written=facts["written"]
    ),
)

REOPEN = Action(
    id="cloud.reopen",
    title="Open to the world again",
    letter="t",
    about="Puts a rule back that was closed from here.",
    probes=("cloud.opening",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=Look(_argv, read),
    steps=lambda _thing, facts, arguments: _step("open_rule", facts, arguments["written"]),
    effect=lambda _thing, facts, _arguments: f"anybody is let in again by {facts['rule']}",
    verify=Verify(
        "the rule is there, and on",
        lambda _before, now, _arguments: now is not None and bool(now["open"]),
        120.0,
    ),
    timeout=SECONDS,
    expected_s=10.0,
    fits=lambda _row: False,
    bars=_open_bars,
    arguments=(
        Argument("written", "The rule, as its provider writes it", check=_wrong, required=True),
    ),
)

ACTIONS = (CLOSE, REOPEN)
