"""Sessions of a real server that a filter chooses, from the command line to their end."""

import json
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers.port import PORT
from tests.servers.postgres import Server, primary

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server() -> Generator[Server]:
    with primary() as one:
        one.sql("CREATE ROLE app LOGIN")
        yield one


def act(server: Server, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`opsconsole act postgres.terminate db`."""
    estate = folder / "estate.toml"
    estate.write_text(
        f'[target.db]\nkind = "postgres"\naddress = "{server.address}"\nport = {PORT}\n'
        'user = "ops"\nlabels = { env = "test" }\n'
    )
    argv = (sys.executable, "-m", "opsconsole", "act", "postgres.terminate", "db", *words)
    env = {**os.environ, "XDG_STATE_HOME": str(folder), "OPSCONSOLE_ESTATE": str(estate)}
    return subprocess.run(argv, capture_output=True, text=True, check=False, env=env, timeout=120)


def test_those_that_are_chosen_are_listed_ended_and_no_others(
    server: Server, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(server.connect("app")) for _ in range(2)]
        busy = stack.enter_context(server.connect("app"))
        busy.execute("BEGIN")
        other = stack.enter_context(server.connect("bare"))
        where = ("--where", "user:^app$ state:^idle$ state_s:<1h")
        done = act(server, tmp_path, *where, "--dry-run", "-o", "json")
        assert done.returncode == 0, done.stderr
        assert done.stderr == "opsconsole: 2 of 4 chosen\n"
        items = json.loads(done.stdout)["plan"]["items"]
        pids = sorted(conn.info.backend_pid for conn in idle)
        assert sorted(int(dict(item["thing"]["pins"])["pid"]) for item in items) == pids
        assert all(dict(item["thing"]["pins"])["backend"] for item in items)

        confirm = ("--confirm", "2 on db", "--note", "a test")
        done = act(server, tmp_path, *where, *confirm)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("verified: the session has ended") == 2
        left = server.sql(
            "SELECT pid FROM pg_stat_activity WHERE usename IN ('app', 'bare') ORDER BY pid"
        )
        stays = sorted(conn.info.backend_pid for conn in (busy, other))
        assert [pid for (pid,) in left] == stays


def test_what_is_not_for_it_is_left_out_and_counted(server: Server, tmp_path: Path) -> None:
    with server.connect() as ours:
        ours.execute(
            "SET application_name = 'opsconsole'"
        )  # as a connection of this program has it
        done = act(server, tmp_path, "--where", "application:opsconsole", "--dry-run")
        assert done.returncode == 2
        assert "0 of 1 chosen, 1 left out as it is not for them" in done.stderr
    done = act(server, tmp_path, "--where", "usr:x", "--dry-run")
    assert done.returncode == 2
    assert "no column usr; did you mean user?" in done.stderr
    done = act(server, tmp_path, "--where", "user:x", "--object", "7")
    assert done.returncode == 2
    assert "leave out --object" in done.stderr
