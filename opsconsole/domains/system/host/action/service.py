"""Services: start, stop, restart, reload, and forget that one failed."""

import re
from collections.abc import Callable, Mapping

from opsconsole.clean import clean_bytes
from opsconsole.domains.system.host import slow, unit
from opsconsole.domains.system.host.action import asking
from opsconsole.errors import Gone, Refused, Unsupported
from opsconsole.model import Value
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Arguments, Facts, Hole, Look, Verify, Weight

PROBES = ("host.service", "host.unit")

SETTLED_S = 60.0
"""A service that stayed up for this long does not crash in a loop."""

QUIET_S = 5.0
"""Seconds to go on holding for what cannot come back by itself in a loop."""

PATIENCE_S = 150.0
"""systemd itself gives a service 90 s to start or to stop, unless its file says otherwise."""

_PROPERTIES = (
    "Id,Names,Type,LoadState,ActiveState,SubState,MainPID,NRestarts,Result,InvocationID,CanReload,"
    "StateChangeTimestampMonotonic,ActiveEnterTimestampMonotonic,ControlGroup,RequiredBy,BoundBy,"
    "ConsistsOf,TriggeredBy"
)
_LOOK = (
    'grep -s "" /proc/uptime /proc/self/cgroup; '
    f'exec systemctl show --no-pager --property={_PROPERTIES} -- "$1"'
)
_WAY_IN = re.compile(
    r"(sshd?|dropbear|dbus|dbus-broker|networking|network|NetworkManager|wpa_supplicant|iwd"
    r"|connman|tailscaled|openvpn.*|wg-quick|user|user-runtime-dir|systemd-.+)(@.*)?\.service"
)
"""Services that carry the way in, or without which nobody could log in again."""


def named(thing: Thing, kinds: str = "service") -> str:
    """The unit's name; raises `Refused` for what names none, as a pattern of names does."""
    name = asking.pin(thing, "unit")
    raw = name.encode(errors="replace")
    if not unit.NAME.fullmatch(raw) or (kinds and not name.endswith(f".{kinds}")):
        raise Refused(f"{thing.target}: {name!r} is no name of a {kinds or 'unit'}", "unknown")
    return name


def _look(thing: Thing) -> tuple[str, ...]:
    return asking.script(_LOOK, named(thing, ""))


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of a unit; raises `Gone` when systemd knows none of that name, or `Unsupported`."""
    lines = out.split(b"\n")
    shown = slow.pairs([line for line in lines if not line.startswith(b"/proc/")])
    if status or b"LoadState" not in shown:
        raise Unsupported(
            f"{thing.target}: systemd does not answer", "look at its own service manager"
        )
    if shown[b"LoadState"] == b"not-found":
        raise Gone(f"{thing.target} has no unit {thing.name}")

    def text(key: bytes) -> str:
        return clean_bytes(shown.get(key, b""), 500)

    tied = (text(key) for key in (b"RequiredBy", b"BoundBy", b"ConsistsOf"))
    facts = {
        "unit": dict(thing.pins).get("unit", ""),
        "names": text(b"Names"),
        "type": text(b"Type"),
        "load": text(b"LoadState"),
        "active": text(b"ActiveState"),
        "sub": text(b"SubState"),
        "result": text(b"Result"),
        "main_pid": text(b"MainPID"),
        "restarts": text(b"NRestarts"),
        "run": text(b"InvocationID"),
        "changed": text(b"StateChangeTimestampMonotonic"),
        "can_reload": text(b"CanReload"),
        "needed_by": " ".join(sorted({name for names in tied for name in names.split()})),
        "triggered_by": text(b"TriggeredBy"),
        "ours": "yes" if _ours(text(b"ControlGroup"), out) else "",
    }
    if not _loops(shown, out):
        facts["invocation"] = facts["run"]
    return facts


def _ours(group: str, out: bytes) -> bool:
    """Whether this very look ran inside the unit: to stop it would cut us off."""
    groups = [clean_bytes(line, 500) for line in asking.tagged(out, b"/proc/self/cgroup")]
    mine = [line.partition(":")[2].partition(":")[2] for line in groups]
    return len(group) > 1 and any(f"{path}/".startswith(f"{group}/") for path in mine)


def _loops(shown: Mapping[bytes, bytes], out: bytes) -> bool:
    """Whether systemd itself restarted it lately: which run of it this is says nothing then."""
    if not unit.count(shown.get(b"NRestarts", b"")):
        return False
    uptime = asking.one(out, b"/proc/uptime").split()
    since = unit.count(shown.get(b"ActiveEnterTimestampMonotonic", b""))
    settled = bool(uptime) and bool(since) and float(uptime[0]) - (since or 0) / 1e6 > SETTLED_S
    return not (settled and shown.get(b"ActiveState") == b"active")


LOOK = Look(_look, read)


def _guarded(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    """Why it must not be interrupted."""
    if facts["ours"]:
        return f"{facts['unit']} carries this very session"
    names = {facts["unit"], *facts["names"].split()}
    if found := sorted(name for name in names if _WAY_IN.fullmatch(name)):
        return f"{found[0]} carries the way into the host"
    for name in facts["needed_by"].split():
        if _WAY_IN.fullmatch(name):
            return f"it would take {name} with it, which carries the way into the host"
    return ""


def _unusable(facts: Facts) -> str:
    return "" if facts["load"] == "loaded" else f"its unit file is {facts['load']}"


def _restart_bars(thing: Thing, facts: Facts, arguments: Arguments) -> str:
    named(thing)
    return _unusable(facts) or _guarded(thing, facts, arguments)


def _stop_bars(thing: Thing, facts: Facts, arguments: Arguments) -> str:
    named(thing)
    if facts["active"] in {"inactive", "failed"}:
        return "it does not run"
    return _guarded(thing, facts, arguments)


def _start_bars(thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    named(thing)
    if facts["active"] in {"active", "reloading"}:
        return "it runs already"
    return _unusable(facts)


def _reload_bars(thing: Thing, facts: Facts, arguments: Arguments) -> str:
    named(thing)
    if facts["can_reload"] != "yes":
        return "it has no way to reload: restart it"
    if facts["active"] != "active":
        return "it does not run"
    return _guarded(thing, facts, arguments)


def _reset_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return "" if facts["active"] == "failed" else "it has not failed"


def _up(facts: Facts) -> bool:
    """Running, or done with what it does once."""
    done = facts["type"] == "oneshot" and facts["active"] == "inactive"
    return facts["active"] == "active" or (done and facts["result"] == "success")


def _restarted(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and _up(now) and now["run"] != before["run"]


def _stopped(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is None or now["active"] in {"inactive", "failed"}


def _reloaded(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    if now is None or now["active"] != "active" or now["run"] != before["run"]:
        return False
    return now["changed"] != before["changed"]


def _reset(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is None or now["active"] != "failed"


def _steps(verb: str) -> Callable[[Thing, Facts, Arguments], tuple[Step, ...]]:
    def steps(thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
        return (Step(("systemctl", verb, "--", named(thing, "")), PATIENCE_S),)

    return steps


def _rights(verb: str) -> tuple[tuple[str | Hole, ...], ...]:
    return (("systemctl", verb, "--", Hole("service")),)


def _dependents(thing: Thing, _arguments: Arguments) -> tuple[str, ...]:
    return (*_LIST, "--reverse", "--", named(thing))


def _dependencies(thing: Thing, _arguments: Arguments) -> tuple[str, ...]:
    return (*_LIST, "--", named(thing))


_LIST = ("systemctl", "list-dependencies", "--plain", "--no-pager")


def _undo(action: str, thing: Thing) -> Undo:
    # Which run of it there is then is another one by nature.
    pins = tuple(pair for pair in thing.pins if pair[0] == "unit")
    return Undo(action, (Thing(thing.target, pins, thing.name),))


def _undo_stop(thing: Thing, _facts: Facts, _arguments: Arguments) -> Undo:
    return _undo("host.start-service", thing)


def _undo_start(thing: Thing, _facts: Facts, _arguments: Arguments) -> Undo:
    return _undo("host.stop-service", thing)


def _restart_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    runs = facts["active"] in {"active", "reloading"}
    how = f"ends process {facts['main_pid']} and starts anew" if runs else "starts anew"
    return f"{facts['unit']} {how}{_also(facts)}"


def _stop_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    again = f"; {facts['triggered_by']} may start it again" if facts["triggered_by"] else ""
    return f"{facts['unit']} ends, and stays down until somebody starts it{again}{_also(facts)}"


def _also(facts: Facts) -> str:
    return f"; takes with it: {facts['needed_by']}" if facts["needed_by"] else ""


def _start_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return f"{facts['unit']} starts, with what it needs"


def _reload_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return f"{facts['unit']} reads its configuration again; process {facts['main_pid']} goes on"


def _reset_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return f"systemd forgets that {facts['unit']} failed; nothing is started or ended"


def _is_service(row: Mapping[str, Value]) -> bool:
    return str(row.get("unit", "")).endswith(".service") and row.get("load") != "masked"


def _runs(row: Mapping[str, Value]) -> bool:
    return _is_service(row) and row.get("active") not in {"inactive", "failed"}


def _rests(row: Mapping[str, Value]) -> bool:
    return _is_service(row) and row.get("active") in {"inactive", "failed"}


def _reloads(row: Mapping[str, Value]) -> bool:
    return row.get("active") == "active" and row.get("can_reload") is True


def _failed(row: Mapping[str, Value]) -> bool:
    return row.get("active") == "failed"


_FOR = f"for {SETTLED_S:g} s"

RESTART = Action(
    id="host.restart-service",
    title="Restart service",
    letter="r",
    about="Stops the service and starts it again; those who use it are interrupted.",
    probes=PROBES,
    pins=("unit", "invocation"),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_steps("restart"),
    effect=_restart_effect,
    verify=Verify(
        f"active as a new run, and still the same one {_FOR}",
        _restarted,
        within_s=20.0,
        hold_s=SETTLED_S,
        steady=("run",),
    ),
    timeout=PATIENCE_S,
    expected_s=SETTLED_S + 5,
    fits=_is_service,
    bars=_restart_bars,
    preview=_dependents,
    rights=_rights("restart"),
)

STOP = Action(
    id="host.stop-service",
    title="Stop service",
    letter="o",
    about="Stops the service; it stays down until somebody starts it.",
    probes=PROBES,
    pins=("unit", "invocation"),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_steps("stop"),
    effect=_stop_effect,
    verify=Verify(f"down for {QUIET_S:g} s", _stopped, within_s=20.0, hold_s=QUIET_S),
    timeout=PATIENCE_S,
    expected_s=QUIET_S + 3,
    fits=_runs,
    bars=_stop_bars,
    undo=_undo_stop,
    preview=_dependents,
    rights=_rights("stop"),
)

START = Action(
    id="host.start-service",
    title="Start service",
    letter="s",
    about="Starts the service with what it needs.",
    probes=PROBES,
    pins=("unit", "invocation"),
    weight=Weight.REVERSIBLE,
    look=LOOK,
    steps=_steps("start"),
    effect=_start_effect,
    verify=Verify(
        f"active, and still the same run {_FOR}",
        _restarted,
        within_s=20.0,
        hold_s=SETTLED_S,
        steady=("run",),
    ),
    timeout=PATIENCE_S,
    expected_s=SETTLED_S + 5,
    fits=_rests,
    bars=_start_bars,
    undo=_undo_start,
    preview=_dependencies,
    rights=_rights("start"),
)

RELOAD = Action(
    id="host.reload-service",
    title="Reload service",
    letter="l",
    about="Has the service read its configuration again, without ending it.",
    probes=("host.service",),
    pins=("unit", "invocation"),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_steps("reload"),
    effect=_reload_effect,
    verify=Verify(
        f"reloaded, and the same run is still active for {QUIET_S:g} s",
        _reloaded,
        within_s=20.0,
        hold_s=QUIET_S,
        steady=("run",),
    ),
    timeout=PATIENCE_S,
    expected_s=QUIET_S + 3,
    fits=_reloads,
    bars=_reload_bars,
    rights=_rights("reload"),
)

RESET = Action(
    id="host.reset-failed",
    title="Forget failure",
    letter="f",
    about="Has systemd forget that the unit failed; what happened stays in the journal.",
    probes=PROBES,
    pins=("unit", "invocation"),
    weight=Weight.REVERSIBLE,
    look=LOOK,
    steps=_steps("reset-failed"),
    effect=_reset_effect,
    verify=Verify("not failed any more", _reset, within_s=10.0),
    timeout=30.0,
    expected_s=2.0,
    fits=_failed,
    bars=_reset_bars,
    rights=_rights("reset-failed"),
)

ACTIONS = (RESTART, STOP, START, RELOAD, RESET)
