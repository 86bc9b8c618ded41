"""`opsconsole act` and `actions`: the door of the console, without its screen."""

import asyncio
import json
import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest

from tests.approval.people import BOB, meeting, needs_root, other
from tests.cli.orders import Orders
from tests.servers.sshd import Site, site

__all__ = ["site"]


@pytest.fixture
def orders(tmp_path: Path) -> Orders:
    """This machine, and actions that write a file."""
    return Orders(tmp_path)


def test_a_dry_run_shows_every_word_and_does_nothing(orders: Orders) -> None:
    done = orders.act("write", "here", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"  run     touch {orders.file}  (at most 60 s)\n" in done.stdout
    assert "tier 1: one object, can be taken back, not production" in done.stdout
    assert not orders.file.exists()
    assert orders.kinds() == ["plan"]


def test_without_a_confirmation_it_says_what_to_give(orders: Orders) -> None:
    orders.write(env="prod")
    done = orders.act("write", "here")
    assert done.returncode == 3
    assert "it takes --confirm 'here', --note with a reason" in done.stderr
    assert f"touch {orders.file}" in done.stdout
    assert not orders.file.exists()


def test_a_confirmed_plan_is_run_verified_and_written_down(orders: Orders) -> None:
    done = orders.act("write", "here", "--confirm", "y")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "here on here: verified: the file is there",
        "undo: opsconsole act estate.remove here",
    ]
    assert f"$ touch {orders.file}" in done.stderr
    assert orders.file.exists()
    assert orders.kinds() == ["plan", "arm", "intent", "outcome"]
    plan = orders.body("intent")["plan"]
    assert orders.body("arm") == {"plan": plan, "targets": ["here"], "reason": "command line"}
    assert orders.run("audit", "verify").returncode == 0
    assert orders.act("remove", "here", "--confirm", "y").returncode == 0
    assert not orders.file.exists()


@pytest.mark.parametrize(
    ("what", "code", "ended", "says"),
    [
        ("fail", 4, "failed", "sh ended with status 9: no such thing"),
        ("idle", 5, "no effect", "after 1 s still not: the file is there"),
        ("hang", 6, "unknown", "not ended after 1 s"),
    ],
)
def test_each_end_has_its_exit_code(
    orders: Orders, what: str, code: int, ended: str, says: str
) -> None:
    done = orders.act(what, "here", "--confirm", "y", "-o", "json")
    outcome = json.loads(done.stdout)
    assert (done.returncode, outcome["ended"]) == (code, ended)
    assert says in outcome["results"][0]["message"]
    assert orders.body("outcome")["state"] == ended


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("--confirm", "yes", "--note", "why"), "confirmation"),
        (("--confirm", "here"), "note"),
        (("--confirm", "here", "--note", "why", "--set", "a=b"), "argument"),
    ],
)
def test_what_the_door_refuses_is_refused_and_written_down(
    orders: Orders, words: tuple[str, ...], rule: str
) -> None:
    orders.write(env="prod")
    done = orders.act("write", "here", "-o", "json", *words)
    assert done.returncode == 3
    assert json.loads(done.stdout)["rule"] == rule
    assert orders.body("refusal")["rule"] == rule
    assert not orders.file.exists()
    assert "intent" not in orders.kinds()


def test_read_only_holds_here_too(orders: Orders) -> None:
    orders.write(read_only=True)
    for words in ((), ("--dry-run",), ("--confirm", "y")):
        done = orders.act("write", "here", *words)
        assert done.returncode == 3
        assert "rule read-only" in done.stderr
    assert orders.kinds() == ["refusal"] * 3
    assert not orders.file.exists()


def test_limits_hold_from_one_command_to_the_next(orders: Orders) -> None:
    orders.write(per_minute=2)
    assert orders.act("write", "here", "--confirm", "y").returncode == 0
    assert orders.act("remove", "here", "--confirm", "y").returncode == 0
    done = orders.act("write", "here", "--confirm", "y")
    assert done.returncode == 3
    assert "2 objects in the last minute, 1 more > limit 2 (rule per-minute)" in done.stderr
    assert not orders.file.exists()


def test_nothing_is_done_when_it_cannot_be_written_down(orders: Orders) -> None:
    orders.log.write_text("no folder")
    done = orders.act("write", "here", "--confirm", "y")
    assert done.returncode == 3
    assert "Nothing is done without it" in done.stderr
    assert not orders.file.exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("write", "hree"), "there is no target 'hree', did you mean 'here'?"),
        (("wriet", "here"), "no host action 'estate.wriet', did you mean 'estate.write'?"),
        (("write", "here", "--object", "x"), "acts on the host itself: leave out --object"),
        (("name", "here"), "acts on a interface: name it with --object"),
        (("name", "here", "--object", "lo", "--set", "word"), "write NAME=VALUE"),
    ],
)
def test_what_makes_no_sense_is_told_before_anything_is_asked(
    orders: Orders, words: tuple[str, ...], says: str
) -> None:
    done = orders.act(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert orders.kinds() == []


def test_objects_and_settings_reach_the_call_as_they_are(orders: Orders) -> None:
    hostile = "lo'; touch x $(id) \x1b[2J"
    orders.file.write_text("")
    words = ("name", "here", "--object", hostile, "--set", "word=two")
    assert "\x1b" not in orders.act(*words, "--dry-run").stdout
    assert orders.act(*words, "--confirm", "y").returncode == 0
    assert orders.file.read_text() == f"{hostile} two"


def _begun(run: "subprocess.Popen[str]") -> None:
    assert run.stderr is not None
    assert any(line == "begun\n" for line in run.stderr)


def test_ctrl_c_ends_what_may_be_ended(orders: Orders) -> None:
    with orders.start("sleep", "here", "--confirm", "y") as run:
        _begun(run)
        run.send_signal(signal.SIGINT)
        out, _ = run.communicate(timeout=60)
        assert run.returncode == 4
        assert "here on here: cancelled" in out
    assert orders.body("outcome")["state"] == "cancelled"


def test_ctrl_c_does_not_end_what_would_be_left_half_done(orders: Orders) -> None:
    with orders.start("slow", "here", "--confirm", "y") as run:
        _begun(run)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
        assert run.returncode == 0, out + err
        assert "it leaves things half done" in err
    assert orders.file.exists()


def test_a_lost_terminal_ends_nothing(orders: Orders) -> None:
    ours, theirs = pty.openpty()
    how = {"stdin": theirs, "stdout": theirs, "stderr": theirs, "start_new_session": True}
    with orders.start("slow", "here", "--confirm", "y", **how) as run:
        os.close(theirs)
        seen = b""
        while b"\nbegun\r" not in seen:
            seen += os.read(ours, 4096)
        os.close(ours)
        run.send_signal(signal.SIGHUP)
        assert run.wait(60) == 0
    assert orders.file.exists()
    assert orders.kinds()[-1] == "outcome"


def test_a_killed_run_is_told_by_the_next_command(orders: Orders) -> None:
    with orders.start("slow", "here", "--confirm", "y") as run:
        _begun(run)
        run.kill()
        run.communicate(timeout=60)
    done = orders.act("write", "here", "--dry-run")
    assert done.returncode == 0
    assert "estate.slow was under way when its collector died, outcome unknown" in done.stderr
    assert orders.body("unknown")["plan"] == orders.body("intent")["plan"]
    assert orders.act("write", "here", "--dry-run").stderr == ""


def test_actions_are_listed_with_the_tier_here(orders: Orders) -> None:
    listed = orders.run("actions", "here").stdout.splitlines()
    tiers = {line.split()[0]: line for line in listed[1:]}
    assert tiers["estate.write"].split()[-4:] == ["1", "Writes", "the", "file."]
    assert " 3 " in tiers["estate.wipe"]
    orders.write(env="prod", more='[target.dev]\naddress = "local"\nlabels = {env = "dev"}\n')
    found = {one["action"]: one for one in json.loads(orders.run("actions", "-o", "json").stdout)}
    assert found["estate.write"]["tiers"] == [1, 2]
    assert found["estate.name"]["object"] == "interface"
    assert found["estate.name"]["arguments"][0]["choices"] == ["one", "two"]
    assert orders.run("actions", "hree").returncode == 2


@pytest.mark.server
def test_a_host_over_ssh(orders: Orders, site: Site) -> None:
    host = site.host("web-1", "127.77.40.1")
    reach = {"address": host.address, "user": site.user}
    reach |= {"identity": str(site.identity), "known_hosts": str(site.known_hosts)}
    lines = [f"{key} = {json.dumps(value)}" for key, value in reach.items()]
    text = "\n".join(["[target.web-1]", f"port = {host.port}", *lines, 'labels = {env="dev"}', ""])
    orders.write(more=text)
    done = orders.act("write", "web-1", "--confirm", "y")
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        0,
        "web-1 on web-1: verified: the file is there",
    )
    assert host.log().count("Accepted publickey") == 1, "one connection for all of it"
    host.stop()
    done = orders.act("remove", "web-1", "--confirm", "y")
    assert done.returncode == 4
    assert "nothing was done: " in done.stderr
    assert orders.file.exists()


@pytest.mark.root
@needs_root
@pytest.mark.parametrize("verb", ["yes", "no"])
def test_tier_3_waits_for_a_second_person(orders: Orders, verb: str) -> None:
    with (
        meeting(),
        orders.start("wipe", "here", "--confirm", "here", "--note", "moved to s3") as run,
    ):
        assert run.stderr is not None
        assert any("waiting for a second person" in line for line in run.stderr)
        assert "error" not in asyncio.run(other(BOB, verb, "here"))
        out, err = run.communicate(timeout=60)
        assert run.returncode == (0 if verb == "yes" else 3), out + err
        assert orders.file.exists() == (verb == "yes")
    kinds = orders.kinds()
    if verb == "yes":
        assert kinds == ["plan", "arm", "approval", "intent", "outcome"]
        assert orders.body("approval")["approver"] == "daemon (uid 1)"
    else:
        assert kinds == ["plan", "arm", "refusal"]
        assert "daemon (uid 1) says no: here" in orders.body("refusal")["reason"]
