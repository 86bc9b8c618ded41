"""What can be done to a server: end a client, write a snapshot, empty the slow log."""

from opsconsole import reply
from opsconsole.clean import clean, clean_bytes
from opsconsole.domains.database.redis import client, wire
from opsconsole.domains.database.redis.wire import Info
from opsconsole.errors import Gone, Refused
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

SECONDS = 15.0
"""For one call."""

SAVE_S = 600.0
"""Seconds a snapshot may take."""


def pin(thing: Thing, name: str) -> str:
    """A pin of an object; empty without it."""
    return dict(thing.pins).get(name, "")


def said(thing: Thing, status: int, out: bytes) -> bytes:
    """The answer to a look; raises a `TargetError` for a refusal."""
    if status:
        code, _, message = out.decode("utf-8", "replace").partition(" ")
        raise reply.fault(reply.Refusal(code, message), thing.target)
    return out


def _id(thing: Thing) -> str:
    name = pin(thing, "id")
    if not name.isascii() or not name.isdigit() or len(name) > 19:
        raise Refused(f"{thing.target}: {str(clean(name))!r} is no id of a client", "unknown")
    return name


def _look_client(thing: Thing) -> tuple[str, ...]:
    return ("CLIENT", "LIST", "ID", _id(thing))


def read_client(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of the client; raises `Gone` when it left."""
    found = client.clients(said(thing, status, out))
    if not found:
        raise Gone(f"{thing.target}: no client {_id(thing)} there any more")
    one = found[0]
    return {
        "id": str(wire.whole(one, b"id")),
        "addr": wire.text(one, b"addr"),
        "name": wire.text(one, b"name"),
        "user": wire.text(one, b"user"),
        "kind": client.kind(one),
        "command": wire.text(one, b"cmd", 40),
        "age_s": wire.text(one, b"age", 20),
        "idle_s": wire.text(one, b"idle", 20),
    }


def _own(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    """Who just listed the clients is this console: the server would skip it."""
    if (facts["name"], facts["command"]) == ("opsconsole", "client|list"):
        return "it is the connection of a console that asks just now"
    return ""


def _kill(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    """Both must fit: ids begin anew when a server restarts."""
    words = ("CLIENT", "KILL", "ID", facts["id"], "ADDR", facts["addr"])
    return (Step(words, SECONDS, root=False),)


def _killed(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    who = facts["name"] or facts["user"] or facts["addr"]
    match facts["kind"]:
        case "replica":
            return f"The replica {who} connects again, and may have to copy all data."
        case "primary":
            return f"The link to the primary {who} breaks and is made anew."
        case _:
            return f"{who} is cut off in what it does; most programs connect again."


KILL = Action(
    id="redis.kill-client",
    title="End this connection",
    letter="e",
    about="Closes the connection of one client, by its id and address.",
    probes=("redis.client",),
    pins=("id", "addr"),
    weight=Weight.NOTICED,
    look=Look(_look_client, read_client),
    steps=_kill,
    effect=_killed,
    verify=Verify("the client is gone", lambda _before, now, _arguments: now is None, 15.0),
    timeout=SECONDS,
    expected_s=2.0,
    bars=_own,
)


def _look_server(_thing: Thing) -> tuple[str, ...]:
    return ("INFO",)


def read_server(thing: Thing, status: int, out: bytes) -> Facts:
    """Which life of the server it is, and how its snapshots stand."""
    found: Info = wire.fields(said(thing, status, out))
    return {
        "run_id": wire.text(found, b"run_id", 40),
        "role": wire.text(found, b"role", 20),
        "saved": wire.text(found, b"rdb_last_save_time", 20),
        "saves": wire.text(found, b"rdb_saves", 20),
        "snapshot": wire.text(found, b"rdb_last_bgsave_status", 20),
        "saving": wire.text(found, b"rdb_bgsave_in_progress", 1),
        "rewriting": wire.text(found, b"aof_rewrite_in_progress", 1),
        "loading": wire.text(found, b"loading", 1),
        "used_bytes": wire.text(found, b"used_memory", 20),
    }


def _busy(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    for name, what in (
        ("saving", "a snapshot is under way already"),
        ("rewriting", "the append-only file is being rewritten: a snapshot would wait for it"),
        ("loading", "it still loads its data"),
    ):
        if facts[name] == "1":
            return what
    return "" if facts["saved"] else "it keeps no data: it has no snapshots"


def _saved(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    if now is None or now["saving"] == "1" or now["snapshot"] != "ok":
        return False
    return (now["saved"], now["saves"]) != (before["saved"], before["saves"])


def _saving(thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    size = int(facts["used_bytes"] or 0) >> 20
    return (
        f"{thing.target} forks and writes {size} MiB of data; what changes meanwhile is held twice"
    )


SAVE = Action(
    id="redis.save",
    title="Write a snapshot",
    letter="s",
    about="Has the server write its data to disk in the background, over the last snapshot.",
    probes=(),
    pins=("run_id",),
    weight=Weight.REVERSIBLE,
    look=Look(_look_server, read_server),
    steps=lambda _thing, _facts, _arguments: (Step(("BGSAVE",), SECONDS, root=False),),
    effect=_saving,
    verify=Verify("a later snapshot is written, and well", _saved, SAVE_S),
    timeout=SECONDS,
    expected_s=10.0,
    bars=_busy,
)


def _look_log(_thing: Thing) -> tuple[str, ...]:
    return ("SLOWLOG", "LEN")


def read_log(thing: Thing, status: int, out: bytes) -> Facts:
    """How many entries it has."""
    return {"entries": clean_bytes(said(thing, status, out), 20)}


def _emptied(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    """Busy servers have new ones at once."""
    return now is not None and int(now["entries"] or 0) < int(before["entries"] or 0)


RESET = Action(
    id="redis.reset-slowlog",
    title="Empty the slow log",
    letter="r",
    about="Takes all entries out of the slow log, so that what comes now stands out.",
    probes=(),
    pins=(),
    weight=Weight.NOTICED,
    look=Look(_look_log, read_log),
    steps=lambda _thing, _facts, _arguments: (Step(("SLOWLOG", "RESET"), SECONDS, root=False),),
    effect=lambda thing, facts, _arguments: (
        f"{facts['entries']} entries of {thing.target} are gone for everybody"
    ),
    verify=Verify("the log is shorter than before", _emptied, 15.0),
    timeout=SECONDS,
    expected_s=2.0,
    bars=lambda _thing, facts, _arguments: "it is empty" if facts["entries"] == "0" else "",
)

ACTIONS = (KILL, SAVE, RESET)
