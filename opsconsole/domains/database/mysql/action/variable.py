"""Variables of a server: set one for all sessions to come, and take that back."""

import re
from pathlib import Path

from opsconsole.clean import clean
from opsconsole.domains.database import looking
from opsconsole.domains.database.mysql.action.right import LOOKS
from opsconsole.errors import Gone, Refused
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Look, Verify, Weight

DEFAULT = "DEFAULT"
"""The value that a server has by itself."""

EMPTY = "''"
"""How a text without a letter is written."""

NO, YES, RESET = "no", "yes", "reset"
"""Whether a value outlives a restart: as before, from now on, not any more."""

WAY_IN = frozenset(
    {
        "require_secure_transport",
        "offline_mode",
        "init_connect",
        "init_slave",
        "init_replica",
        "old_passwords",
        "secure_auth",
        "default_password_lifetime",
        "disconnect_on_expired_password",
        "max_connect_errors",
    }
)
"""A mistake in one of these cuts everybody off, us included, or runs statements as others."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}(\.[a-z][a-z0-9_]{0,63})?", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,9})?", re.ASCII)
_TEXTS = frozenset({"varchar", "enum", "set", "flagset"})
_ALIKE = {"ON": "1", "OFF": "0", "YES": "1", "NO": "0", "TRUE": "1", "FALSE": "0"}
_STEPS = {"innodb_buffer_pool_size": 128 << 20}
_STEP = 4096
"""Bytes that a server rounds a size to: blocks, and chunks of the buffer pool."""


def _text() -> str:
    return " ".join(Path(__file__).with_name("variable.sql").read_text("utf-8").split())


def _name(thing: Thing) -> str:
    name = looking.pin(thing, "name")
    if not _NAME.fullmatch(name):
        raise Refused(f"{thing.target}: {clean(name, 80)!r} is no variable", "unknown")
    return name


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of a variable; raises `Gone`, `Denied` or `Malformed`."""
    found = looking.rows(thing, status, out, LOOKS)
    if not found:
        raise Gone(f"{thing.target}: there is no global variable {_name(thing)}")
    row = found[0]
    return {
        "name": _name(thing),
        "family": looking.said(row, "family"),
        "value": looking.said(row, "value", limit=1000),
        "from": looking.said(row, "origin").lower(),
        "default": looking.said(row, "standard", limit=1000),
        "type": looking.said(row, "type").lower(),
        "fixed": "yes" if looking.said(row, "fixed") == "YES" else "",
        "persisted": looking.said(row, "persisted", limit=1000),
    }


LOOK = Look(lambda thing: (_text(), _name(thing)), read)


def same(name: str, one: str, other: str) -> bool:
    """Whether two spellings of a value mean the same, as far as servers round them."""
    left, right = (_ALIKE.get(text.upper(), "" if text == EMPTY else text) for text in (one, other))
    if _NUMBER.fullmatch(left) and _NUMBER.fullmatch(right):
        step = _STEPS.get(name, _STEP)
        near = step if abs(float(right)) >= step else 0.0
        return abs(float(left) - float(right)) <= near
    return left.casefold() == right.casefold()


def _bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["fixed"]:
        return "it is read only: write it into the configuration, and restart the server"
    if facts["name"] in WAY_IN:
        return "a mistake in it would cut the way in: set it beside the server"
    if arguments["lasting"] != NO and facts["family"] == "mariadb":
        return "MariaDB has no SET PERSIST: write it into its configuration as well"
    if arguments["lasting"] == RESET and not facts["persisted"]:
        return "it is not persisted: there is nothing to reset"
    if len(facts["value"]) >= 1000:
        return "its value is too long to be taken back"
    unchanged = arguments["lasting"] == NO and same("", facts["value"], arguments["value"])
    return "it has that value already" if arguments["value"] and unchanged else ""


def _set(_thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    how = "PERSIST" if arguments["lasting"] == YES else "GLOBAL"
    name = ".".join(f"`{part}`" for part in facts["name"].split("."))
    value = "" if arguments["value"] == EMPTY else arguments["value"]
    bare = value == DEFAULT or (_NUMBER.fullmatch(value) and facts["type"] not in _TEXTS)
    words = () if bare else (value,)
    steps = [Step((f"SET {how} {name} = {value if bare else '%s'}", *words), 15.0, root=False)]
    if arguments["lasting"] == RESET:
        steps.append(Step((f"RESET PERSIST {name}",), 15.0, root=False))
    return tuple(steps)


def _effect(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    until = {
        NO: "until the server restarts",
        YES: "and after each restart",
        RESET: "and what its configuration says after a restart",
    }[arguments["lasting"]]
    return (
        f"{facts['name']} goes from {facts['value'] or 'nothing'} to {arguments['value']}, {until};"
        " sessions that are there keep the value of their own, if it has one"
    )


def _taken(before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    if now is None:
        return False
    lasting = arguments["lasting"]
    if (lasting == YES and not now["persisted"]) or (lasting == RESET and now["persisted"]):
        return False
    if arguments["value"] != DEFAULT:
        return same(now["name"], now["value"], arguments["value"])
    if now["family"] == "mariadb":
        return same(now["name"], now["value"], now["default"])
    return now["value"] != before["value"] or now["from"] == "compiled"


def _undo(thing: Thing, facts: Facts, arguments: Arguments) -> Undo:
    lasting = arguments["lasting"]
    back = YES if facts["persisted"] and lasting != NO else RESET if lasting == YES else NO
    return Undo("mysql.set-variable", (thing,), {"value": facts["value"] or EMPTY, "lasting": back})


def _value_wrong(text: str) -> str:
    good = text.isprintable() and len(text) <= 1000
    return "" if good else f"printable text of at most 1000 characters, or {DEFAULT}"


SET = Action(
    id="mysql.set-variable",
    title="Set variable",
    letter="v",
    about="Sets a variable for all sessions to come; of MySQL 8 also for after a restart.",
    probes=("mysql.setting",),
    pins=("name",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_set,
    effect=_effect,
    verify=Verify("the server says that value, and whether it lasts", _taken, within_s=5.0),
    timeout=30.0,
    expected_s=2.0,
    fits=lambda row: row.get("fixed") is not True,
    bars=_bars,
    undo=_undo,
    arguments=(
        Argument("value", f"Value, {EMPTY}, or {DEFAULT}", check=_value_wrong, required=True),
        Argument("lasting", "Also after a restart", (NO, YES, RESET), NO),
    ),
)

ACTIONS = (SET,)
