"""Who may be the second person for whom, whatever the system knows of them."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from opsconsole.approval.peer import Person, me, other_end, refusal
from opsconsole.errors import Gone

ALICE = Person(1000, "alice", 1000, "alice")
UNKNOWN = Person(1000, "alice")
"""Alice where no login is known."""
BOB = Person(1002, "bob", 1002, "bob")
BOB_AS_ROOT = Person(0, "root", 1002, "bob")
ROOT = Person(0, "root", 0, "root")


@pytest.mark.parametrize(
    ("asking", "answering", "says"),
    [
        (ALICE, BOB, ""),
        (ALICE, BOB_AS_ROOT, ""),
        (ALICE, ROOT, ""),
        (ALICE, ALICE, "is the user who asks"),
        (ALICE, Person(0, "root", 1000, "alice"), "are the same person"),
        (ALICE, Person(1002, "bob", 1000, "alice"), "are the same person"),
        (ALICE, Person(0, "root"), "nobody is known to have logged in"),
        (ALICE, Person(1002, "bob"), "nobody is known to have logged in"),
        (ALICE, Person(100_001, "", 1002, "bob"), "has no account"),
        (UNKNOWN, BOB, ""),
        (UNKNOWN, Person(1002, "bob"), ""),
        (UNKNOWN, Person(0, "root"), "could be anybody"),
        (UNKNOWN, Person(0, "root", 1000, "alice"), "are the same person"),
        (Person(0, "root", 1000, "alice"), BOB, ""),
        (Person(0, "root", 1000, "alice"), ALICE, "are the same person"),
        (Person(0, "root", 1000, "alice"), BOB_AS_ROOT, "is the user who asks"),
        (Person(990, "opsconsole"), BOB, ""),
    ],
)
def test_another_account_and_another_person(asking: Person, answering: Person, says: str) -> None:
    assert says in refusal(asking, answering, ())
    assert bool(says) == bool(refusal(asking, answering, ()))


def test_approvers_are_named_by_who_logged_in() -> None:
    assert refusal(ALICE, BOB, ("bob",)) == ""
    assert refusal(ALICE, BOB_AS_ROOT, ("bob",)) == ""
    assert "approvers" in refusal(ALICE, BOB_AS_ROOT, ("root",))
    assert "approvers" in refusal(ALICE, Person(1003, "carol", 1002, "bob"), ("carol",))


def test_a_person_is_told_with_both_accounts() -> None:
    assert str(BOB) == str(Person(1002, "bob")) == "bob (uid 1002)"
    assert str(BOB_AS_ROOT) == "root (uid 0, logged in as bob, uid 1002)"


CONNECT = "import socket, sys; s = socket.socket(1); s.connect(sys.argv[1]); input()"


def test_who_is_gone_by_now_is_nobody(tmp_path: Path) -> None:
    """The number of a process that ended may be another's when it is looked up."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        command = [sys.executable, "-c", CONNECT, str(tmp_path / "s")]
        with (
            subprocess.Popen(command, stdin=subprocess.PIPE) as peer,
            listener.accept()[0] as sock,
        ):
            assert other_end(sock) == me()
            assert me().uid == os.geteuid()
            peer.communicate(b"\n", timeout=60)
            with pytest.raises(Gone):
                other_end(sock)
