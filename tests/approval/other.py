"""Another user of this machine: becomes them, does one thing, and prints what came of it.

`python -m tests.approval.other UID LOGIN VERB [WORD]`, as root. LOGIN is the uid of who logged in.
"""

import asyncio
import contextlib
import io
import json
import os
import select
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from opsconsole.approval import Asked, SecondPerson, approve, deny, pending, rendezvous, wire
from opsconsole.approval.folder import doors
from opsconsole.cli.approving import run_approve
from opsconsole.cli.entry import guarded
from opsconsole.errors import OpsError, Refused
from opsconsole.plan import Waiting, digest

Say = dict[str, object]


def become(uid: int, login: str) -> None:
    """Drop every right for good; a Python that only root can read has all it needs by then."""
    asyncio.run(asyncio.to_thread(int))
    if login != Path("/proc/self/loginuid").read_text():
        Path("/proc/self/loginuid").write_text(login)
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)


def look(_word: str) -> Say:
    """All that waits."""
    found = asyncio.run(pending())
    return {
        "asked": [[str(one.person), one.hash] for one in found if isinstance(one, Asked)],
        "shut": [[str(one.person), one.reason] for one in found if not isinstance(one, Asked)],
    }


def _only() -> Asked:
    [found] = [one for one in asyncio.run(pending()) if isinstance(one, Asked)]
    return found


def yes(word: str) -> Say:
    """Approve the only plan."""
    asyncio.run(approve(_only(), word))
    return {}


def no(word: str) -> Say:
    """Deny the only plan."""
    asyncio.run(deny(_only(), word))
    return {}


def another_plan(word: str) -> Say:
    """Send an approval of a plan that was not offered, past our own client."""
    answer = msgspec.msgpack.encode(wire.Yes("0" * 64, word))
    with _connected() as sock:
        offer = _message(sock).decode("latin-1")
        with contextlib.suppress(BrokenPipeError):
            sock.sendall(len(answer).to_bytes(4, "big") + answer)
        return {"offer": offer, "answer": _message(sock).decode("latin-1")}


def _message(sock: socket.socket) -> bytes:
    try:
        size = int.from_bytes(sock.recv(4, socket.MSG_WAITALL), "big")
        return sock.recv(size, socket.MSG_WAITALL)
    except ConnectionResetError:
        return b""


def _connected() -> socket.socket:
    [door] = doors(rendezvous())
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(60)
    sock.connect(str(door.path))
    return sock


def garbage(_word: str) -> Say:
    """Everything but an answer."""
    bodies = [
        b"", b"\x00", b"\xff" * 4, b"\x00\x00\x00\x01\xc1", b"GET / HTTP/1.0\r\n\r\n" * 1000,
        b"\x00\x00\x1f\xff" + b"\x91" * 0x1FFF, b"\x00\x00\x00\x00", b"\x00\x00\x00\x05\xa4",
        b"\x00\x00\x00\x09\x81\xa4type\xa2no",
    ]  # fmt: skip
    for body in bodies:
        with _connected() as sock:
            _message(sock)
            try:
                sock.sendall(body)
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(4096):
                    pass
            except OSError:
                continue
    return {"sent": len(bodies)}


def flood(_word: str) -> Say:
    """Make as many connections as will be taken, and say nothing on any of them."""
    [door] = doors(rendezvous())
    held: list[socket.socket] = []
    while not select.select([sys.stdin], [], [], 0.005)[0]:
        sock = socket.socket(socket.AF_UNIX)
        sock.setblocking(False)
        try:
            sock.connect(str(door.path))
        except OSError:
            sock.close()
        else:
            held.append(sock)
            if len(held) == 300:
                print(json.dumps({"held": len(held)}), flush=True)
    for sock in held:
        sock.close()
    return {}


def squat(word: str) -> Say:
    """Lie in wait under somebody else's name."""
    path = rendezvous() / f"opsconsole-{word}-{'0' * 32}.sock"
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))
        path.chmod(0o666)
        sock.listen()
        print(json.dumps({"lies": str(path)}), flush=True)
        sys.stdin.read()
    return {}


def ask(word: str) -> Say:
    """Ask for a second person for the plan in a file."""
    plan = Path(word).read_bytes()
    print(json.dumps({"waits": digest(plan)}), flush=True)
    waiting = Waiting(digest(plan), Refused.__name__, time.time() + 60)  # type: ignore[arg-type]
    return {"who": asyncio.run(SecondPerson().ask(plan, waiting))}


def command(word: str) -> Say:
    """`opsconsole approve` with these words."""
    words: dict[str, str] = json.loads(word)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = guarded(
            lambda: run_approve(
                words.get("id"), words.get("deny"), words.get("confirm"), words.get("o", "table")
            )
        )
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


VERBS: dict[str, Callable[[str], Say]] = {
    verb.__name__.replace("_", "-"): verb
    for verb in (look, yes, no, another_plan, garbage, flood, squat, ask, command)
}


def main(uid: str, login: str, verb: str, word: str = "") -> None:
    """Do it, and say how it went."""
    become(int(uid), login)
    try:
        said = VERBS[verb](word)
    except OpsError as error:
        said = {"error": str(error)}
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
