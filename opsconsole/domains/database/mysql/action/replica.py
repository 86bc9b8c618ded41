"""Channels of replication: start and stop their threads."""

from collections.abc import Callable, Mapping

from opsconsole.clean import Clean
from opsconsole.domains.database import looking
from opsconsole.domains.database.mysql.action.right import LOOKS
from opsconsole.domains.database.mysql.replication import DEFAULT
from opsconsole.errors import Gone
from opsconsole.model import Value
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

PROBES = ("mysql.replication",)
PINS = ("channel",)

# MySQL from 8.0.22 on reads the first, MariaDB the second. An older MySQL refuses what is left.
_LOOK = "SHOW /*!80022 REPLICA STATUS */ /*M! ALL SLAVES STATUS */"


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of a channel; raises `Gone`, `Denied` or `Malformed`."""
    wanted = looking.pin(thing, "channel")
    for row in looking.rows(thing, status, out, LOOKS):
        if (looking.said(row, "channel_name", "connection_name", limit=64) or DEFAULT) == wanted:
            return {
                "channel": wanted,
                "family": "mariadb" if "connection_name" in row else "mysql",
                "source": looking.said(row, "source_host", "master_host"),
                "io": looking.said(row, "replica_io_running", "slave_io_running").lower(),
                "sql": looking.said(row, "replica_sql_running", "slave_sql_running").lower(),
                "lag_s": looking.said(row, "seconds_behind_source", "seconds_behind_master"),
                "io_error": looking.said(row, "last_io_error"),
                "sql_error": looking.said(row, "last_sql_error"),
            }
    raise Gone(f"{thing.target}: there is no channel {wanted!r} of replication")


LOOK = Look(lambda _thing: (_LOOK,), read)


def _step(verb: str, facts: Facts) -> tuple[Step, ...]:
    channel = "" if facts["channel"] == DEFAULT else facts["channel"]
    if facts["family"] == "mysql":
        return (Step((f"{verb} REPLICA FOR CHANNEL %s", channel), 60.0, root=False),)
    return (Step((f"{verb} SLAVE %s", channel), 60.0, root=False),)


def _start(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return _step("START", facts)


def _stop(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return _step("STOP", facts)


def _start_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    runs = facts["io"] != "no" and facts["sql"] != "no"
    return "both of its threads run already" if runs else ""


def _stop_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    stands = facts["io"] == "no" and facts["sql"] == "no"
    return "both of its threads are stopped already" if stands else ""


def _runs(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and now["io"] == "yes" and now["sql"] == "yes"


def _stands(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and now["io"] == "no" and now["sql"] == "no"


def _undo(action: str) -> Callable[[Thing, Facts, Arguments], Undo]:
    def undo(thing: Thing, _facts: Facts, _arguments: Arguments) -> Undo:
        return Undo(action, (thing,))

    return undo


def _stopped(row: Mapping[str, Value]) -> bool:
    return Clean("no") in (row.get("io"), row.get("sql"))


START = Action(
    id="mysql.start-replica",
    title="Start replication",
    letter="s",
    about="Starts the threads that receive and apply, of exactly this channel.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.REVERSIBLE,
    look=LOOK,
    steps=_start,
    effect=lambda _thing, facts, _arguments: (
        f"changes of {facts['source']} are received and applied again"
    ),
    verify=Verify("both threads run, and go on for 5 s", _runs, within_s=30.0, hold_s=5.0),
    timeout=60.0,
    expected_s=7.0,
    fits=_stopped,
    bars=_start_bars,
    undo=_undo("mysql.stop-replica"),
)

STOP = Action(
    id="mysql.stop-replica",
    title="Stop replication",
    letter="p",
    about="Stops the threads that receive and apply, of exactly this channel: it gets old.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_stop,
    effect=lambda _thing, facts, _arguments: (
        f"nothing more of {facts['source']} is received and applied; who reads here reads old data"
    ),
    verify=Verify("both threads are stopped", _stands, within_s=60.0),
    timeout=60.0,
    expected_s=2.0,
    fits=lambda row: not (row.get("io") == "no" and row.get("sql") == "no"),
    bars=_stop_bars,
    undo=_undo("mysql.start-replica"),
)

ACTIONS = (START, STOP)
