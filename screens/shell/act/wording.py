"""A plan, its run and what may be done at present, in words and signs."""

import math
import shlex
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

from opsconsole.clean import FOREIGN, Clean, clean
from opsconsole.plan import Ended, Item, Plan, Standing, Step, Thing, Tier
from opsconsole.spec import Verify
from screens.shell.act.runs import Run
from widgets.oneline import Part
from widgets.page import Block

TITLE, NAME, FAINT, CODE = "page--title", "page--name", "page--faint", "page--code"
GOOD, WARN, CRIT, KEY = "page--good", "page--warn", "page--crit", "page--key"

_FIELD = 11
"""Cells of the words at the left of a plan."""
_LONG = 2000
"""Characters of one thing that a run says; a plan says all of everything."""
_EXPANDS = 3
"""Characters that normalisation makes of one, at most."""
_PIECE = 5000
"""Characters of a part: a page cuts those that are much longer."""

SIGNS: Mapping[Ended, tuple[str, str]] = {
    Ended.VERIFIED: ("✓", GOOD),
    Ended.NO_EFFECT: ("!", WARN),
    Ended.NOT_STARTED: ("·", FAINT),
    Ended.CANCELLED: ("-", WARN),
    Ended.REFUSED: ("!", WARN),
    Ended.FAILED: ("X", CRIT),
    Ended.UNKNOWN: ("?", CRIT),
}
"""A sign and a look for each ending; the word always stands beside them."""

TIERS: Mapping[Tier, str] = {
    Tier.YES: "tier 1: y",
    Tier.NAME: "tier 2: the name, and why",
    Tier.WITNESS: "tier 3: the name, why, and a second person",
}

_POINTS: tuple[tuple[float, str], ...] = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"))


def about(seconds: float) -> str:
    """A duration as one says it: `12 s`, `2 min`; `?` for what is none."""
    if not math.isfinite(seconds):
        return "?"
    for size, unit in _POINTS:
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(1, round(seconds))} s"


def clock(seconds: float) -> str:
    """`09:41`, minutes and seconds."""
    whole = max(0, int(seconds + 0.999))
    return f"{whole // 60:02d}:{whole % 60:02d}"


def typeable(name: str) -> str:
    """The name in characters that every keyboard has; others as their code points."""
    return name.encode("ascii", "backslashreplace").decode("ascii")


def quoted(argv: Sequence[str]) -> Clean:
    """A call as a shell would be told it, for reading only; nothing unseen stays unseen."""
    return Clean(" ".join(_word(word) for word in argv))


def _word(word: str) -> str:
    if word.isprintable() and not FOREIGN.search(word):
        return shlex.quote(word)
    text = word.replace("\\", "\\\\").replace("'", "\\'")
    seen = (
        char
        if char.isprintable() and not FOREIGN.match(char)
        else char.encode("unicode_escape", "surrogatepass").decode("ascii")
        for char in text
    )
    return f"$'{''.join(seen)}'"


# -- plans --------------------------------------------------------------------------------------


def plan_blocks(plan: Plan, verify: Verify | None) -> list[Block]:
    """All of a plan, the hidden objects first."""
    items = sorted(plan.items, key=lambda item: not item.thing.hidden)
    blocks = [
        _field("because", "; ".join(plan.why)),
    ]
    if plan.arguments:
        blocks.append(_field("with", _pairs(plan.arguments.items())))
    hidden = sum(item.thing.hidden for item in items)
    if len(items) > 1 or hidden:
        count = f"{len(items)} object{'s' * (len(items) != 1)}"
        unseen = f"; {hidden} of them hidden by the filter, listed first" if hidden else ""
        blocks.append(_field("objects", count + unseen, WARN if hidden else ""))
    for number, item in enumerate(items, 1):
        blocks.append(Block(()))
        blocks += _item(item, f"{number}. " if len(items) > 1 else "")
    blocks.append(Block(()))
    if verify is not None:
        held = f", and for {about(verify.hold_s)} on" if verify.hold_s else ""
        says = f"{verify.says} (within {about(verify.within_s)}{held})"
        blocks.append(_field("worked if", says))
    blocks.append(_field("limits", "; ".join(plan.limits)))
    ending = "can be cancelled" if plan.cancellable else "cannot be ended half way"
    blocks.append(_field("takes", f"about {about(plan.expected_s)}; {ending}"))
    return blocks


def _item(item: Item, number: str) -> Iterator[Block]:
    thing = item.thing
    where = f" on {thing.target}" if thing.name != thing.target else ""
    parts = [Part(number, FAINT), *_pieces(thing.name, NAME)]
    if not thing.name.isascii():
        parts += _pieces(f"  {typeable(thing.name)}", FAINT)
    parts += _pieces(where, "")
    if thing.hidden:
        parts.append(Part("   HIDDEN by the filter", WARN))
    yield Block(tuple(parts), 3)
    if thing.pins:
        yield _field("identity", _pairs(thing.pins))
    for step in item.steps:
        yield _field("runs", quoted(step.argv), CODE)
        yield _field("", _circumstances(step), FAINT)
    pinned = dict(thing.pins)
    if facts := [(name, value) for name, value in item.facts.items() if name not in pinned]:
        yield _field("is now", _pairs(facts))
    yield _field("expected", item.effect)
    for at, line in enumerate(item.preview.splitlines()):
        yield _field("" if at else "preview", line, CODE)
    yield _field("undo", item.undo or "nothing takes it back", "" if item.undo else WARN)


def _circumstances(step: Step) -> str:
    where = "" if step.where == "target" else "on this machine, "
    return f"{where}{'as root' if step.root else 'as our account'}, at most {about(step.timeout)}"


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return "   ".join(f"{name} {value}" for name, value in pairs)


def _field(name: str, text: str, look: str = "") -> Block:
    return Block((Part(f"  {name:<{_FIELD}}", FAINT), *_pieces(text, look)), _FIELD + 2)


def _pieces(text: str, look: str) -> list[Part]:
    """The whole text, made harmless: what is cut off could not be approved."""
    said = clean(text, _EXPANDS * len(text))
    return [Part(said[at : at + _PIECE], look) for at in range(0, len(said), _PIECE)]


# -- runs ---------------------------------------------------------------------------------------


def run_blocks(run: Run, now: float) -> list[Block]:
    """How a run stands: its objects, then what was said."""
    blocks = [_run_head(run, now)]
    if run.word:
        blocks.append(Block((Part(f"  {run.word}", WARN),), 2))
    for number, item in enumerate(run.plan.items):
        blocks.append(_run_item(run, number, item.thing))
    if run.outcome is not None and run.outcome.undo:
        blocks.append(Block((Part("  u takes it back", KEY),), 2))
    if run.lines:
        blocks += [Block(()), Block((Part("said", FAINT),))]
        many = len(run.plan.items) > 1
        blocks += [_said(run, number, text, many) for number, text in run.lines]
    return blocks


def _run_head(run: Run, now: float) -> Block:
    sign, look = ("…", KEY) if run.ended is None else SIGNS[run.ended]
    state = run.state
    took = clock((run.over_at or now) - run.began)
    return Block(
        (Part(f"{sign} {state}", look), Part(f"   {run.plan.title}", TITLE), Part(f"   {took}")), 2
    )


def _run_item(run: Run, number: int, thing: Thing) -> Block:
    ended, words = run.item(number)
    sign, look = SIGNS[ended] if ended else ("…", KEY) if number == run.current else (" ", FAINT)
    state = str(ended) if ended else "under way" if number == run.current else "waits"
    where = f" on {thing.target}" if thing.name != thing.target else ""
    parts = [Part(f"  {sign} {state:<12}", look), Part(clean(thing.name, _LONG), NAME)]
    parts += [Part(clean(where)), Part(clean(f"   {words}" if words else "", _LONG))]
    return Block(tuple(parts), 17)


def _said(run: Run, number: int, text: Clean, many: bool) -> Block:
    who = f"{run.plan.items[number].thing.name}  " if many and number >= 0 else ""
    return Block((Part(f"  {who}", FAINT), Part(text, CODE)), 4)


# -- what may be done ---------------------------------------------------------------------------


def standing_words(standing: Standing | None, now: float) -> tuple[str, str]:
    """What stands in the header, and how serious it is: `warn`, `crit` or nothing."""
    if standing is None:
        return "", ""
    words: list[str] = []
    look = ""
    left = standing.armed_until - now
    if standing.read_only:
        words.append("READ-ONLY")
        look = "warn"
    elif left > 0:
        named = f" {clean(standing.armed_for, 20)}" if standing.armed_for else ""
        words.append(f"ARMED {clock(left)}{named}")
        look = "crit"
    if standing.running:
        words.append(f"{len(standing.running)} running")
    if standing.unsettled:
        words.append(f"? {len(standing.unsettled)} unknown")
        look = look or "warn"
    return "  ".join(words), look


def policy_words(standing: Standing | None, tier: Tier, targets: Sequence[str]) -> tuple[str, str]:
    """Whether the executor would let a plan pass now, and a look for that."""
    if standing is None:
        return "the collector has not said yet what may be done", WARN
    if standing.read_only:
        return "READ-ONLY: this console only looks", WARN
    left = standing.armed_until - time.time()
    if left > 0:
        named = f" for {clean(standing.armed_for, 30)}" if standing.armed_for else ""
        return f"ARMED {clock(left)}{named}: it runs at once, on {_places(targets)}", CRIT
    if standing.free and tier is Tier.YES:
        return f"tier 1 needs no arming here: it runs at once, on {_places(targets)}", CRIT
    return "not armed: it will be refused; leave, type :arm 10m, and come back", WARN


def _places(targets: Sequence[str]) -> str:
    places = sorted(set(targets))
    return clean(places[0], 60) if len(places) == 1 else f"{len(places)} targets"
