"""Processes: ask one to end, end it, and how much of the processor it yields to others."""

import re
from collections.abc import Mapping

from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.system.host.action import asking
from opsconsole.errors import Gone
from opsconsole.model import Value
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Hole, Look, Verify, Weight, Words

PROBES = ("host.process",)
PINS = ("pid", "start_ticks", "boot")

_KERNEL_THREAD = 0x00200000
"""PF_KTHREAD in the flags of /proc/PID/stat."""

_DIGITS = 'case $1 in ""|*[!0-9]*) exit 2;; esac; '
_LOOK = (
    _DIGITS + 'echo "me:$(id -u)"; echo "boot:$(cat /proc/sys/kernel/random/boot_id)"; p=$$; '
    'while [ "${p:-0}" -gt 1 ]; do echo "ours:$p"; '
    'p=$(sed -n "s/^PPid:[^0-9]*//p" /proc/$p/status); done; '
    'sed -n "s/^Uid:/uid:/p" /proc/$1/status; echo stat:; cat /proc/$1/stat'
)
# The shell that compares the start time is the one that acts, by a builtin: between the two there
# is no time in which a pid could end, be collected and be given again.
_SAME = (
    'set -f; case $1 in ""|*[!0-9]*) exit 2;; esac; pid=$1 start=$2 value=$3; '
    'stat=$(cat /proc/$pid/stat) || { echo "process $pid is gone"; exit 3; }; '
    "set -- ${stat##*) }; "
    '[ "${20}" = "$start" ] || { echo "process $pid is another one by now"; exit 4; }; '
)
_TERM = _SAME + "kill -s TERM $pid"
_KILL = _SAME + "kill -s KILL $pid"
_RENICE = (
    _SAME + "set +f; case ${value#-} in [0-9]|1[0-9]|20) ;; *) exit 2;; esac; "
    # A thread may end meanwhile; that the first one took it is what counts.
    "renice $value -p $pid || exit; cd /proc/$pid/task && renice $value -p * >/dev/null 2>&1"
    ' || echo "some threads kept their nice value, or ended meanwhile"'
)
_PREVIEW = (
    _DIGITS + 'tr "\\000" " " </proc/$1/cmdline; echo; for c in $(cat /proc/$1/task/*/children); '
    'do echo "its child $c: $(tr "\\000" " " </proc/$c/cmdline)"; done'
)
_PID, _START = Hole("pid", "[0-9]*"), Hole("start", "[0-9]*")


def _look(thing: Thing) -> tuple[str, ...]:
    return asking.script(_LOOK, asking.number(thing, "pid"))


def read(thing: Thing, _status: int, out: bytes) -> Facts:
    """Facts of a process; raises `Gone`, or `Malformed`."""
    pid = asking.number(thing, "pid")
    head, mark, stat = out.partition(b"\nstat:\n")
    before, paren, tail = stat.rpartition(b")")
    fields = tail.split()
    if not mark:
        raise asking.strange(thing, "the host", out)
    if not paren or not before.startswith(f"{pid} (".encode()) or len(fields) < 20:
        raise Gone(f"{thing.target}: process {pid} is gone")
    flags, nice, start = (int(fields[at]) for at in (6, 16, 19))
    uid = asking.one(head, b"uid").split()
    return {
        "pid": pid,
        "start_ticks": str(start),
        "boot": clean_bytes(asking.one(head, b"boot"), 36),
        "name": clean_bytes(before.partition(b"(")[2], 64),
        "state": clean_bytes(fields[0], 1),
        "nice": str(nice),
        "uid": clean_bytes(uid[1], 12) if len(uid) > 1 else "",
        "me": clean_bytes(asking.one(head, b"me"), 12),
        "kernel": "yes" if flags & _KERNEL_THREAD else "",
        "ours": "yes" if pid.encode() in asking.tagged(head, b"ours") else "",
    }


LOOK = Look(_look, read)


def _bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["pid"] == "1":
        return "process 1 is the host's first: all others end with it"
    if facts["kernel"]:
        return "it is a thread of the kernel"
    if facts["ours"]:
        return f"{facts['name']} carries this very session"
    if facts["state"] in {"Z", "X"}:
        return "it has ended already: its parent has yet to take note"
    return ""


def _renice_bars(thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["nice"] == arguments["nice"]:
        return f"its nice value is {facts['nice']} already"
    return _bars(thing, facts, arguments)


def _foreign(facts: Facts) -> bool:
    """Whether only root may do it: a process of another user."""
    return facts["uid"] != facts["me"]


def _term(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return _signal(_TERM, facts)


def _kill(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return _signal(_KILL, facts)


def _signal(text: str, facts: Facts) -> tuple[Step, ...]:
    argv = asking.script(text, facts["pid"], facts["start_ticks"])
    return (Step(argv, 10.0, root=_foreign(facts)),)


def _renice(_thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    argv = asking.script(_RENICE, facts["pid"], facts["start_ticks"], arguments["nice"])
    # Whoever is not root may only yield more.
    root = _foreign(facts) or int(arguments["nice"]) < int(facts["nice"])
    return (Step(argv, 10.0, root=root),)


def _preview(thing: Thing, _arguments: Arguments) -> tuple[str, ...]:
    return asking.script(_PREVIEW, asking.number(thing, "pid"))


def _ended(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    if now is None or now["state"] in {"Z", "X"}:
        return True
    return any(now[name] != before[name] for name in PINS)


def _reniced(_before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    return now is not None and now["nice"] == arguments["nice"]


def _undo_renice(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo:
    return Undo("host.renice-process", (thing,), {"nice": facts["nice"]})


def _niceness(value: str) -> str:
    good = re.fullmatch(r"-?\d{1,2}", value, re.ASCII) and -20 <= int(value) <= 19
    return "" if good and str(int(value)) == value else "a whole number from -20 to 19"


def _fits(row: Mapping[str, Value]) -> bool:
    # Process 2 is the parent of all threads of the kernel.
    return row.get("pid") not in {1, 2} and row.get("parent") != 2


def _alive(row: Mapping[str, Value]) -> bool:
    return _fits(row) and row.get("state") != Clean("zombie")


def _term_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return f"{facts['name']} ({facts['pid']}) is asked to end, and may tidy up first"


def _kill_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return f"{facts['name']} ({facts['pid']}) ends at once; what it had not written is lost"


def _renice_effect(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    return f"all threads of {facts['name']} go from nice {facts['nice']} to {arguments['nice']}"


def _rights(text: str, *more: "str | Hole") -> tuple[Words, ...]:
    return (("sh", "-c", text, asking.NAME, _PID, _START, *more),)


TERMINATE = Action(
    id="host.terminate-process",
    title="Terminate process",
    letter="t",
    about="Asks exactly this process to end (TERM); it may tidy up, or ignore it.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_term,
    effect=_term_effect,
    verify=Verify("the process has ended", _ended, within_s=15.0),
    timeout=10.0,
    expected_s=2.0,
    fits=_alive,
    bars=_bars,
    preview=_preview,
    rights=_rights(_TERM),
)

KILL = Action(
    id="host.kill-process",
    title="Kill process",
    letter="K",
    about="Ends exactly this process at once (KILL); terminate it first, and kill what ignores it.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_kill,
    effect=_kill_effect,
    verify=Verify("the process has ended", _ended, within_s=10.0),
    timeout=10.0,
    expected_s=2.0,
    fits=_alive,
    bars=_bars,
    preview=_preview,
    rights=_rights(_KILL),
)

RENICE = Action(
    id="host.renice-process",
    title="Renice process",
    letter="n",
    about="Has all threads of this process yield more, or less, of the processor to others.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.REVERSIBLE,
    look=LOOK,
    steps=_renice,
    effect=_renice_effect,
    verify=Verify("its nice value is the one asked for", _reniced, within_s=5.0),
    timeout=10.0,
    expected_s=1.0,
    fits=_alive,
    bars=_renice_bars,
    undo=_undo_renice,
    arguments=(Argument("nice", "Nice value: 19 yields most, -20 least", (), "10", _niceness),),
    rights=_rights(_RENICE, Hole("nice", "[-0-9]*")),
)

ACTIONS = (TERMINATE, KILL, RENICE)
