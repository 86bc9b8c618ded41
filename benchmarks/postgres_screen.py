"""What watching a PostgreSQL server on a screen costs, end to end, beside pg_activity.

Run: `python -m benchmarks.postgres_screen [--sessions 500] [--seconds 40]`; prints JSON, in
milliseconds of CPU for each refresh of 2 s, by the scheduler's account of all processes of a
program. The whole console with its collector, and each pg_activity that is installed or named with
`--beside`, run at once on one server, each in a terminal of its own of 160 by 50; so a busy machine
burdens all alike. `server` is what their connections cost the server. The crowd is that of
`benchmarks.postgres`: of 500, 440 are idle, 40 idle in a transaction that holds locks, and 20 run a
statement.
"""

import argparse
import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

from benchmarks.postgres import crowd
from benchmarks.terminal import Terminal, cpu_s, report
from tests.servers.port import PORT
from tests.servers.postgres import Server, primary

Costs = dict[str, float]

SETTLE_S = 34.0
"""Seconds: a collector clears up once, thirty seconds after it began."""
REFRESH_S = 2.0

_BACKENDS = """
SELECT pid FROM pg_stat_activity WHERE usename = 'watch' AND pid <> pg_backend_pid()
"""


def console(server: Server, home: Path) -> list[str]:
    """The command line of a console that watches it, with nothing else on its screen."""
    estate = home / "estate.toml"
    estate.write_text(
        f'[target.db]\nkind = "postgres"\naddress = "{server.address}"\nport = {PORT}\n'
        f'user = "watch"\nintervals = {{ sessions = {REFRESH_S} }}\n'
    )
    return [sys.executable, "-m", "opsconsole", "--estate", str(estate)]


def activity(program: str, server: Server) -> list[str]:
    """The command line of a pg_activity."""
    where = ("-h", server.address, "-p", str(PORT), "-U", "watch", "-d", "postgres")
    return [program, *where, "--refresh", str(int(REFRESH_S))]


@contextlib.contextmanager
def running(
    argv: list[str], shows: bytes, server: Server, home: Path
) -> Generator[tuple[Terminal, set[int]]]:
    """A program in its terminal, with its connections."""
    before = {pid for (pid,) in server.sql(_BACKENDS)}
    state = {"HOME": str(home), "XDG_STATE_HOME": str(home / "state")}
    with Terminal(argv, env=state) as terminal:
        if terminal.wait_for(shows, 30) is None:
            raise RuntimeError(f"{argv[0]} never painted: {terminal.output[-400:]!r}")
        ours: set[int] = set()
        for _ in range(30):
            terminal.read(1)
            ours = {pid for (pid,) in server.sql(_BACKENDS)} - before
            if ours:
                break
        yield terminal, ours


def spent(terminal: Terminal, backends: set[int]) -> Costs:
    """CPU seconds until now."""
    own = terminal.cpu_s()
    whole = terminal.cpu_s(children=True)
    return {"console": own, "collector": whole - own, "client": whole,
            "server": sum(map(cpu_s, backends)), "tty_bytes": terminal.size / 1000}  # fmt: skip


def measured(programs: dict[str, tuple[Terminal, set[int]]], seconds: float) -> dict[str, Costs]:
    """Each program's milliseconds per refresh, all at the same time."""

    def read(span: float) -> None:
        until = time.monotonic() + span
        while time.monotonic() < until:
            for terminal, _ in programs.values():
                terminal.read(0.05)

    read(SETTLE_S)
    begun = time.monotonic()
    before = {name: spent(*program) for name, program in programs.items()}
    read(seconds)
    refreshes = (time.monotonic() - begun) / REFRESH_S
    found: dict[str, Costs] = {}
    for name, program in programs.items():
        now = spent(*program)
        found[name] = {
            what: round((now[what] - was) * 1000 / refreshes, 2)
            for what, was in before[name].items()
            if name == "opsconsole" or what not in {"console", "collector"}
        }
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument(
        "--beside", action="append", default=[], help="path of a pg_activity; may be repeated"
    )
    options = parser.parse_args()
    others: list[str] = options.beside or [*filter(None, [shutil.which("pg_activity")])]
    more = f"max_connections={options.sessions + 40}"
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(primary(more))
        stack.enter_context(crowd(server, options.sessions))
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        commands = {"opsconsole": (console(server, home), b"Database")} | {
            f"pg_activity {at}": (activity(program, server), b"RUNNING QUERIES")
            for at, program in enumerate(others, 1)
        }
        programs = {
            name: stack.enter_context(running(argv, shows, server, home))
            for name, (argv, shows) in commands.items()
        }
        found = measured(programs, options.seconds)
    clients = {name: one["client"] for name, one in found.items()}
    report(
        "postgres_screen",
        sessions=options.sessions,
        refresh_s=REFRESH_S,
        ms_per_refresh=found,
        ratio={name: round(clients["opsconsole"] / cost, 3)
               for name, cost in clients.items() if name != "opsconsole"},
        others=others,
        hold={"client_ms": 10, "server_ms": 5, "ratio": 1 / 3},
        reach={"ratio": 1 / 8},
    )  # fmt: skip


if __name__ == "__main__":
    main()
