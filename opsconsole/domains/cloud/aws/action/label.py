"""Give an instance a tag, or take one away."""

import json
import re

from opsconsole.domains.cloud.aws.action import look
from opsconsole.domains.cloud.aws.action.power import PINS
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Verify, Weight

_WORD = re.compile(r"[\w .:/=+@-]{1,128}")


def _name(said: str) -> str:
    """What is wrong with a tag's name."""
    if not _WORD.fullmatch(said):
        return "letters, digits, blanks and . : / = + @ - _, at most 128"
    return "names that begin with aws: belong to AWS" if said.lower().startswith("aws:") else ""


def _value(said: str) -> str:
    return "at most 256 characters" if len(said) > 256 or (not said.isprintable() and said) else ""


def _tags(facts: Facts) -> dict[str, str]:
    found: dict[str, str] = json.loads(facts["tags"])
    return found


def _bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["state"] == "terminated":
        return "it is terminated"
    if arguments.get("key") and arguments["key"].lower() == "protected":
        return "what is protected is decided elsewhere"
    return ""


def _untag_bars(thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if why := _bars(thing, facts, arguments):
        return why
    key = arguments.get("key", "")
    return "" if not key or key in _tags(facts) else f"it has no tag {key!r}"


def _thing(thing: Thing, facts: Facts) -> tuple[Thing, ...]:
    pins = tuple((name, facts[name]) for name in PINS)
    return (Thing(thing.target, pins, thing.name),)


def _tag_undo(thing: Thing, facts: Facts, arguments: Arguments) -> Undo | None:
    key = arguments.get("key", "")
    if key in _tags(facts):
        was = {"key": key, "value": _tags(facts)[key]}
        return Undo("aws.tag", _thing(thing, facts), was)
    return Undo("aws.untag", _thing(thing, facts), {"key": key})


def _untag_undo(thing: Thing, facts: Facts, arguments: Arguments) -> Undo | None:
    key = arguments.get("key", "")
    was = {"key": key, "value": _tags(facts).get(key, "")}
    return Undo("aws.tag", _thing(thing, facts), was)


def _tag(_thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    said = [{"Key": arguments.get("key", ""), "Value": arguments.get("value", "")}]
    return look.step(
        "ec2", "create_tags", facts["region"], Resources=[facts["instance"]], Tags=said
    )


def _untag(_thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    said = [{"Key": arguments.get("key", "")}]
    return look.step(
        "ec2", "delete_tags", facts["region"], Resources=[facts["instance"]], Tags=said
    )


def _try(operation: str, thing: Thing, tag: dict[str, str]) -> tuple[str, ...]:
    ids = [look.pin(thing, "instance")]
    region = look.pin(thing, "region")
    return look.call("ec2", operation, region, Resources=ids, Tags=[tag], DryRun=True)


def _becomes(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    key = arguments.get("key", "")
    was = _tags(facts).get(key, "not there")
    return f"{key} was {was!r} and becomes {arguments.get('value', '')!r}; costs are split by it"


KEY = Argument("key", "Name of the tag", default="owner", check=_name)

TAG = Action(
    id="aws.tag",
    title="Tag",
    letter="g",
    about="Gives an instance a tag, in the place of the one of that name.",
    probes=("aws.instance",),
    pins=PINS,
    weight=Weight.REVERSIBLE,
    look=look.INSTANCE,
    steps=_tag,
    effect=_becomes,
    verify=Verify(
        "it has the tag",
        lambda _before, now, arguments: (
            now is not None
            and _tags(now).get(arguments.get("key", "")) == arguments.get("value", "")
        ),
        60.0,
    ),
    timeout=look.SECONDS,
    expected_s=5.0,
    bars=_bars,
    undo=_tag_undo,
    preview=lambda thing, arguments: _try(
        "create_tags",
        thing,
        {"Key": arguments.get("key", ""), "Value": arguments.get("value", "")},
    ),
    arguments=(KEY, Argument("value", "Its value", check=_value)),
)

UNTAG = Action(
    id="aws.untag",
    title="Take a tag away",
    letter="w",
    about="Takes a tag away from an instance.",
    probes=("aws.instance",),
    pins=PINS,
    weight=Weight.REVERSIBLE,
    look=look.INSTANCE,
    steps=_untag,
    effect=lambda _thing, facts, arguments: (
        f"{arguments.get('key', '')}={_tags(facts).get(arguments.get('key', ''), '')} goes"
    ),
    verify=Verify(
        "the tag is gone",
        lambda _before, now, arguments: now is None or arguments.get("key", "") not in _tags(now),
        60.0,
    ),
    timeout=look.SECONDS,
    expected_s=5.0,
    bars=_untag_bars,
    undo=_untag_undo,
    preview=lambda thing, arguments: _try("delete_tags", thing, {"Key": arguments.get("key", "")}),
    arguments=(KEY,),
)
