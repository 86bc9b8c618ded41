"""A program in a container on our terminal, and a port of a pod as one of ours."""

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from opsconsole.cli import attaching
from opsconsole.cli.entry import run
from opsconsole.estate import Estate
from opsconsole.model import Target
from opsconsole.policy import Policy
from opsconsole.secret import Secret
from tests.cli.terminal import terminal
from tests.servers.kubernetes import ADMIN, Kubernetes, kubernetes

pytestmark = pytest.mark.server

PROGRAM = """
import sys
from opsconsole.cli import attaching
from opsconsole.cli.entry import run
from opsconsole.estate import Estate
from opsconsole.model import Target
from opsconsole.secret import Secret
said = {"server": sys.argv[1], "token": Secret("file", (sys.argv[2],))}
target = Target("prod", "kubernetes", "kubernetes", settings=said)
attaching.load_estate = lambda _: Estate((target,))
code = run(sys.argv[3:])
if sys.stdin.isatty():
    import termios
    print("echo is on" if termios.tcgetattr(0)[3] & termios.ECHO else "echo is off")
sys.exit(code)
"""
"""The front door, with an estate of one cluster."""


@pytest.fixture(scope="module")
def server() -> Iterator[Kubernetes]:
    with kubernetes(kubelet=False) as running:
        state = {
            "name": "app",
            "ready": True,
            "restartCount": 0,
            "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}},
        }
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "cart-1", "namespace": "shop"},
            "spec": {"containers": [{"name": "app", "image": "x"}]},
            "status": {"phase": "Running", "containerStatuses": [state]},
        }
        running.add(pod)
        yield running


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(ADMIN)
    path.chmod(0o600)
    return path


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPSCONSOLE_AUDIT", str(tmp_path / "audit"))
    return tmp_path / "audit"


@pytest.fixture
def estate(
    server: Kubernetes, token: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[Estate]]:
    """The estate that is loaded, for a test to change; our input is empty."""
    said: dict[str, object] = {
        "server": server.base_url,
        "token": Secret("file", (str(token),)),
    }
    target = Target("prod", "kubernetes", "kubernetes", settings=said)
    held = [Estate((target, Target("web", "host", "local")))]

    def load(_: Path | None) -> Estate:
        return held[0]

    monkeypatch.setattr(attaching, "load_estate", load)
    before, nothing = os.dup(0), os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    yield held
    os.dup2(before, 0)
    os.close(before)
    os.close(nothing)


def written(log: Path) -> list[dict[str, object]]:
    lines = [line for path in sorted(log.glob("*.jsonl")) for line in path.read_text().splitlines()]
    return [json.loads(line) for line in lines]


def exec_(*words: str) -> int:
    return run(["kubernetes", "exec", "prod", "shop/cart-1", *words])


def test_a_command_runs_and_its_status_is_ours(
    estate: list[Estate], log: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert exec_("--reason", "looking", "--", "sh", "-c", "echo a; echo b >&2; exit 3") == 3
    out, err = capfd.readouterr()
    assert (out, err) == ("a\n", "b\n")
    (record,) = written(log)
    body = record["body"]
    assert isinstance(body, dict)
    assert (record["kind"], body["target"], body["why"]) == ("note", "prod", "looking")
    assert "shop/cart-1: looking" in body["text"]


def test_a_file_is_its_input_to_the_end(
    estate: list[Estate], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "input"
    path.write_text("line\n" * 20000)
    with path.open() as file:
        os.dup2(file.fileno(), 0)
    assert exec_("-c", "app", "--", "cat") == 0
    assert capfd.readouterr().out == "line\n" * 20000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("prod", "cart-1"), "no NAMESPACE/POD"),
        (("prod", "shop/../x"), "no NAMESPACE/POD"),
        (("web", "shop/cart-1"), "not one target that kubernetes reaches"),
        (("prod", "shop/nowhere"), 'pods "nowhere" not found'),
        (("prod", "shop/cart-1", "--", "htop"), "executable file not found"),
    ],
)
def test_what_cannot_be_is_told(
    estate: list[Estate], words: tuple[str, ...], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["kubernetes", "exec", *words]) == 2
    assert said in capfd.readouterr().err


def test_a_pod_that_is_not_there_has_no_port(
    estate: list[Estate], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["kubernetes", "forward", "prod", "shop/nowhere", ":80"]) == 2
    assert 'pods "nowhere" not found' in capfd.readouterr().err


def test_an_estate_that_only_looks_refuses_and_says_so_in_the_log(
    estate: list[Estate], log: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    estate[0] = Estate(estate[0].targets, policy=Policy(read_only=True))
    assert exec_("--", "echo", "a") == 2
    assert run(["kubernetes", "forward", "prod", "shop/cart-1", "0:80"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "read-only" in err
    assert [record["kind"] for record in written(log)] == ["refusal", "refusal"]


@pytest.mark.parametrize("ports", ["80", "a:80", "80:", "80:0", "80:70000", "-1:80", "70000:80"])
def test_ports_that_are_none_are_refused(
    estate: list[Estate], ports: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["kubernetes", "forward", "prod", "shop/cart-1", "--", ports]) == 2
    assert "LOCAL:REMOTE" in capfd.readouterr().err


def test_a_shell_has_our_terminal_and_gives_it_back(
    server: Kubernetes, token: Path, log: Path
) -> None:
    argv = (sys.executable, "-c", PROGRAM, server.base_url, str(token))
    with terminal([*argv, "kubernetes", "exec", "prod", "shop/cart-1"]) as window:
        window.wait_for("$ ")
        window.type("stty size\r")
        window.wait_for("\r\n24 80\r\n")
        window.type("sleep\x03")  # ctrl-c is for the program there
        window.wait_for("^C")
        window.type("exit 5\r")
        assert window.wait() == 5
        assert b"echo is on" in window.written


def test_a_port_of_ours_is_one_of_the_pod(server: Kubernetes, token: Path, log: Path) -> None:
    words = ("kubernetes", "forward", "prod", "shop/cart-1")
    with forwarding(server, token, *words, ":80") as (port, _), contextlib.ExitStack() as stack:
        plugs = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), 60)) for _ in range(2)
        ]
        for at, plug in enumerate(plugs):
            plug.sendall(b"%d" % at * 100_000)
        for at, plug in enumerate(plugs):
            assert _heard(plug, 100_000) == b"%d" % at * 100_000


def _heard(plug: socket.socket, count: int) -> bytes:
    found = io.BytesIO()
    while found.tell() < count:
        some = plug.recv(65536)
        assert some
        found.write(some)
    return found.getvalue()


@contextlib.contextmanager
def forwarding(
    server: Kubernetes, token: Path, *words: str
) -> Generator[tuple[int, "subprocess.Popen[bytes]"]]:
    argv = (sys.executable, "-c", PROGRAM, server.base_url, str(token), *words)
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith(b"127.0.0.1:")
        yield int(line.split(b" ")[0].split(b":")[1]), process
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 130
