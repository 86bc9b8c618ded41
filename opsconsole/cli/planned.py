"""A plan in full, as text: every object, every call, every word of it."""

import shlex
import time
from collections.abc import Iterable, Iterator

from opsconsole.clean import Clean, clean
from opsconsole.plan import Item, Plan, Step, Thing, Undo


def whole(text: str) -> Clean:
    """Made harmless and not shortened: what is cut off could not be approved."""
    # Normal forms may be longer than what was written, up to three characters for one.
    return clean(text, max(1, 3 * len(text)))


def spelled(plan: Plan) -> str:
    """All of a plan; objects that were hidden by a filter stand first."""
    given = "".join(f" {name}={value}" for name, value in plan.arguments.items())
    lines = [
        f"{plan.title} ({plan.action}{given})",
        f"tier {int(plan.tier)}: {'; '.join(plan.why)}",
    ]
    for item in sorted(plan.items, key=lambda item: not item.thing.hidden):
        lines += ["", *_item(item)]
    ending = "may be cancelled" if plan.cancellable else "cannot be ended half way"
    lines += ["", *(f"limit: {limit}" for limit in plan.limits)]
    lines.append(f"takes about {plan.expected_s:g} s, {ending}")
    return "".join(f"{whole(line)}\n" for line in lines)


def _item(item: Item) -> Iterator[str]:
    thing = item.thing
    hidden = " (hidden by a filter)" if thing.hidden else ""
    yield f"{thing.name} on {thing.target}{hidden}"
    if thing.pins:
        yield f"  is      {_pairs(thing.pins)}"
    pins = dict(thing.pins)
    if facts := [(name, value) for name, value in item.facts.items() if name not in pins]:
        yield f"  now     {_pairs(facts)}"
    for step in item.steps:
        yield f"  run     {_step(step)}"
    yield f"  effect  {item.effect}"
    yield f"  undo    {item.undo or 'nothing takes it back'}"
    for line in item.preview.splitlines():
        yield f"  preview {line}"


def _step(step: Step) -> str:
    beside = ", beside the collector" if step.where == "console" else ""
    return f"{shlex.join(step.argv)}  (at most {step.timeout:g} s{beside})"


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"{name}={value}" for name, value in pairs)


def undo_line(undo: Undo) -> str:
    """The command that proposes to take something back."""
    words = ["opsconsole", "act", undo.action, undo.things[0].target]
    for thing in undo.things:
        words += ["--object", _object(thing)] if thing.pins else []
    for name, value in undo.arguments.items():
        words += ["--set", f"{name}={value}"]
    return whole(shlex.join(words))


def _object(thing: Thing) -> str:
    """As `--object` takes it: what stands in a namespace is named with that, and its kind."""
    pins = dict(thing.pins)
    first, name = thing.pins[0]
    where = [pins[key] for key in ("kind", "namespace", "ups") if key in pins and key != first]
    return "/".join([*where, name])


def moment(at: float) -> str:
    """Local time of day, for what waits for minutes; `?` for what is no time."""
    try:
        return time.strftime("%H:%M:%S", time.localtime(at))
    except (OverflowError, ValueError, OSError):
        return "?"
