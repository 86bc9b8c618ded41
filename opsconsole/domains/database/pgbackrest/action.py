"""What can be done for a stanza: back it up, and try whether its WAL arrives."""

import re

import msgspec

from opsconsole.domains.database.pgbackrest import wire
from opsconsole.domains.database.pgbackrest.probe import state
from opsconsole.errors import Gone, Malformed, Refused
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Argument, Arguments, Facts, Look, Verify, Weight

TYPES = ("diff", "incr", "full")
CHECK_S = 300.0
"""pgBackRest itself waits 60 s for a segment to arrive, unless its configuration says otherwise."""

_NAME = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]{0,63}")
_QUIET = ("--log-level-console=off", "--log-level-file=off", "--log-level-stderr=error")
_START = 'setsid pgbackrest --log-level-console=off "$@" >/dev/null 2>&1 </dev/null &'
"""It takes longer than anybody watches, and must outlive our connection."""

_LOOK = 'echo "account:$(id -u)"; exec pgbackrest "$@"'


def name(thing: Thing) -> str:
    """The stanza; raises `Refused` for what is no name of one."""
    found = dict(thing.pins).get("stanza", "")
    if not _NAME.fullmatch(found):
        raise Refused(f"{thing.target}: {found!r} is no stanza", "unknown")
    return found


def _look(thing: Thing) -> tuple[str, ...]:
    words = (*_QUIET, f"--stanza={name(thing)}", "--output=json", "info")
    return ("sh", "-c", _LOOK, "opsconsole", *words)


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """The stanza as it is now; raises `Gone` when the repository knows none of that name."""
    account, _, said = out.partition(b"\n")
    json = next((line for line in said.split(b"\n") if line.startswith(b"[")), None)
    if status or json is None:
        raise wire.refused(status, said)
    try:
        found = [one for one in wire.parse(json) if one.name == name(thing)]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"{thing.target}: pgbackrest info says something else: {error}") from None
    if not found or found[0].status.code == 1:
        raise Gone(f"{thing.target}: the repository has no stanza {name(thing)!r}")
    one = found[0]
    return {
        "stanza": name(thing),
        "state": state(one),
        "newest backup": one.backup[-1].label if one.backup else "",
        "last WAL": one.archive[-1].max or "" if one.archive else "",
        "running": "yes" if one.status.lock.backup.held else "",
        "account": account.removeprefix(b"account:").decode("ascii", "replace")[:12],
    }


def _bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["account"] == "0":
        return "as root it would leave files that the repository's own account cannot read"
    if facts["running"]:
        return "a backup of it is under way"
    return ""


def _backup_bars(thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["state"] not in {"ok", "no backup", "mixed"}:
        return f"the repository is not ready for it: {facts['state']}"
    return _bars(thing, facts, arguments)


def _begun(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    if now is None:
        return False
    return bool(now["running"]) or now["newest backup"] not in {"", before["newest backup"]}


def _arrived(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and now["last WAL"] not in {"", before["last WAL"]}


BACKUP = Action(
    id="pgbackrest.backup",
    title="Start a backup",
    letter="s",
    about="Starts a backup of the cluster, which goes on by itself, and reads what changed.",
    probes=("pgbackrest.stanza",),
    pins=("stanza",),
    weight=Weight.REVERSIBLE,
    look=Look(_look, read),
    steps=lambda thing, _facts, arguments: (
        Step(("sh", "-c", _START, "opsconsole", f"--stanza={name(thing)}",
              f"--type={arguments['type']}", "backup"), 30.0, root=False),
    ),
    effect=lambda _thing, facts, arguments: (
        f"a {arguments['type']} backup after {facts['newest backup'] or 'none'} is under way for"
        " minutes or hours; the oldest go as the repository's retention says"
    ),
    verify=Verify("a backup is under way, or there is a new one", _begun, 60.0),
    timeout=120.0,
    expected_s=10.0,
    bars=_backup_bars,
    arguments=(Argument("type", "full, or what changed since the last full, or since any", TYPES,
                        TYPES[0]),),
)  # fmt: skip

CHECK = Action(
    id="pgbackrest.check",
    title="Check archiving",
    letter="c",
    about="Has the server end its WAL segment, and waits until that arrives in the repository.",
    probes=("pgbackrest.stanza",),
    pins=("stanza",),
    weight=Weight.REVERSIBLE,
    look=Look(_look, read),
    steps=lambda thing, _facts, _arguments: (
        Step(("pgbackrest", *_QUIET, f"--stanza={name(thing)}", "check"), CHECK_S, root=False),
    ),
    effect=lambda _thing, facts, _arguments: (
        f"a segment after {facts['last WAL'] or 'none'} is in the archive"
    ),
    verify=Verify("a newer WAL segment is in the archive", _arrived, 30.0),
    timeout=CHECK_S,
    expected_s=10.0,
    bars=_bars,
)

ACTIONS = (BACKUP, CHECK)
