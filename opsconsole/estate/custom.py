"""`[action.NAME]`: a team's own remediations, as templates of calls that no shell reads."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from opsconsole.clean import clean, clean_bytes
from opsconsole.errors import Gone, Problem
from opsconsole.estate.table import Form, Table, shown
from opsconsole.estate.template import TARGET, Template, values
from opsconsole.model import Target
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Look, Verify, Weight

KEYS = (
    "title",
    "about",
    "on",
    "letter",
    "weight",
    "where",
    "root",
    "run",
    "look",
    "verify",
    "undo",
    "arguments",
    "timeout_s",
    "expected_s",
    "cancellable",
)
VERIFY_KEYS = ("says", "status", "output", "within_s", "hold_s")
ARGUMENT_KEYS = ("title", "choices", "default", "pattern")

WEIGHTS = {
    "reversible": Weight.REVERSIBLE,
    "noticed": Weight.NOTICED,
    "losing": Weight.LOSING,
}
NAME = Form(
    re.compile(r"[a-z][a-z0-9-]{0,40}"), "small letters, digits and -, beginning with a letter"
)
LINE = Form(re.compile(r"[^\n]{1,200}"), "text of one line, at most 200 characters")
LETTER = Form(re.compile(r"[a-z]"), "one small letter")
_SAID = 200
"""Characters kept of what a look says."""

Probes = Mapping[str, tuple[str, ...]]
"""Key columns by probe id."""


@dataclass(frozen=True, slots=True)
class Custom:
    """One action of the estate, before the targets are known that fill its places."""

    kind: str
    """Of the targets it is for."""
    table: Table
    undo: str
    """Id of the action that takes it back, or empty."""
    make: Callable[[Mapping[str, Target]], Action]


@dataclass(frozen=True, slots=True)
class _Calls:
    """The functions of an action made from templates."""

    run: Template
    look: Template
    where: str
    root: bool
    timeout: float
    undo: str
    targets: Mapping[str, Target]

    def steps(self, thing: Thing, _facts: Facts, given: Arguments) -> tuple[Step, ...]:
        """The one call."""
        filled = self.run.fill(values(thing, self.targets.get(thing.target), given.items()))
        return (Step(filled, self.timeout, self.root, self.where),)

    def looked(self, thing: Thing) -> tuple[str, ...]:
        """The call that only reads."""
        return self.look.fill(values(thing, self.targets.get(thing.target), ()))

    def undone(self, thing: Thing, _facts: Facts, _given: Arguments) -> Undo | None:
        """The other action, on the same object."""
        return Undo(self.undo, (thing,)) if self.undo else None


def read_action(name: str, table: Table, kinds: Collection[str], probes: Probes) -> Custom | None:
    """Read one table; None when there is a problem, which goes to its list."""
    before = len(table.problems)
    _complete(name, table)
    on = table.choice("on", [*kinds, *probes]) or ""
    arguments, pins = _arguments(table), probes.get(on, ())
    names = (*TARGET, *pins)
    run = _template(table, "run", (*names, *(argument.name for argument in arguments)))
    look, verify = _template(table, "look", names), _verify(table)
    weight = WEIGHTS.get(table.choice("weight", WEIGHTS) or "", Weight.LOSING)
    words = _Words(name, table)
    where = table.choice("where", ("target", "console")) or "target"
    root, cancellable = bool(table.flag("root")), bool(table.flag("cancellable"))
    if len(table.problems) > before or run is None or look is None or verify is None:
        return None

    def make(targets: Mapping[str, Target]) -> Action:
        calls = _Calls(run, look, where, root, words.timeout, words.undo, targets)
        return Action(
            id=f"estate.{name}",
            title=words.title,
            letter=words.letter,
            about=words.about,
            probes=(on,) if pins else (),
            pins=pins,
            weight=weight,
            look=Look(calls.looked, _read, where),
            steps=calls.steps,
            effect=lambda _thing, _facts, _given: f"then: {verify.says}",
            verify=verify,
            timeout=words.timeout,
            expected_s=words.expected,
            undo=calls.undone,
            arguments=arguments,
            cancellable=cancellable,
            rights=(run.rights,) if root and where == "target" else (),
        )

    return Custom(on.partition(".")[0], table, words.undo, make)


def _complete(name: str, table: Table) -> None:
    """Note what is missing, or is there and should not be."""
    table.only(KEYS)
    if not NAME.pattern.fullmatch(name):
        table.problems.append(Problem(table.where, shown(name), NAME.allowed))
    for key in ("title", "about", "on", "run", "look", "verify", "weight"):
        if key not in table.items:
            table.wrong(key, "nothing", _WANTED.get(key, "a value"))


class _Words:
    """The plain fields of a table."""

    def __init__(self, name: str, table: Table) -> None:
        self.title = clean(table.text("title", LINE) or name)
        self.about = clean(table.text("about", LINE) or "")
        self.letter = table.text("letter", LETTER) or name[:1]
        self.undo = table.text("undo", LINE) or ""
        self.timeout = float(table.whole("timeout_s", 1, 24 * 3600) or 60)
        self.expected = float(table.whole("expected_s", 1, 24 * 3600) or 10)


_WANTED = {
    "run": 'a program and its arguments: ["/usr/local/bin/lb", "drain", "{target}"]',
    "look": "a program that only reads, and tells how the object is",
    "verify": '{ says = "drained", output = "REGEX" } or { says = "…", status = 0 }',
    "weight": ", ".join(WEIGHTS),
}


def _read(thing: Thing, status: int, out: bytes) -> Facts:
    if status in {126, 127}:
        said = clean_bytes(b" ".join(out.split()), _SAID)
        raise Gone(f"{thing.name}: the action's look cannot be run: {said}")
    return {"status": str(status), "output": clean_bytes(b" ".join(out.split()), _SAID)}


def _template(table: Table, key: str, names: Collection[str]) -> Template | None:
    words = table.texts(key)
    if not words:
        return None
    template = Template(words)
    if wrong := template.wrong(names):
        table.wrong(key, wrong, "words with these places")
        return None
    if words[0].startswith("{"):
        table.wrong(key, f"{words[0]} as the program", "a program by its name or path")
        return None
    return template


def _verify(table: Table) -> Verify | None:
    part = table.table("verify")
    if part is None:
        return None
    part.only(VERIFY_KEYS)
    says, pattern = part.text("says", LINE), part.pattern("output")
    status = part.whole("status", 0, 255)
    within, hold = part.whole("within_s", 1, 3600) or 30, part.whole("hold_s", 0, 3600) or 0
    if says is None:
        part.wrong("says", "nothing", "the condition in words")
        return None
    if pattern is None and status is None:
        part.wrong("output", "no condition", "`output`, a pattern to be found, or `status`")
        return None

    def held(_before: Facts, now: Facts | None, _given: Arguments) -> bool:
        if now is None or (status is not None and now["status"] != str(status)):
            return False
        return pattern is None or pattern.search(now["output"]) is not None

    return Verify(says, held, float(within), float(hold))


def _arguments(table: Table) -> tuple[Argument, ...]:
    part = table.table("arguments")
    found: list[Argument] = []
    for name in part.items if part else ():
        assert part is not None
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", name) or name in TARGET:
            part.wrong(name, shown(name), "small letters, digits and _, none of the target's names")
        if (one := part.table(name)) is not None:
            found.append(_argument(name, one))
    return tuple(found)


def _argument(name: str, table: Table) -> Argument:
    table.only(ARGUMENT_KEYS)
    pattern = table.pattern("pattern")

    def check(value: str) -> str:
        if pattern is None or pattern.fullmatch(value):
            return ""
        return f"it must match {pattern.pattern}"

    choices = table.texts("choices")
    default = table.text("default", LINE) or (choices[0] if choices else "")
    return Argument(name, clean(table.text("title", LINE) or name), choices, default, check)
