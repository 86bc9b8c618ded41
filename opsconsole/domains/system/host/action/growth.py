"""What filled a file system: the large files of one that changed within a day. Changes nothing."""

from collections.abc import Mapping

from opsconsole.clean import clean, clean_bytes
from opsconsole.domains.system.host.action import asking
from opsconsole.errors import Gone
from opsconsole.model import Value
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

SEARCH_S = 120
"""Seconds for which a file system is searched."""

_LOOK = 'df -Pk -- "$1"'
# The newest and largest of what one may read, by file and by folder, at the lowest priority.
_FIND = (
    'cd -- "$1" || exit; limit=; command -v timeout >/dev/null && limit="timeout $2"; '
    "list=$(nice -n 19 $limit find . -xdev -type f -mtime -1 -size +2048 -exec du -k {} + "
    "2>/dev/null) || echo 'Not all: some may not be read by this account, or time was up.'; "
    "echo 'KiB of files over 1 MiB that changed within a day:'; "
    'printf "%s\\n" "$list" | sort -rn | head -n 30; echo "KiB of them by folder:"; '
    'printf "%s\\n" "$list" | awk -F "\\t" \'{ sub(/\\/[^\\/]*$/, "/", $2); sum[$2] += $1 } '
    'END { for (one in sum) if (sum[one]) printf "%d\\t%s\\n", sum[one], one }\' | '
    "sort -rn | head -n 15"
)


def _look(thing: Thing) -> tuple[str, ...]:
    return asking.script(_LOOK, asking.pin(thing, "mount"))


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """How full it is; raises `Gone` when nothing is mounted there any more."""
    mount = asking.pin(thing, "mount")
    lines = out.rstrip(b"\n").split(b"\n")
    words = lines[-1].split(None, 5)
    if status or len(words) < 6 or clean_bytes(words[5]) != clean(mount):
        raise Gone(f"{thing.target}: no file system is mounted at {mount}")
    return {
        "mount": mount,
        "device": clean_bytes(words[0], 100),
        "used_kb": clean_bytes(words[2], 20),
        "available_kb": clean_bytes(words[3], 20),
        "used_percent": clean_bytes(words[4], 5),
    }


def _find(thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    argv = asking.script(_FIND, asking.pin(thing, "mount"), str(SEARCH_S))
    return (Step(argv, SEARCH_S + 30.0, root=False),)


def _effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return f"{facts['mount']} is read for at most {SEARCH_S} s, at the lowest priority; no change"


def _there(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None


def _fits(row: Mapping[str, Value]) -> bool:
    return row.get("state") == "ok"


FIND = Action(
    id="host.find-growth",
    title="Find what grew",
    letter="g",
    about="Lists the largest files and folders that changed within a day; changes nothing.",
    probes=("host.filesystem",),
    pins=("mount",),
    weight=Weight.REVERSIBLE,
    look=Look(_look, read),
    steps=_find,
    effect=_effect,
    verify=Verify("searched to its end; the file system is still there", _there, within_s=10.0),
    timeout=SEARCH_S + 30.0,
    expected_s=30.0,
    fits=_fits,
    cancellable=True,
)

ACTIONS = (FIND,)
