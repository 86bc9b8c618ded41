"""Actions as profiles write them: what is written, what is read back, what shows that it worked."""

from opsconsole.gear.form import OUTLET, VERBS, Command, Condition, Ref, Write
from opsconsole.gear.keys import Keys, is_oid, listed
from opsconsole.gear.pointing import Pointer

TYPES = ("i", "u", "t", "s", "x", "o")
"""Of values, as Net-SNMP names them: INTEGER, Gauge32, TimeTicks, text, hexadecimal, OID."""

COMMAND_TABLES = ("when", "row")
"""Keys of an action that a table may say for all of its actions."""

UPTIME = "1.3.6.1.2.1.1.3.0"
"""sysUpTime: an agent that began anew shows it there."""

_OF_OUTLETS = OUTLET.replace(".", "-")


def command(keys: Keys, entry: str | None) -> Command | None:
    """The action that a table of a profile is; None with a problem. `entry` is None outside of
    tables.
    """
    known = len(keys.problems)
    pointer = Pointer(keys, entry, {})
    does = keys.text("does", "", VERBS)
    _placed(keys, does, in_table=entry is not None)
    ref, kind = pointer.given("set"), keys.text("type", "i", TYPES)
    value = _value(keys, kind)
    clock = Ref(UPTIME, whole=True) if does == "reboot" else ref
    read = pointer.given("read") or clock
    if ref is None or read is None:
        keys.wrong("set", "nothing", "the object that is written")
        return None
    expected = pointer.on_value("expected", read)
    seen = tuple(str(one).lower() for one in listed(keys.raw("seen"))) if keys.has("seen") else ()
    if does.endswith("-cycle") and not (seen and expected):
        keys.wrong("seen", "nothing", "what `read` says while it is off; and `expected`, when on")
    anew = pointer.given("anew")
    found = Command(
        does=does,
        writes=(Write(ref, kind, value), *_also(keys, pointer)),
        read=read,
        expected=expected or (Condition(read, "in", frozenset({value.lower()})),),
        seen=seen,
        anew=anew,
        after=pointer.on_value("after", read),
        when=pointer.conditions("when"),
        row=pointer.template("row", keys.text("row")),
    )
    keys.done()
    return found if len(keys.problems) == known else None


def _placed(keys: Keys, does: str, *, in_table: bool) -> None:
    if not does:
        keys.wrong("does", "nothing", ", ".join(VERBS))
    elif does.startswith(_OF_OUTLETS) is not in_table:
        where = "in a [[table.action]], whose rows are outlets" if not in_table else "in [[action]]"
        keys.wrong("does", does, where)


def _value(keys: Keys, kind: str) -> str:
    said = keys.raw("value")
    if isinstance(said, bool) or not isinstance(said, int | str):
        keys.wrong("value", "nothing" if said is None else said, "a number or a text")
        return ""
    if not _sound(kind, str(said)):
        keys.wrong("value", said, f"a value of the type {kind}")
    return str(said)


def _sound(kind: str, value: str) -> bool:
    """Whether it can be written as that type."""
    if kind == "o":
        return is_oid(value)
    if kind == "s":
        return len(value) <= 255
    try:
        if kind == "x":
            return len(bytes.fromhex(value)) <= 255
        low, high = (-(1 << 31), 1 << 31) if kind == "i" else (0, 1 << 32)
        return low <= int(value) < high
    except ValueError:
        return False


def _also(keys: Keys, pointer: Pointer) -> list[Write]:
    """What is written in the same message; without a value what it says already."""
    found: list[Write] = []
    for one in keys.tables("also"):
        ref: Ref | None = pointer.ref("also.set", one.raw("set"))
        kind = one.text("type", "i", TYPES)
        value = _value(one, kind) if one.has("value") else None
        one.done()
        if ref is not None:
            found.append(Write(ref, kind, value))
    return found
